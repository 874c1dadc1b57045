package acceptance_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

// block is the unit in which the small disk of the tests gives room.
const block = 4096

// mount makes a disk of its own at a folder, as small as tests need it.
func (s shell) mount(t *testing.T, name string) {
	t.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("only root on Linux can mount a small disk to fill")
	}
	require.NoError(t, os.Mkdir(s.path(name), 0o777))
	if out, err := exec.Command("mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", s.path(name)).CombinedOutput(); err != nil {
		t.Skipf("a small disk to fill cannot be mounted: %v: %s", err, out)
	}
	t.Cleanup(func() { assert.NoError(t, exec.Command("umount", s.path(name)).Run()) })
}

// fill writes a file that leaves so much room on its disk.
func (s shell) fill(t *testing.T, name string, room int64) {
	t.Helper()
	f, err := os.Create(s.path(name))
	require.NoError(t, err)
	defer f.Close()
	size := int64(0)
	for ; err == nil; size += block {
		_, err = f.Write(make([]byte, block))
	}
	require.NoError(t, f.Truncate(max(size-block-room, 0)))
}

// size is the room that a folder's files take on a disk.
func (s shell) size(t *testing.T, dir string) (size int64) {
	t.Helper()
	for _, name := range filesOf(t, s.path(dir)) {
		info, err := os.Stat(filepath.Join(s.path(dir), name))
		require.NoError(t, err)
		size += (info.Size() + block - 1) / block * block
	}
	return size
}

func TestFullDiskIsOneLineAndTheRunGoesOnOnceThereIsRoom(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.mount(t, "disk")
	training := []string{"train", "moons", "--epochs", "12", "--patience", "6", "--tensorboard", "--quiet", "--out"}
	s.must(t, append(training, "whole")...)
	s.must(t, append(training, "disk/kept")...)
	kept := s.snapshot(t)
	whole := s.size(t, "whole")
	for room := int64(0); room < whole; room += whole / 8 / block * block {
		s.fill(t, "disk/filler", room)
		got := s.heft(t, append(training, "disk/run")...)
		assert.Equal(t, exitFailed, got.code)
		require.Len(t, got.lines, 1, "with room for %d of %d bytes: %s", room, whole, got.errs)
		assert.Regexp(t, `^heft: .*disk/run.*: no space left on device$`, got.lines[0].text)
		assertWhole(t, s.path("disk/run"))
		assert.NoFileExists(t, s.path("disk/run/"+train.WeightsFile))

		require.NoError(t, os.Remove(s.path("disk/filler")))
		if s.has("disk/run/" + train.ConfigFile) {
			s.must(t, "train", "--resume", "disk/run", "--tensorboard", "--quiet")
		} else {
			s.must(t, append(training, "disk/run")...)
		}
		assertSameRun(t, s.path("whole"), s.path("disk/run"))
		require.NoError(t, os.RemoveAll(s.path("disk/run")))
		assert.Equal(t, kept, s.snapshot(t), "another run on the same disk is as it was")
	}
}

// stranger returns the shell of a user who may read its folder, and write what others may.
func (s shell) stranger(t *testing.T) shell {
	t.Helper()
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skipf("%s has no permissions of this kind", runtime.GOOS)
	}
	if os.Geteuid() != 0 {
		return s
	}
	setpriv, err := exec.LookPath("setpriv")
	if err != nil {
		t.Skip("root may write everywhere, and there is no setpriv to become somebody else")
	}
	require.NoError(t, os.Chmod(filepath.Dir(s.dir), 0o755)) // made by the testing package for its user alone
	s.as = []string{setpriv, "--reuid=65534", "--regid=65534", "--clear-groups"}
	return s
}

func TestWhatMayNotBeReadOrWrittenIsOneLineAndStaysAsItIs(t *testing.T) {
	t.Parallel()
	s := newWorld(t)
	s.stop(t, "stopped", "--epochs", "500")
	s.write(t, "secret.csv", "x,y\n1,2\n3,4\n")
	nobody := s.stranger(t)
	require.NoError(t, os.Chmod(s.path("secret.csv"), 0))
	require.NoError(t, os.Mkdir(s.path("mine"), 0o555))
	for _, dir := range []string{"kept", "stopped", "."} {
		require.NoError(t, os.Chmod(s.path(dir), 0o555))
	}
	t.Cleanup(func() { // so that the folder can be removed
		for _, dir := range []string{".", "kept", "stopped"} {
			os.Chmod(s.path(dir), 0o755)
		}
	})
	for _, c := range []struct {
		args []string
		file string
	}{
		{[]string{"train", "moons", "--out", "mine"}, "mine"},
		{[]string{"train", "moons", "--out", "mine/run"}, "mine/run"},
		{[]string{"train", "moons"}, "runs"},
		{[]string{"train", "moons", "--out", "kept", "--force"}, "kept"},
		{[]string{"train", "--resume", "stopped", "--quiet"}, "stopped"},
		{[]string{"train", "csv:secret.csv", "--target", "y", "--out", "new"}, "secret.csv"},
		{[]string{"predict", "kept", "secret.csv"}, "secret.csv"},
	} {
		before := names(t, s.dir)
		got := nobody.heft(t, c.args...)
		assert.Equal(t, exitFailed, got.code, c.args)
		require.Len(t, got.lines, 1, got.errs)
		assert.Regexp(t, `^heft: .*`+c.file+`.*permission denied$`, got.lines[0].text)
		assert.Equal(t, before, names(t, s.dir))
	}
	assert.Contains(t, nobody.must(t, "eval", "kept"), "houses.csv/test: loss", "who may read a run may use it")
}

// names lists all files below a folder.
func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
		all = append(all, path)
		return err
	}))
	return all
}

func TestSecondProcessIsTurnedAwayAndTheFirstDoesNotNotice(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	training := []string{"train", "moons", "--epochs", "60", "--tensorboard", "--out"}
	s.must(t, append(training, "whole")...)
	p := s.start(t, append(training, "shared")...)
	_, more := p.next()
	require.True(t, more)
	for _, second := range [][]string{append(training, "shared"), append(training, "shared", "--force"), {"train", "--resume", "shared"}} {
		got := s.heft(t, second...)
		assert.Equal(t, exitFailed, got.code)
		require.Len(t, got.lines, 1, got.errs)
		assert.Equal(t, "heft: another process is training in shared: wait for it, or choose another folder", got.lines[0].text)
	}
	first := p.end()
	require.Equal(t, exitOK, first.code, first.errs)
	assertSameRun(t, s.path("whole"), s.path("shared"))
}
