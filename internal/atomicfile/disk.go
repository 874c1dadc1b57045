package atomicfile

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// disk is what replacing a file asks of the operating system. Tests put one in its place whose steps fail.
type disk interface {
	lstat(path string) (fs.FileInfo, error)
	readlink(path string) (string, error)
	create(path string, mode fs.FileMode) (file, error) // fails with fs.ErrExist when there is one
	rename(from, to string) error
	remove(path string) error
	syncDir(dir string) error // "" is the current directory
}

// file is what is asked of the temporary file.
type file interface {
	io.WriteCloser
	accessible
	Sync() error
}

// operatingSystem is the disk of package os. Its errors leave out the path, which Error names once.
type operatingSystem struct{}

func (operatingSystem) lstat(path string) (fs.FileInfo, error) {
	info, err := os.Lstat(path)
	return info, bare(err)
}

func (operatingSystem) readlink(path string) (string, error) {
	target, err := os.Readlink(path)
	return target, bare(err)
}

func (operatingSystem) create(path string, mode fs.FileMode) (file, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return nil, bare(err)
	}
	return &osFile{File: f}, nil
}

func (operatingSystem) rename(from, to string) error { return bare(os.Rename(from, to)) }

func (operatingSystem) remove(path string) error { return bare(os.Remove(path)) }

// syncDir makes a rename last. Windows and js cannot sync a directory; some network file systems refuse to, which is no fault of the file.
func (operatingSystem) syncDir(dir string) error {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		return nil
	}
	if dir == "" {
		dir = "."
	}
	d, err := os.Open(dir)
	if err != nil {
		return bare(err)
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, errors.ErrUnsupported) {
		return bare(err)
	}
	return nil
}

// osFile is an os.File whose errors leave out the path.
type osFile struct {
	*os.File
	written, begun int64 // bytes, and how many of them the disk has been told to begin with
}

// early is how many bytes are written before the disk begins with them, so that Sync need not wait for all.
const early = 8 << 20

func (f *osFile) Write(p []byte) (int, error) {
	n, err := f.File.Write(p)
	if f.written += int64(n); f.written-f.begun >= early {
		begin(f.File, f.begun, f.written-f.begun)
		f.begun = f.written
	}
	return n, bare(err)
}

func (f *osFile) Chmod(mode fs.FileMode) error { return bare(f.File.Chmod(mode)) }
func (f *osFile) Sync() error                  { return bare(f.File.Sync()) }
func (f *osFile) Close() error                 { return bare(f.File.Close()) }

// bare takes the operating system's error out of what package os wraps around it.
func bare(err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		return path.Err
	case errors.As(err, &link):
		return link.Err
	}
	return err
}
