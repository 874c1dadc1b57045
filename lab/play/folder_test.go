package play_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab/play"
)

func TestAFolderOfOthersIsTold(t *testing.T) {
	t.Parallel()
	foreign := func(dir string) string {
		name, err := play.Foreign(dir)
		require.NoError(t, err)
		return name
	}
	put := func(dir, name string) {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o600))
	}
	dir := filepath.Join(t.TempDir(), "new")
	assert.Empty(t, foreign(dir), "it is not there")
	require.NoError(t, site(t).Save(dir))
	assert.Empty(t, foreign(dir), "a page may take the place of an older one")
	put(dir, ".nojekyll")
	assert.Empty(t, foreign(dir), "hidden files are in nobody's way")
	require.NoError(t, site(t).Save(dir))
	put(dir, "report.html")
	assert.Equal(t, "report.html", foreign(dir))

	others := t.TempDir()
	put(others, "index.html")
	assert.Equal(t, "index.html", foreign(others), "of a page of somebody else's, whose files have names as ours have")

	_, err := play.Foreign(filepath.Join(others, "index.html"))
	require.Error(t, err, "a file is no folder")
}

func TestAnInterruptedSaveCanBeMadeAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(dir, "index.html"), 0o700)) // a file of the page that cannot be written
	require.Error(t, site(t).Save(dir))
	assert.FileExists(t, filepath.Join(dir, play.EngineFile), "the mark is the first file")
	require.NoError(t, os.Remove(filepath.Join(dir, "index.html")))
	name, err := play.Foreign(dir)
	require.NoError(t, err)
	assert.Empty(t, name)
}
