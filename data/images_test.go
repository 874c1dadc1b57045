package data

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// folder makes a folder of files, by their paths in it.
func folder(t *testing.T, files map[string][]byte) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
		require.NoError(t, os.WriteFile(path, content, 0o666))
	}
	return dir
}

// shades returns gray images of 2 by 2 pixels, n of each class, all different.
func shades(n int, classes ...string) map[string][]byte {
	files := map[string][]byte{}
	for c, class := range classes {
		for i := range n {
			v := uint8(10*i + c)
			files[fmt.Sprintf("%s/%02d.png", class, i)] = asPNG(grayImage(2, v, v+1, v+2, 255-v))
		}
	}
	return files
}

var imageSpec = Spec{Test: 0.2, Validation: 0.25, Seed: 3}

func TestImagesAreDividedByTheDocumentedRule(t *testing.T) {
	t.Parallel()
	dir := folder(t, shades(10, "b", "a"))
	p, err := LoadImages(imageSpec, dir)
	require.NoError(t, err)
	assert.Empty(t, p.Notes)
	assert.Equal(t, []string{"a", "b"}, p.Input.Classes())
	base := filepath.Base(dir)
	// Rows 0 to 9 are of class a, 10 to 19 of b.
	rows := func(class int, key string, among []int) []int {
		return sortedByDigest(fmt.Sprintf("images/%s/3", key), among[slices.IndexFunc(among, func(r int) bool { return r/10 == class }):])
	}
	all := make([]int, 20)
	for i := range all {
		all[i] = i
	}
	a, b := rows(0, "test", all[:10]), rows(1, "test", all[10:])
	test := slices.Sorted(slices.Values(append(slices.Clone(a[:2]), b[:2]...)))
	restA, restB := slices.Sorted(slices.Values(a[2:])), slices.Sorted(slices.Values(b[2:]))
	a, b = rows(0, "validation", restA), rows(1, "validation", restB)
	validation := slices.Sorted(slices.Values(append(slices.Clone(a[:2]), b[:2]...)))
	train := slices.Sorted(slices.Values(append(slices.Clone(a[2:]), b[2:]...)))

	for _, part := range []struct {
		set  *Set
		name string
		rows []int
	}{{p.Train, "train", train}, {p.Validation, "validation", validation}, {p.Test, "test", test}} {
		assert.Equal(t, base+"/"+part.name, part.set.Name)
		assert.Equal(t, []int{len(part.rows), 4}, part.set.X.Shape())
		for i, row := range part.rows {
			v := uint8(10*(row%10) + 1 - row/10) // b was written first
			want := byteShares([]byte{v, v + 1, v + 2, 255 - v})
			p.Input.scalePixels(want)
			assert.Equal(t, want, part.set.X.Data()[4*i:4*i+4])
			assert.Equal(t, int32(row/10), part.set.Y.Data[i])
		}
	}
	again, err := LoadImages(imageSpec, dir)
	require.NoError(t, err)
	assert.Equal(t, p.Train.Hash(), again.Train.Hash())
	assert.Equal(t, p.Input, again.Input)
}

func TestPixelsAreScaledWithTheTrainingPartAlone(t *testing.T) {
	t.Parallel()
	files := shades(10, "a", "b")
	dir := folder(t, files)
	p, err := LoadImages(imageSpec, dir)
	require.NoError(t, err)
	sum, squares := 0.0, 0.0
	for _, v := range p.Train.X.Data() {
		sum += float64(v)
		squares += float64(v) * float64(v)
	}
	n := float64(p.Train.X.Len())
	assert.InDelta(t, 0, sum/n, 1e-6)
	assert.InDelta(t, 1, squares/n, 1e-6)

	// Held-out images of other shades change nothing that is learned.
	f, err := readImageFolder(dir)
	require.NoError(t, err)
	_, validation, test, err := f.divide(imageSpec)
	require.NoError(t, err)
	for _, row := range append(validation, test...) {
		require.NoError(t, os.WriteFile(f.files[row].path, asPNG(grayImage(2, 255, 255, uint8(row), 255)), 0o666))
	}
	other, err := LoadImages(imageSpec, dir)
	require.NoError(t, err)
	assert.Equal(t, p.Input, other.Input)
	assert.Equal(t, p.Train.Hash(), other.Train.Hash())
	assert.NotEqual(t, p.Test.Hash(), other.Test.Hash())
}

func TestConstantPixelsHaveAScaleOfOne(t *testing.T) {
	t.Parallel()
	same := asPNG(grayImage(1, 77))
	p, err := LoadImages(Spec{Test: 0.5}, folder(t, map[string][]byte{"a/1": same, "a/2": same, "b/1": same, "b/2": same}))
	require.NoError(t, err)
	assert.Equal(t, []float64{float64(float32(77) / 255)}, p.Input.PixelMean)
	assert.Equal(t, []float64{1}, p.Input.PixelStd)
	assert.Equal(t, []float32{0, 0}, p.Train.X.Data())
	assert.Nil(t, p.Validation)
}

func TestSetIsInColorIfAnyFileIsUnlessTold(t *testing.T) {
	t.Parallel()
	red := image.NewRGBA(image.Rect(0, 0, 2, 2))
	for i := range 4 {
		red.Set(i%2, i/2, color.RGBA{200, 0, 0, 255})
	}
	files := shades(3, "a", "b")
	gray := folder(t, files)
	files["b/09.jpg"] = asJPEG(red)
	mixed := folder(t, files)
	for _, c := range []struct {
		dir      string
		asked    int
		channels int
	}{{gray, 0, 1}, {gray, 1, 1}, {gray, 3, 3}, {mixed, 0, 3}, {mixed, 1, 1}, {mixed, 3, 3}} {
		p, err := LoadImages(Spec{Test: 0.3, Channels: c.asked}, c.dir)
		require.NoError(t, err)
		assert.Equal(t, c.channels, p.Input.Channels)
		assert.Equal(t, 4*c.channels, p.Train.Features())
		assert.Len(t, p.Input.PixelMean, c.channels)
		assert.Equal(t, p.Train.Features(), p.Input.Features())
	}
}

func TestImagesOfDifferentSizesNeedASize(t *testing.T) {
	t.Parallel()
	files := shades(3, "a", "b")
	files["b/big.png"] = asPNG(grayImage(8, make([]uint8, 32)...))
	dir := folder(t, files)
	_, err := LoadImages(Spec{Test: 0.3}, dir)
	assert.EqualError(t, err, fmt.Sprintf("%s has 8 by 4 pixels, but %s has 2 by 2: give the size that all are to become, as in image_size 28x28",
		filepath.Join(dir, "b", "big.png"), filepath.Join(dir, "a", "00.png")))
	p, err := LoadImages(Spec{Test: 0.3, ImageSize: "4x3"}, dir)
	require.NoError(t, err)
	assert.Equal(t, 12, p.Train.Features())
	assert.Equal(t, 4, p.Input.Width)
	assert.Equal(t, 3, p.Input.Height)
}

func TestInputMakesOfAnImageWhatLoadingMadeOfIt(t *testing.T) {
	t.Parallel()
	files := map[string][]byte{}
	for name, content := range everyKind() {
		files["a/"+name], files["b/"+name] = content, append(bytes.Clone(content), 0) // decoders ignore what follows
	}
	dir := folder(t, files)
	for _, s := range []Spec{{Test: 0.3}, {Test: 0.3, Channels: 1}, {Test: 0.3, ImageSize: "2x7"}} {
		p, err := LoadImages(s, dir)
		require.NoError(t, err)
		f, err := readImageFolder(dir)
		require.NoError(t, err)
		train, _, _, err := f.divide(s)
		require.NoError(t, err)
		for i, row := range train {
			content, err := os.ReadFile(f.files[row].path)
			require.NoError(t, err)
			x, err := p.Input.Image(bytes.NewReader(content))
			require.NoError(t, err)
			w := p.Train.Features()
			assert.Equal(t, p.Train.X.Data()[i*w:i*w+w], x, f.files[row].path)
		}
	}
}

func TestImageErrorsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	in := &Input{
		Kind: ImageInput, Width: 8, Height: 8, Channels: 1, PixelMean: []float64{0}, PixelStd: []float64{1},
		Target: Column{Name: "digit", Kind: CategoryColumn, Values: []string{"0", "1"}},
	}
	_, err := in.Image(strings.NewReader("5,5,5"))
	assert.EqualError(t, err, "neither PNG nor JPEG: convert or remove it")
	_, err = in.Image(bytes.NewReader(pngHeader(1<<20, 1)))
	assert.ErrorContains(t, err, "1048576 by 1 pixels")
	table := &Input{Kind: TableInput}
	_, err = table.Image(bytes.NewReader(asPNG(grayImage(1, 1))))
	assert.EqualError(t, err, "a sample is a row of a table, not an image")
	in.Channels = math.MaxInt
	_, err = in.Image(bytes.NewReader(asPNG(grayImage(1, 1))))
	assert.ErrorContains(t, err, "channels")
}

func TestDigitAsAnImageIsTheDigit(t *testing.T) {
	t.Parallel()
	p, err := Load(Spec{Name: "digits"})
	require.NoError(t, err)
	img := grayImage(8, make([]uint8, 64)...)
	want := p.Test.X.Data()[:64]
	for i, v := range want {
		img.Pix[i] = uint8(math.Round(float64(v) * 255))
	}
	x, err := p.Input.Image(bytes.NewReader(asPNG(img)))
	require.NoError(t, err)
	assert.InDeltaSlice(t, want, x, 0.5/255+1e-6)
}

func TestFoldersThatAreNoSetOfImagesAreRefused(t *testing.T) {
	t.Parallel()
	image := asPNG(grayImage(1, 1))
	damaged := bytes.Clone(image)
	damaged[len(damaged)-20] ^= 1
	for _, c := range []struct {
		want  string // below the folder
		files map[string][]byte
	}{
		{": folders with images, one for each class: 0, but at least two are needed", nil},
		{": folders with images, one for each class: 1, but at least two are needed", map[string][]byte{"a/1": image, "a/2": image}},
		{"/b: the folder of this class has no images: add some, or remove it", map[string][]byte{"a/1": image, "b/.DS_Store": image, "b/Thumbs.db": nil}},
		{"/README.md: a file among the folders of the classes: remove it, or move it into one if it is an image", map[string][]byte{"a/1": image, "README.md": nil}},
		{"/a/notes.txt: neither PNG nor JPEG: convert or remove it", map[string][]byte{"a/1": image, "a/notes.txt": []byte("a note"), "b/1": image}},
		{"/b/2: the file is empty", map[string][]byte{"a/1": image, "b/1": image, "b/2": nil}},
		{"/b/more: a folder in the folder of a class, which holds images only: remove it, or move it", map[string][]byte{"a/1": image, "b/1": image, "b/more/1": image}},
		{"/b/1: the image is damaged: png: invalid format: zlib: invalid checksum", map[string][]byte{"a/1": image, "a/2": image, "b/1": damaged, "b/2": image}},
		{"/b/bomb: the image has 16384 by 16384 pixels: 1 to 16384 by 1 to 16384, and 33554432 in all, are allowed",
			map[string][]byte{"a/1": image, "b/bomb": pngHeader(1<<14, 1<<14)}},
		{": a test part of 1 of 2 images leaves too few to hold out a validation part", map[string][]byte{"a/1": image, "b/1": image}},
	} {
		dir := folder(t, c.files)
		_, err := LoadImages(imageSpec, dir)
		assert.EqualError(t, err, dir+filepath.FromSlash(c.want))
	}
	missing := filepath.Join(t.TempDir(), "missing")
	_, err := LoadImages(imageSpec, missing)
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, missing+": ")
	_, err = LoadImages(Spec{Test: 2}, missing)
	assert.EqualError(t, err, "test is 2, but must be from 0.001 to 0.9")
}

func TestControlCharactersOfNamesAreEscaped(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("names there have no control characters")
	}
	image := asPNG(grayImage(1, 1))
	dir := folder(t, map[string][]byte{"a/1": image, "b/\x1b[2J\n": nil})
	_, err := LoadImages(imageSpec, dir)
	assert.EqualError(t, err, fmt.Sprintf("%q: the file is empty", filepath.Join(dir, "b", "\x1b[2J\n")))
	if runtime.GOOS == "js" {
		return // Node makes every name valid UTF-8
	}
	dir = folder(t, map[string][]byte{"a/1": image, "\xff/1": image})
	_, err = LoadImages(imageSpec, dir)
	assert.ErrorContains(t, err, `a class: the name "\xff" has 1 bytes of text`)
}

func TestLinksAreFollowedButLeadNowhereForEver(t *testing.T) {
	t.Parallel()
	dir := folder(t, shades(3, "a"))
	elsewhere := folder(t, shades(3, "b"))
	if err := os.Symlink(filepath.Join(elsewhere, "b"), filepath.Join(dir, "b")); err != nil {
		t.Skipf("this system makes no symbolic links: %v", err)
	}
	p, err := LoadImages(Spec{Test: 0.3}, dir)
	require.NoError(t, err)
	assert.Equal(t, 4, p.Train.Len())

	loop := filepath.Join(dir, "a", "loop")
	require.NoError(t, os.Symlink(dir, loop))
	_, err = LoadImages(Spec{Test: 0.3}, dir)
	assert.EqualError(t, err, loop+": a folder in the folder of a class, which holds images only: remove it, or move it")
	require.NoError(t, os.Remove(loop))
	require.NoError(t, os.Symlink("self", filepath.Join(dir, "self")))
	_, err = LoadImages(Spec{Test: 0.3}, dir)
	assert.ErrorContains(t, err, filepath.Join(dir, "self")+": ")
}

func TestSetsThatNeedTooMuchMemoryAreRefusedBeforeDecoding(t *testing.T) {
	t.Parallel()
	dir := folder(t, shades(20, "a", "b"))
	_, err := LoadImages(Spec{Test: 0.3, ImageSize: "4096x4096"}, dir)
	assert.EqualError(t, err, dir+": 40 images of 1 by 4096 by 4096 numbers are 671088640, but at most 536870912 fit: give a smaller image_size, or use fewer")
	_, err = LoadImages(Spec{Test: 0.3, ImageSize: "1025x1024"}, dir)
	assert.EqualError(t, err, dir+": an image has 1049600 numbers, but at most 1048576 are allowed")
}

func TestCopiesInOtherPartsAndClassesAreNoted(t *testing.T) {
	t.Parallel()
	files := shades(10, "a", "b")
	files["b/03.png"], files["b/04.png"] = files["a/05.png"], files["a/05.png"]
	dir := folder(t, files)
	p, err := LoadImages(imageSpec, dir)
	require.NoError(t, err)
	assert.Equal(t, []string{fmt.Sprintf("%s: a copy of %s, but of another part or class; such images: 2",
		filepath.Join(dir, "b", "03.png"), filepath.Join(dir, "a", "05.png"))}, p.Notes)
}

func TestClassWithoutTrainingImagesIsNoted(t *testing.T) {
	t.Parallel()
	files := shades(1, "a")
	for name, content := range shades(9, "z") {
		files[name] = append(content, 0) // no copies of those of a
	}
	dir := folder(t, files)
	p, err := LoadImages(Spec{Test: 0.9, Seed: 1}, dir)
	require.NoError(t, err)
	assert.Equal(t, []string{dir + `: no image of class "a" is in the training part`}, p.Notes)
}

func TestFileThatChangesWhileTheFolderIsReadIsAnError(t *testing.T) {
	t.Parallel()
	f, err := readImageFolder(folder(t, shades(2, "a", "b")))
	require.NoError(t, err)
	in, err := f.input(Spec{})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(f.files[1].path, asPNG(grayImage(3, 1, 2, 3)), 0o666))
	_, err = f.part("x", []int{0, 1}, in, make([][32]byte, len(f.files)))
	assert.EqualError(t, err, f.files[1].path+": the file changed while the folder was read")
}

func TestLoadFindsAFolderOfImages(t *testing.T) {
	t.Parallel()
	dir := folder(t, shades(4, "set/a", "set/b"))
	for _, c := range []struct {
		name string
		opts []LoadOption
	}{{filepath.Join(dir, "set"), nil}, {"set", []LoadOption{Dir(dir)}}} {
		p, err := Load(Spec{Name: "images:" + c.name, Test: 0.5}, c.opts...)
		require.NoError(t, err)
		assert.Equal(t, "set/train", p.Train.Name)
		assert.Equal(t, 4, p.Train.Len())
	}
	_, err := Load(Spec{Name: "images:set", Test: 0.5})
	require.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "set: ")
}

func TestFoldersOfTooManyFilesOrClassesAreRefused(t *testing.T) {
	t.Parallel()
	dir := folder(t, map[string][]byte{"1": nil, "2": nil, "3": nil, ".hidden": nil, "desktop.ini": nil})
	names, err := entries(dir, 3)
	require.NoError(t, err)
	assert.Equal(t, []string{"1", "2", "3"}, names)
	_, err = entries(dir, 2)
	assert.EqualError(t, err, dir+": more than 1048576 files in all: use fewer")

	image := asPNG(grayImage(1, 1))
	files := map[string][]byte{}
	for i := range maxValues + 1 {
		files[fmt.Sprintf("%04d/1", i)] = image
	}
	dir = folder(t, files)
	_, err = LoadImages(imageSpec, dir)
	assert.EqualError(t, err, dir+": more than 1000 folders, one for each class: not a folder of classes")
}
