package convert

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
)

// fillWith writes a file of that content.
func fillWith(text string) func(dir string) error {
	return func(dir string) error { return os.WriteFile(filepath.Join(dir, "config.json"), []byte(text), 0o666) }
}

func link(t *testing.T, target, path string) {
	t.Helper()
	if err := os.Symlink(target, path); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
}

func TestALinkToAFolderStaysAndWhatItLeadsToIsReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	away := filepath.Join(dir, "away")
	require.NoError(t, os.MkdirAll(filepath.Join(away, "model"), 0o777))
	path := filepath.Join(dir, "model")
	link(t, filepath.Join("away", "model"), path)
	for _, text := range []string{"first", "second"} {
		require.NoError(t, Folder(path, true, []string{"config.*"}, fillWith(text)))
		info, err := os.Lstat(path)
		require.NoError(t, err)
		assert.NotZero(t, info.Mode()&fs.ModeSymlink, "it is still a link")
		got, err := os.ReadFile(filepath.Join(away, "model", "config.json"))
		require.NoError(t, err)
		assert.Equal(t, text, string(got))
		assert.Equal(t, []string{"model"}, namesIn(t, away))
		assert.Equal(t, []string{"away", "model"}, namesIn(t, dir))
	}
	require.ErrorIs(t, Folder(path, false, nil, fillWith("third")), fs.ErrExist)
}

func TestWhatALinkThatLeadsNowhereNamesIsMade(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "away"), 0o777))
	folder, file := filepath.Join(dir, "folder"), filepath.Join(dir, "file")
	link(t, filepath.Join("away", "folder"), folder)
	link(t, filepath.Join(dir, "away", "file"), file)
	require.NoError(t, Folder(folder, false, nil, fillWith("x")))
	_, err := File(t.Context(), source(t, nil, tensor(t, "w", dtype.F32, []int{1}, 1)), file, Options{Format: serialize.NPZ})
	require.NoError(t, err)
	assert.Equal(t, []string{"file", "folder"}, namesIn(t, filepath.Join(dir, "away")))
	circle := filepath.Join(dir, "circle")
	link(t, "circle", circle)
	assert.ErrorContains(t, Folder(circle, false, nil, fillWith("x")), "too many symbolic links")
}

func TestTwoPointsAfterALinkAreTheParentOfWhatItLeadsTo(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows itself takes paths apart before it follows links")
	}
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "store", "deep"), 0o777))
	link(t, filepath.Join("store", "deep"), filepath.Join(dir, "link"))
	link(t, "../dangling", filepath.Join(dir, "store", "deep", "leads"))
	for _, name := range []string{"link/../x", "link/leads"} {
		_, err := File(t.Context(), four(t), dir+"/"+name, Options{Format: serialize.NPZ})
		require.NoError(t, err, name)
	}
	require.NoError(t, Folder(dir+"/link/../folder", false, nil, fillWith("x")))
	_, err := Split(t.Context(), four(t), dir+"/link/../model.safetensors", 16, Options{Format: serialize.Safetensors})
	require.NoError(t, err)
	copyBeside, err := Beside(dir+"/link/../folder", dir+"/link/..")
	require.NoError(t, err)
	require.NoError(t, copyBeside())
	assert.Equal(t, []string{"link", "store"}, namesIn(t, dir))
	assert.Equal(t, []string{
		"config.json", "dangling", "deep", "folder", "model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors", "model.safetensors.index.json", "x",
	}, namesIn(t, filepath.Join(dir, "store")))
	for _, name := range []string{"missing/../x", "missing/x"} {
		_, err := File(t.Context(), four(t), dir+"/"+name, Options{Format: serialize.NPZ})
		require.ErrorIs(t, err, fs.ErrNotExist, name)
		require.ErrorContains(t, err, dir+"/"+name)
	}
}

func TestOnlyFoldersOfFilesThatFitAreReplaced(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model")
	require.NoError(t, os.Mkdir(path, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(path, "model-00001-of-00002.safetensors"), nil, 0o666))
	own := []string{"config.json", "model-*-of-*.safetensors"}
	require.NoError(t, Folder(path, true, own, fillWith("x")))
	require.NoError(t, os.WriteFile(filepath.Join(path, "thesis.txt"), nil, 0o666))
	err := Folder(path, true, own, fillWith("y"))
	require.ErrorIs(t, err, fs.ErrExist)
	assert.ErrorContains(t, err, `"thesis.txt" in it, which would be lost`)
	assert.Equal(t, []string{"config.json", "thesis.txt"}, namesIn(t, path))
}

func TestNamesThatAreTooLongAreToldToBe(t *testing.T) {
	t.Parallel()
	if os.PathSeparator == '\\' {
		t.Skip("Windows has another error for them")
	}
	in := source(t, nil, tensor(t, "w", dtype.F32, []int{1}, 1))
	for _, n := range []int{238, 250, 300} { // too long for a file beside it, for the folder around that, at all
		path := filepath.Join(t.TempDir(), strings.Repeat("n", n))
		_, err := File(t.Context(), in, path, Options{Format: serialize.Safetensors})
		require.ErrorContains(t, err, "choose a shorter name", n)
		assert.ErrorContains(t, err, path)
		assert.Empty(t, namesIn(t, filepath.Dir(path)))
	}
}

// What a link leads to that is called like a workplace is somebody's folder: entering it would clear it.
func TestALinkIsNoWorkplace(t *testing.T) {
	t.Parallel()
	dir, theirs := t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(theirs, "precious"), nil, 0o666))
	if err := os.Symlink(theirs, filepath.Join(dir, ".out.unverified")); err != nil {
		t.Skipf("this system makes no symbolic links: %v", err)
	}
	err := Folder(filepath.Join(dir, "out"), false, nil, func(string) error { return nil })
	require.ErrorContains(t, err, "something else is there")
	assert.Equal(t, []string{"precious"}, namesIn(t, theirs))
}

func TestAFolderHasThePermissionsOfTheOneItReplaces(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model")
	require.NoError(t, os.Mkdir(path, 0o700))
	before, err := os.Stat(path)
	require.NoError(t, err)
	require.NoError(t, Folder(path, true, []string{"config.json"}, fillWith("x")))
	after, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, before.Mode(), after.Mode())
	assert.False(t, os.SameFile(before, after))
}
