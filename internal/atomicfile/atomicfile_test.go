package atomicfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

// newContent is longer than all buffers, so that some of it is written while the content is made and some when that is done.
var newContent = bytes.Repeat([]byte("new content "), (buffers+2)*bufferSize/12)

// writeNew writes newContent in pieces.
func writeNew(w io.Writer) error {
	for rest := newContent; len(rest) > 0; {
		n := min(len(rest), 100_000)
		if _, err := w.Write(rest[:n]); err != nil {
			return err
		}
		rest = rest[n:]
	}
	return nil
}

// requireOnly asserts that dir holds these names and nothing else: no temporary file.
func requireOnly(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var have []string
	for _, e := range entries {
		have = append(have, e.Name())
	}
	require.ElementsMatch(t, names, have)
}

func requireContent(t *testing.T, path string, want []byte) {
	t.Helper()
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal(want, got), "%d bytes instead of %d", len(got), len(want))
}

func TestWriteMakesAndReplacesFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	for _, content := range []string{"first", "second, longer", ""} {
		require.NoError(t, Write(path, func(w io.Writer) error {
			_, err := io.WriteString(w, content)
			return err
		}))
		requireContent(t, path, []byte(content))
	}
	require.NoError(t, Write(path, writeNew))
	requireContent(t, path, newContent)
	requireOnly(t, dir, "model")
}

func TestEveryFailingStepLeavesTheOldFileWhole(t *testing.T) {
	t.Parallel()
	old := []byte("old content")
	setUp := func() (dir, path string) {
		dir = t.TempDir()
		path = filepath.Join(dir, "model")
		require.NoError(t, os.WriteFile(path, old, 0o644))
		return dir, path
	}

	_, path := setUp()
	counting := &faultyDisk{}
	require.NoError(t, writeOn(counting, path, writeNew))
	require.Subset(t, counting.calls, []Step{Inspect, Create, Content, Mode, Sync, Close, Rename, SyncDirectory})

	for i, call := range counting.calls {
		name := fmt.Sprintf("call %d, %s", i+1, call)
		dir, path := setUp()
		err := writeOn(&faultyDisk{failAt: i + 1}, path, writeNew)
		var failed *Error
		require.ErrorAs(t, err, &failed, name)
		require.ErrorIs(t, err, errInjected, name)
		assert.Equal(t, path, failed.Path, name)
		assert.Equal(t, call, failed.Step, name)
		assert.Contains(t, err.Error(), fmt.Sprintf("%q: %s: injected failure", path, call))
		requireOnly(t, dir, "model")
		if call == SyncDirectory {
			requireContent(t, path, newContent) // the rename is done: the new file is the whole one
		} else {
			requireContent(t, path, old)
		}
	}
}

func TestEveryFailingStepOfANewFileLeavesNoFile(t *testing.T) {
	t.Parallel()
	counting := &faultyDisk{}
	require.NoError(t, writeOn(counting, filepath.Join(t.TempDir(), "model"), writeNew))
	require.NotContains(t, counting.calls, Mode, "a new file keeps the mode it was made with")
	for i, call := range counting.calls[:len(counting.calls)-1] { // all but the directory's sync
		dir := t.TempDir()
		err := writeOn(&faultyDisk{failAt: i + 1}, filepath.Join(dir, "model"), writeNew)
		require.ErrorIs(t, err, errInjected, call)
		requireOnly(t, dir)
	}
}

func TestWriteErrorThatTheCallerIgnoresIsStillReported(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := writeOn(&faultyDisk{failAt: 3}, filepath.Join(dir, "model"), func(w io.Writer) error {
		_ = writeNew(w)
		return nil
	})
	var failed *Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, Content, failed.Step)
	requireOnly(t, dir)
}

func TestErrorOfTheCallerComesBackAndLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mine := errors.New("my own failure")
	err := Write(filepath.Join(dir, "model"), func(w io.Writer) error {
		require.NoError(t, writeNew(w))
		return mine
	})
	require.ErrorIs(t, err, mine)
	var failed *Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, Content, failed.Step)
	requireOnly(t, dir)
}

func TestPanicOfTheCallerPassesThroughAndLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o644))
	assert.PanicsWithValue(t, "boom", func() {
		_ = Write(path, func(w io.Writer) error {
			require.NoError(t, writeNew(w))
			panic("boom")
		})
	})
	requireContent(t, path, []byte("old"))
	requireOnly(t, dir, "model")
}

func TestTemporaryFileThatCannotBeRemovedIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	err := writeOn(&faultyDisk{failRemove: true}, filepath.Join(dir, "model"), func(io.Writer) error { return errInjected })
	var failed *Error
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, err, errInjected)
	entries, readErr := os.ReadDir(dir)
	require.NoError(t, readErr)
	require.Len(t, entries, 1)
	assert.Regexp(t, `^\.model\.tmp-[0-9a-f]{16}$`, entries[0].Name())
	assert.Contains(t, err.Error(), entries[0].Name())
	assert.NotContains(t, err.Error(), "\n")
}

func TestTemporaryFileLiesBesideTheFinalOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, Write(filepath.Join(dir, "a[b"), func(io.Writer) error {
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, entries, 1)
		assert.Regexp(t, `^\.a\[b\.tmp-[0-9a-f]{16}$`, entries[0].Name())
		return nil
	}))
	requireOnly(t, dir, "a[b")
}

func TestFolderThatAppearsUnderTheNameIsNotReplaced(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	err := Write(path, func(io.Writer) error { return os.Mkdir(path, 0o755) })
	var failed *Error
	require.ErrorAs(t, err, &failed)
	assert.Equal(t, Rename, failed.Step)
	assert.Equal(t, 1, strings.Count(err.Error(), fmt.Sprintf("%q", path)))
	assert.NotContains(t, err.Error(), ".tmp-")
	requireOnly(t, dir, "model")
	assert.DirExists(t, path)
}

func TestModeIsThatOfOSCreateOrOfTheOldFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := os.Create(filepath.Join(dir, "plain"))
	require.NoError(t, err)
	require.NoError(t, f.Close())
	mode := func(name string) fs.FileMode {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		return info.Mode()
	}
	require.NoError(t, Write(filepath.Join(dir, "new"), writeNew))
	assert.Equal(t, mode("plain"), mode("new"))

	if runtime.GOOS == "windows" {
		return // it knows one permission only
	}
	for _, perm := range []fs.FileMode{0o600, 0o640, 0o755, 0o666} {
		require.NoError(t, os.Chmod(filepath.Join(dir, "plain"), perm))
		require.NoError(t, Write(filepath.Join(dir, "plain"), func(w io.Writer) error {
			temp, err := filepath.Glob(filepath.Join(dir, ".plain.tmp-*"))
			require.NoError(t, err)
			require.Len(t, temp, 1)
			assert.Equal(t, fs.FileMode(0o600), mode(filepath.Base(temp[0])), "what may be a secret is one while it is written")
			return writeNew(w)
		}))
		assert.Equal(t, perm, mode("plain"))
	}
}

func TestWriteRefusesWhatIsNoFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	never := func(io.Writer) error { panic("the content is made for no file") }
	for path, want := range map[string]string{
		dir:                                "it is a directory",
		dir + string(filepath.Separator):   "it is a directory",
		"":                                 "the path names no file",
		filepath.Join(dir, "no") + "/":     "the path names no file",
		filepath.Join(dir, "no", "model"):  "create: ",
		filepath.Join(dir, "nul\x00model"): "inspect: ",
	} {
		err := Write(path, never)
		require.ErrorContains(t, err, want, path)
		assert.Equal(t, 1, strings.Count(err.Error(), fmt.Sprintf("%q", path)), "the path is named once: %v", err)
	}
	if runtime.GOOS != "windows" {
		require.ErrorContains(t, Write(os.DevNull, never), "it is not a regular file")
	}
	requireOnly(t, dir)
}

func TestUnwritableFolderIsAClearError(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" || os.Geteuid() == 0 {
		t.Skip("the administrator and Windows can write in a folder without write permission")
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o555))
	t.Cleanup(func() { _ = os.Chmod(dir, 0o755) })
	err := Write(filepath.Join(dir, "model"), writeNew)
	require.EqualError(t, err, fmt.Sprintf("write %q: create: permission denied", filepath.Join(dir, "model")))
}

func TestRelativePathIsWrittenInTheCurrentDirectory(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	require.NoError(t, Write("model", writeNew))
	requireContent(t, filepath.Join(dir, "model"), newContent)
	requireOnly(t, dir, "model")
}

func TestConcurrentWritersLeaveOneWholeFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "model")
	done := make(chan error)
	for i := range 8 {
		go func() {
			done <- Write(path, func(w io.Writer) error {
				_, err := w.Write(bytes.Repeat([]byte{byte(i)}, 100_000))
				return err
			})
		}()
	}
	for range 8 {
		require.NoError(t, <-done)
	}
	got, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Len(t, got, 100_000)
	assert.Equal(t, bytes.Repeat(got[:1], 100_000), got)
	requireOnly(t, dir, "model")
}
