package convert

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/gofrs/flock"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/serialize"
)

// four is a model of 4 tensors of 8 bytes.
func four(t *testing.T) serialize.File {
	t.Helper()
	var tensors []dtype.Tensor
	for i, name := range []string{"a", "b", "c", "d"} {
		tensors = append(tensors, tensor(t, name, dtype.F32, []int{2}, float32(i), -1))
	}
	return source(t, map[string]string{"note": "x"}, tensors...)
}

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestSplitLeavesFilesThatOpenAsOneAndMergeToTheSame(t *testing.T) {
	t.Parallel()
	in := four(t)
	for base, c := range map[string]struct {
		to    serialize.Format
		names []string
	}{
		"model.safetensors": {serialize.Safetensors, []string{"model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json"}},
		"pytorch_model.bin": {serialize.PyTorch, []string{"pytorch_model-00001-of-00002.bin", "pytorch_model-00002-of-00002.bin", "pytorch_model.bin.index.json"}},
		"m.gguf":            {serialize.GGUF, []string{"m-00001-of-00002.gguf", "m-00002-of-00002.gguf"}},
	} {
		dir := t.TempDir()
		done, total := int64(0), int64(0)
		r, err := Split(context.Background(), in, filepath.Join(dir, base), 16, Options{Format: c.to, Progress: func(d, of int64) { done, total = d, of }})
		require.NoError(t, err, base)
		assert.Equal(t, c.names, namesIn(t, dir), "nothing else is left")
		assert.Len(t, r.Files, len(c.names))
		assert.Equal(t, 4, r.Tensors)
		assert.Equal(t, int64(64), total)
		assert.Equal(t, total, done)
		whole := reopened(t, r.Files[len(r.Files)-1])
		f, _ := converted(t, whole, Options{Format: c.to})
		_, split := f.Metadata().Value("split.count")
		assert.False(t, split, "it is one of many no more")
		for _, info := range in.Tensors() {
			want, err := in.Read(info.Name)
			require.NoError(t, err)
			got, err := f.Read(info.Name)
			require.NoError(t, err)
			assert.Equal(t, want, got, base)
		}
	}
}

func TestSplitOfWhatFitsIntoOneFileIsThatFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r, err := Split(context.Background(), four(t), filepath.Join(dir, "model.safetensors"), 32, Options{Format: serialize.Safetensors})
	require.NoError(t, err)
	assert.Equal(t, []string{"model.safetensors"}, namesIn(t, dir))
	assert.Equal(t, []string{filepath.Join(dir, "model.safetensors")}, r.Files)
}

func TestSplitDoesNotMixTwoModels(t *testing.T) {
	t.Parallel()
	for _, there := range []string{"model-00007-of-00009.safetensors", "model.safetensors.index.json"} {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, there), []byte("mine"), 0o666))
		_, err := Split(context.Background(), four(t), filepath.Join(dir, "model.safetensors"), 16, Options{Format: serialize.Safetensors})
		require.ErrorIs(t, err, fs.ErrExist)
		assert.ErrorContains(t, err, there)
		assert.Equal(t, []string{there}, namesIn(t, dir))
	}
}

func TestSplitFindsTheOneFileInItsWayBeforeItWrites(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	require.NoError(t, os.WriteFile(path, []byte("mine"), 0o666))
	unwritten := func(int64, int64) { t.Error("it was written") }
	for limit, in := range map[int64]serialize.File{32: four(t), 4: source(t, nil, tensor(t, "a", dtype.F32, []int{2}, 1, 2))} {
		_, err := Split(context.Background(), in, path, limit, Options{Format: serialize.Safetensors, Progress: unwritten})
		require.ErrorIs(t, err, fs.ErrExist)
		assert.ErrorContains(t, err, path)
	}
	_, err := Split(context.Background(), four(t), path, 16, Options{Format: serialize.Safetensors, Progress: unwritten})
	require.ErrorIs(t, err, fs.ErrExist, "readers would take it for the model of the index")
	_, err = Split(context.Background(), four(t), path, 16, Options{Format: serialize.GGUF})
	require.NoError(t, err, "many files have other names, and no index")
}

func TestNoFileIsMadeBesideTheIndexOfItsName(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model.safetensors")
	index := path + serialize.IndexEnding
	require.NoError(t, os.WriteFile(index, nil, 0o666))
	_, err := File(context.Background(), four(t), path, Options{Format: serialize.Safetensors})
	require.ErrorIs(t, err, fs.ErrExist)
	require.ErrorContains(t, err, index)
	assert.Equal(t, []string{filepath.Base(index)}, namesIn(t, filepath.Dir(path)))
	require.NoError(t, os.WriteFile(path, nil, 0o666))
	_, err = File(context.Background(), four(t), path, Options{Format: serialize.Safetensors})
	require.NoError(t, err, "a file that is there is replaced")
}

func TestSplitThatFailsLeavesNothing(t *testing.T) {
	t.Parallel()
	canceled, cancel := context.WithCancel(context.Background())
	cancel()
	for name, c := range map[string]struct {
		ctx context.Context
		in  serialize.File
	}{"interrupted": {canceled, four(t)}, "broken": {context.Background(), broken{four(t)}}} {
		dir := t.TempDir()
		_, err := Split(c.ctx, c.in, filepath.Join(dir, "model.safetensors"), 16, Options{Format: serialize.Safetensors})
		require.Error(t, err, name)
		assert.NotContains(t, err.Error(), "unverified")
		assert.Empty(t, namesIn(t, dir), name)
	}
}

// The last name is in the way, after all others have been given.
func TestSplitGivesAllNamesOrNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	place, err := enterWorkplace(filepath.Join(dir, "model"))
	require.NoError(t, err)
	defer place.leave()
	paths := []string{filepath.Join(dir, "one"), filepath.Join(dir, "two"), filepath.Join(dir, "index")}
	for _, path := range paths[:2] {
		require.NoError(t, os.WriteFile(place.file(path), nil, 0o666))
	}
	require.Error(t, place.deliverAll(paths), "the third was not made")
	assert.Equal(t, []string{".model.unverified"}, namesIn(t, dir))
}

func TestWhatAKilledProcessLeftIsCleared(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out.pt")
	left := filepath.Join(dir, ".out.pt.unverified")
	require.NoError(t, os.Mkdir(left, 0o777))
	for _, name := range []string{".out.pt.tmp-0123456789abcdef", "out.pt", workplaceLock} {
		require.NoError(t, os.WriteFile(filepath.Join(left, name), []byte("half"), 0o666))
	}
	_, err := File(context.Background(), four(t), path, Options{Format: serialize.PyTorch})
	require.NoError(t, err)
	assert.Equal(t, []string{"out.pt"}, namesIn(t, dir))
}

func TestOneProcessAtATimeWritesAFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out.pt")
	first, err := enterWorkplace(path)
	require.NoError(t, err)
	if first.lock == nil {
		t.Skip("this system has no locks")
	}
	_, err = File(context.Background(), four(t), path, Options{Format: serialize.PyTorch})
	var busy *BusyError
	require.ErrorAs(t, err, &busy)
	assert.Equal(t, path, busy.Path)
	first.leave()
	assert.Empty(t, namesIn(t, dir))
	_, err = File(context.Background(), four(t), path, Options{Format: serialize.PyTorch})
	require.NoError(t, err)
}

// A process can open the lock of a folder that another one is about to remove.
func TestALockOfAFolderThatIsGoneIsNone(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "out")
	w, err := enterWorkplace(path)
	require.NoError(t, err)
	late := flock.New(filepath.Join(w.dir, workplaceLock))
	free, err := late.TryLock()
	if errors.Is(err, errors.ErrUnsupported) {
		t.Skip("this system has no locks")
	}
	require.NoError(t, err)
	assert.False(t, free)
	w.leave()
	again, err := enterWorkplace(path)
	require.NoError(t, err)
	defer again.leave()
	assert.DirExists(t, again.dir)
}

func TestAFullDiskIsToldWithTheFile(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left on device")
	x, err := newTransfer(context.Background(), four(t), Options{Format: serialize.Safetensors})
	require.NoError(t, err)
	err = cause(&atomicfile.Error{Path: "hidden", Step: atomicfile.Content, Err: x.content(x.infos[0], failing{full})}, "out.safetensors")
	require.ErrorIs(t, err, full)
	assert.ErrorContains(t, err, `write "out.safetensors": content: no space left on device`)
}

// failing is a writer to a full disk.
type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func TestRulesWithoutAUseAreTold(t *testing.T) {
	t.Parallel()
	n, err := ParseNames([]byte("- {from: ^a$, to: first}\n- {from: ^x, to: y}\n- {from: ^first, to: f}\n"))
	require.NoError(t, err)
	_, r := converted(t, four(t), Options{Format: serialize.Safetensors, Names: n})
	assert.Equal(t, []string{"^x"}, r.Idle)
	n, err = ParseNames([]byte("- {from: ^x, to: y}\n- {from: ^z, drop: true}\n"))
	require.NoError(t, err)
	_, err = File(context.Background(), four(t), filepath.Join(t.TempDir(), "out"), Options{Format: serialize.Safetensors, Names: n})
	assert.ErrorContains(t, err, "no rule for names matches a tensor, as `^x`")
}

func TestWhatLiesBesideWeightsIsCopied(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	for _, name := range []string{"config.json", "tokenizer.json", "merges.txt", "model.safetensors", "model.safetensors.index.json", ".hidden.json", "README.md"} {
		require.NoError(t, os.WriteFile(filepath.Join(from, name), []byte(name), 0o666))
	}
	require.NoError(t, os.Mkdir(filepath.Join(from, "folder.json"), 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(to, "config.json"), []byte("config.json"), 0o666))
	copyBeside, err := Beside(from, to)
	require.NoError(t, err, "the one that is there is the same")
	assert.Equal(t, []string{"config.json"}, namesIn(t, to), "nothing is copied yet")
	require.NoError(t, copyBeside())
	assert.Equal(t, []string{"config.json", "merges.txt", "tokenizer.json"}, namesIn(t, to))
}

func TestWhatBelongsToAnotherModelIsNeitherTakenNorReplaced(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(from, "config.json"), []byte("new"), 0o666))
	there := filepath.Join(to, "config.json")
	require.NoError(t, os.WriteFile(there, []byte("mine"), 0o666))
	_, err := Beside(from, to)
	require.ErrorIs(t, err, fs.ErrExist)
	require.ErrorContains(t, err, there)
	text, err := os.ReadFile(there)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(text))
}

func TestWhatAppearsBeforeItIsCopiedStays(t *testing.T) {
	t.Parallel()
	from, to := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(from, "config.json"), []byte("new"), 0o666))
	copyBeside, err := Beside(from, to)
	require.NoError(t, err)
	there := filepath.Join(to, "config.json")
	require.NoError(t, os.WriteFile(there, []byte("mine"), 0o666))
	require.ErrorIs(t, copyBeside(), fs.ErrExist)
	text, err := os.ReadFile(there)
	require.NoError(t, err)
	assert.Equal(t, "mine", string(text))
}

func TestOnlyRegularFilesOfTheSameBytesAreTheSame(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	long := bytes.Repeat([]byte("0123456789"), 10_000)
	other := bytes.Clone(long)
	other[len(other)-1]++
	path := func(name string) string { return filepath.Join(dir, name) }
	for name, content := range map[string][]byte{"a": long, "same": long, "other": other, "shorter": long[1:], "empty": nil} {
		require.NoError(t, os.WriteFile(path(name), content, 0o666))
	}
	require.NoError(t, os.Mkdir(path("folder"), 0o777))
	for name, want := range map[string]bool{"a": true, "same": true, "other": false, "shorter": false, "empty": false, "folder": false, "missing": false} {
		same, err := sameContent(path("a"), path(name))
		require.NoError(t, err, name)
		assert.Equal(t, want, same, name)
	}
	same, err := sameContent(path("empty"), path("empty"))
	require.NoError(t, err)
	assert.True(t, same)
}

func TestAPlaceThatCannotBeLookedAtIsNotTakenForAFreeOne(t *testing.T) {
	t.Parallel()
	from := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(from, "config.json"), nil, 0o666))
	_, err := Beside(from, filepath.Join(t.TempDir(), "nul\x00"))
	require.ErrorContains(t, err, "inspect: ")
}

func TestSplitClosesWhatItHasReadFirst(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := &folderCloser{File: four(t), dir: dir}
	r, err := Split(t.Context(), in, filepath.Join(dir, "model.safetensors"), 16, Options{Format: serialize.Safetensors, Close: in})
	require.NoError(t, err)
	require.Len(t, r.Files, 3)
	assert.Equal(t, []string{".model.safetensors.unverified"}, in.seen, "before the files have their names")
}

// folderCloser closes a file, and sees what is in a folder then.
type folderCloser struct {
	serialize.File
	dir  string
	seen []string
}

func (c *folderCloser) Close() error {
	entries, err := os.ReadDir(c.dir)
	for _, e := range entries {
		c.seen = append(c.seen, e.Name())
	}
	return errors.Join(err, c.File.Close())
}

func TestAFolderThatWasBeingReplacedComesBack(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	left := filepath.Join(dir, ".model.unverified", ".replaced")
	require.NoError(t, os.MkdirAll(left, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(left, "config.json"), []byte("mine"), 0o666))
	fill := func(into string) error { return os.WriteFile(filepath.Join(into, "config.json"), []byte("new"), 0o666) }
	require.ErrorIs(t, Folder(path, false, nil, fill), fs.ErrExist)
	text, err := os.ReadFile(filepath.Join(path, "config.json"))
	require.NoError(t, err)
	assert.Equal(t, "mine", string(text))
	require.NoError(t, Folder(path, true, []string{"config.json"}, fill))
	assert.Equal(t, []string{"model"}, namesIn(t, dir))
	text, err = os.ReadFile(filepath.Join(path, "config.json"))
	require.NoError(t, err)
	assert.Equal(t, "new", string(text))
}

func TestTheOnlyFolderIsNeverCleared(t *testing.T) {
	t.Parallel()
	w, err := enterWorkplace(filepath.Join(t.TempDir(), "model"))
	require.NoError(t, err)
	require.NoError(t, os.Mkdir(w.replaced(), 0o777))
	require.NoError(t, os.WriteFile(w.file("model"), nil, 0o666))
	w.leave()
	assert.Equal(t, []string{".replaced"}, namesIn(t, w.dir))
}
