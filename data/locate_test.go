package data

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// touch makes empty files.
func touch(t *testing.T, dir string, names ...string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(dir, 0o777))
	for _, name := range names {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o666))
	}
}

func TestFilesAreFoundUnderEverySpelling(t *testing.T) {
	t.Parallel()
	for _, names := range [][4]string{
		{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"},
		{"train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"},
		{"train-images.idx3-ubyte", "train-labels.idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"},
		{"train-images.idx3-ubyte.gz", "train-labels-idx1-ubyte", "t10k-images.idx3-ubyte", "t10k-labels-idx1-ubyte.gz"},
	} {
		dir := t.TempDir()
		touch(t, dir, names[:]...)
		paths, err := mnist.locate(dir)
		require.NoError(t, err)
		for i, path := range paths {
			assert.Equal(t, filepath.Join(dir, names[i]), path)
		}
	}
}

func TestLocateLooksIntoTheFolderOfThatName(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	touch(t, filepath.Join(dir, "fashion-mnist"), "train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte")
	found, err := Locate("fashion-mnist", Dir(dir))
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "fashion-mnist"), found)
	_, err = Locate("mnist", Dir(dir))
	assert.EqualError(t, err, "mnist: no such data in "+dir+": name another folder with --data DIR, or run 'heft data fetch mnist'")
}

func TestLocateNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	touch(t, filepath.Join(dir, "mnist"), "train-images-idx3-ubyte", "train-labels-idx1-ubyte.gz")
	require.NoError(t, os.Mkdir(filepath.Join(dir, "mnist", "t10k-images-idx3-ubyte"), 0o777)) // no file
	_, err := Locate("mnist", Dir(dir))
	assert.EqualError(t, err, "mnist: the set is incomplete: "+filepath.Join(dir, "mnist")+" has no t10k-images-idx3-ubyte, no t10k-labels-idx1-ubyte: "+
		"name another folder with --data DIR, or run 'heft data fetch mnist'")
	_, err = Locate("digits")
	assert.EqualError(t, err, `no data set "digits" can be downloaded: use one of mnist, fashion-mnist`)
}

func TestLocateLooksIntoTheCacheAndSaysHowToFillIt(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("the variable that names the folder for caches is that of Linux")
	}
	cache := t.TempDir()
	t.Setenv("XDG_CACHE_HOME", cache)
	dir, err := CacheDir("mnist")
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(cache, "heft", "data", "mnist"), dir)
	_, err = Locate("mnist")
	assert.EqualError(t, err, "mnist: no such data in "+dir+": run 'heft data fetch mnist', or name the folder of its files with --data DIR")
	_, err = Load(Spec{Name: "mnist"})
	assert.ErrorContains(t, err, "heft data fetch mnist")

	touch(t, dir, "train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz", "t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz")
	found, err := Locate("mnist")
	require.NoError(t, err)
	assert.Equal(t, dir, found)

	t.Setenv("XDG_CACHE_HOME", "relative")
	_, err = CacheDir("mnist")
	assert.ErrorContains(t, err, "this machine names no folder for caches")
	_, err = Locate("mnist")
	assert.ErrorContains(t, err, "heft data fetch mnist")
	assert.ErrorContains(t, Fetch(t.Context(), "mnist"), "this machine names no folder for caches")
}
