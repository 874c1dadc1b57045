package atomicfile

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// symlink makes a link, or skips the test where the system does not let this user make one.
func symlink(t *testing.T, target, link string) {
	t.Helper()
	if err := os.Symlink(target, link); err != nil {
		t.Skipf("this system makes no symbolic links: %v", err)
	}
}

func TestSymbolicLinkStaysAndItsTargetIsReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "store", "deep"), 0o755))
	target := filepath.Join(dir, "store", "real")
	require.NoError(t, os.WriteFile(target, []byte("old"), 0o644))
	symlink(t, filepath.Join("store", "real"), filepath.Join(dir, "one"))
	symlink(t, "one", filepath.Join(dir, "two"))
	symlink(t, filepath.Join(dir, "two"), filepath.Join(dir, "three"))
	symlink(t, filepath.Join("store", "deep"), filepath.Join(dir, "shortcut"))
	// Through the linked directory, ".." is the parent of what the link names: store, not dir.
	symlink(t, filepath.FromSlash("shortcut/../real"), filepath.Join(dir, "four"))

	for _, name := range []string{"one", "two", "three", "four"} {
		link := filepath.Join(dir, name)
		require.NoError(t, Write(link, func(w io.Writer) error {
			_, err := io.WriteString(w, name)
			return err
		}))
		info, err := os.Lstat(link)
		require.NoError(t, err)
		assert.NotZero(t, info.Mode()&fs.ModeSymlink, name)
		requireContent(t, target, []byte(name))
	}
	requireOnly(t, dir, "store", "one", "two", "three", "four", "shortcut")
	requireOnly(t, filepath.Join(dir, "store"), "deep", "real")
}

func TestDanglingLinkMakesItsTarget(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	symlink(t, "missing", filepath.Join(dir, "link"))
	require.NoError(t, Write(filepath.Join(dir, "link"), writeNew))
	requireContent(t, filepath.Join(dir, "missing"), newContent)
}

func TestLinkThatNamesItselfIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	symlink(t, "b", filepath.Join(dir, "a"))
	symlink(t, "a", filepath.Join(dir, "b"))
	err := Write(filepath.Join(dir, "a"), writeNew)
	require.ErrorContains(t, err, "too many symbolic links")
}
