package atomicfile

import (
	"errors"
	"io/fs"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// errInjected is what a failing step of faultyDisk returns.
var errInjected = errors.New("injected failure")

// faultyDisk is a real disk that counts the calls that writing makes, and fails the one numbered failAt. It fails after the fact where that is
// worse: a failed write has written half, a failed close has closed.
type faultyDisk struct {
	operatingSystem
	failAt     int // 1 is the first call; 0: none fails
	calls      []Step
	failRemove bool
}

// call records a call of that step and tells whether it must fail.
func (d *faultyDisk) call(s Step) error {
	d.calls = append(d.calls, s)
	if len(d.calls) == d.failAt {
		return errInjected
	}
	return nil
}

func (d *faultyDisk) lstat(path string) (fs.FileInfo, error) {
	if err := d.call(Inspect); err != nil {
		return nil, err
	}
	return d.operatingSystem.lstat(path)
}

func (d *faultyDisk) readlink(path string) (string, error) {
	if err := d.call(Inspect); err != nil {
		return "", err
	}
	return d.operatingSystem.readlink(path)
}

func (d *faultyDisk) create(path string, mode fs.FileMode) (file, error) {
	if err := d.call(Create); err != nil {
		return nil, err
	}
	f, err := d.operatingSystem.create(path, mode)
	if err != nil {
		return nil, err
	}
	return &faultyFile{f, d}, nil
}

func (d *faultyDisk) rename(from, to string) error {
	if err := d.call(Rename); err != nil {
		return err
	}
	return d.operatingSystem.rename(from, to)
}

func (d *faultyDisk) remove(path string) error {
	if d.failRemove {
		return errors.New("cannot remove")
	}
	return d.operatingSystem.remove(path)
}

func (d *faultyDisk) syncDir(dir string) error {
	if err := d.call(SyncDirectory); err != nil {
		return err
	}
	return d.operatingSystem.syncDir(dir)
}

// faultyFile is a file of a faultyDisk.
type faultyFile struct {
	file
	disk *faultyDisk
}

func (f *faultyFile) Write(p []byte) (int, error) {
	if err := f.disk.call(Content); err != nil {
		n, _ := f.file.Write(p[:len(p)/2])
		return n, err
	}
	return f.file.Write(p)
}

func (f *faultyFile) Chmod(mode fs.FileMode) error {
	if err := f.disk.call(Mode); err != nil {
		return err
	}
	return f.file.Chmod(mode)
}

func (f *faultyFile) Sync() error {
	if err := f.disk.call(Sync); err != nil {
		return err
	}
	return f.file.Sync()
}

func (f *faultyFile) Close() error {
	injected := f.disk.call(Close)
	if err := f.file.Close(); err != nil {
		return err
	}
	return injected
}

func TestTakenNamesAreTriedNoMoreThanAHundredTimes(t *testing.T) {
	t.Parallel()
	err := writeOn(crowdedDisk{}, filepath.Join(t.TempDir(), "model"), writeNew)
	require.ErrorIs(t, err, fs.ErrExist)
}

// crowdedDisk has a file of every name.
type crowdedDisk struct{ operatingSystem }

func (crowdedDisk) create(string, fs.FileMode) (file, error) { return nil, fs.ErrExist }
