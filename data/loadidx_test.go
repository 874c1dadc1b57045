package data

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// toySet returns a set of the form of MNIST with small images, and its files in the order of publishedSet.files.
// Its checksums are those of the files.
func toySet() (*published, [4][]byte) {
	pixels := func(n int) []byte {
		data := make([]byte, 6*n)
		for i := range data {
			data[i] = byte(7 * i)
		}
		return data
	}
	files := [...][]byte{
		idxFile(pixels(10), 10, 2, 3), idxFile([]byte{0, 1, 2, 0, 1, 2, 0, 1, 2, 0}, 10),
		idxFile(pixels(3), 3, 2, 3), idxFile([]byte{2, 1, 0}, 3),
	}
	d := &published{
		name: "toy", source: "made up", license: "none", target: "shape", classes: []string{"dot", "line", "blob"}, files: mnist.files,
	}
	for i, content := range files {
		sum := sha256.Sum256(content)
		d.files[i].size, d.files[i].sha256 = int64(len(content)), hex.EncodeToString(sum[:])
	}
	return d, files
}

// spread writes the files of a set into a new folder.
func spread(t *testing.T, d *published, files [4][]byte) string {
	t.Helper()
	dir := t.TempDir()
	for i, content := range files {
		require.NoError(t, os.WriteFile(filepath.Join(dir, d.files[i].name), content, 0o666))
	}
	return dir
}

func TestPublishedSetIsDividedAsItsMakersDid(t *testing.T) {
	t.Parallel()
	d, files := toySet()
	dir := spread(t, d, files)
	p, err := d.load(Spec{}, loadOptions{dir: dir})
	require.NoError(t, err)
	require.NoError(t, p.Train.Validate())
	require.NoError(t, p.Test.Validate())
	assert.Nil(t, p.Validation)
	assert.Empty(t, p.Notes)
	assert.Equal(t, "toy/train", p.Train.Name)
	assert.Equal(t, "toy/test", p.Test.Name)
	assert.Equal(t, []int{10, 6}, p.Train.X.Shape())
	assert.Equal(t, []int{3, 6}, p.Test.X.Shape())
	assert.Equal(t, []int32{2, 1, 0}, p.Test.Y.Data)
	for i, v := range p.Test.X.Data() {
		assert.Equal(t, float32(byte(7*i))/255, v)
	}
	assert.Equal(t, d.classes, p.Train.Classes)
	assert.Equal(t, "made up", p.Test.Source)
	assert.Equal(t, "none", p.Train.License)
	assert.Equal(t, &Input{
		Kind: ImageInput, Width: 3, Height: 2, Channels: 1, PixelMean: []float64{0}, PixelStd: []float64{1},
		Target: Column{Name: "shape", Kind: CategoryColumn, Values: d.classes},
	}, p.Input)
	assert.Equal(t, p.Train.Features(), p.Input.Features())

	held, err := d.load(Spec{Validation: 0.2, Seed: 5}, loadOptions{dir: dir})
	require.NoError(t, err)
	train, validation := p.Train.Split(0.8, 5)
	assert.Equal(t, train.Hash(), held.Train.Hash())
	assert.Equal(t, validation.Hash(), held.Validation.Hash())
	assert.Equal(t, "toy/validation", held.Validation.Name)
	assert.Equal(t, p.Test.Hash(), held.Test.Hash())
}

func TestFilesThatAreNotThePublishedOnesAreNoted(t *testing.T) {
	t.Parallel()
	d, files := toySet()
	files[testLabels] = idxFile([]byte{2, 2, 0}, 3)
	dir := spread(t, d, files)
	p, err := d.load(Spec{}, loadOptions{dir: dir})
	require.NoError(t, err)
	path := filepath.Join(dir, "t10k-labels-idx1-ubyte")
	assert.Equal(t, []string{path + ": not the file of toy that was published, so results do not compare"}, p.Notes)
}

func TestFilesThatDoNotBelongTogetherAreRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(files *[4][]byte){
		"train-labels-idx1-ubyte: 2 labels, but train-images-idx3-ubyte has 10 images: the two do not belong together": func(files *[4][]byte) {
			files[trainLabels] = idxFile([]byte{1, 2}, 2)
		},
		"t10k-labels-idx1-ubyte: label 1 is 3, but toy has the classes 0 to 2": func(files *[4][]byte) {
			files[testLabels] = idxFile([]byte{0, 3, 1}, 3)
		},
		"t10k-images-idx3-ubyte: an array with 1 axes: images have three, [n, height, width]": func(files *[4][]byte) {
			files[testImages] = files[testLabels]
		},
		"train-labels-idx1-ubyte: an array with 3 axes: labels have one": func(files *[4][]byte) {
			files[trainLabels] = files[trainImages]
		},
		"train-images-idx3-ubyte: the file has no pixels, its shape is [10 0 3]": func(files *[4][]byte) {
			files[trainImages] = idxFile(nil, 10, 0, 3)
		},
		"train-images-idx3-ubyte: an image is 5000 by 1 pixels, but must be 1 to 4096 by 1 to 4096": func(files *[4][]byte) {
			files[trainImages], files[trainLabels] = idxFile(make([]byte, 5000), 1, 1, 5000), idxFile([]byte{0}, 1)
			files[testImages], files[testLabels] = files[trainImages], files[trainLabels]
		},
		"t10k-images-idx3-ubyte: the file has no pixels, its shape is [0 2 3]": func(files *[4][]byte) {
			files[testImages], files[testLabels] = idxFile(nil, 0, 2, 3), idxFile(nil, 0)
		},
		"t10k-images-idx3-ubyte: images of 2 by 3 pixels, but those of train-images-idx3-ubyte have 3 by 2": func(files *[4][]byte) {
			files[testImages] = idxFile(make([]byte, 18), 3, 3, 2)
		},
		"train-images-idx3-ubyte: one image is too few to hold out a validation part": func(files *[4][]byte) {
			files[trainImages], files[trainLabels] = idxFile(make([]byte, 6), 1, 2, 3), idxFile([]byte{0}, 1)
		},
		"train-images-idx3-ubyte: the file is empty": func(files *[4][]byte) { files[trainImages] = nil },
	} {
		d, files := toySet()
		change(&files)
		dir := spread(t, d, files)
		_, err := d.load(Spec{Validation: 0.5, Seed: 1}, loadOptions{dir: dir})
		assert.EqualError(t, err, dir+string(filepath.Separator)+want)
	}
}

// The hashes were found by another program, from the published files and the rule of Set.Hash.
var publishedHashes = map[string]struct{ train, test string }{
	"mnist": {test: "87c245602881f1b4b5f0e9ad26c2ea01b791c7be91c67ca3a921785382f7a02e"},
	"fashion-mnist": {
		train: "1c9dc6670b370367e070a6c1369801dc5e93b9996264aded543449ec08ceee23",
		test:  "dd048836d1acaa6046463cd9db1883c87ff7f91dc76a7627b42ff8fdafa645af",
	},
}

func TestPublishedSetsAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("only with -long: reads 70,000 images")
	}
	for name, want := range publishedHashes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := Locate(name); err != nil {
				t.Skip(err)
			}
			p, err := Load(Spec{Name: name, Seed: 1})
			require.NoError(t, err)
			assert.Empty(t, p.Notes)
			assert.Equal(t, []int{60000, 784}, p.Train.X.Shape())
			assert.Equal(t, []int{10000, 784}, p.Test.X.Shape())
			assert.Equal(t, want.test, p.Test.Hash())
			if want.train != "" {
				assert.Equal(t, want.train, p.Train.Hash())
			}
		})
	}
}

func TestByteSharesRoundOnce(t *testing.T) {
	t.Parallel()
	for b := range 256 {
		assert.Equal(t, float32(float64(b)/255), byteShares([]byte{byte(b)})[0], fmt.Sprint(b))
	}
}
