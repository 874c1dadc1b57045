// Package atomicfile replaces a file as a whole: readers, and a machine that loses power, see the old content or the new one, never a part.
//
//	err := atomicfile.Write("model.safetensors", func(w io.Writer) error { ... })
package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"path/filepath"
)

// Error says at which step a file could not be replaced. Except at step [SyncDirectory], the file is as it was.
type Error struct {
	Path string
	Step Step
	Err  error
}

// Error names the file and the step.
func (e *Error) Error() string { return fmt.Sprintf("write %q: %s: %v", e.Path, e.Step, e.Err) }

// Unwrap returns the cause: an error of the operating system, or the one that the caller's function returned.
func (e *Error) Unwrap() error { return e.Err }

// Step is one of the things that replacing a file takes, in their order.
type Step string

const (
	Inspect       Step = "inspect"        // find what the path names, follow symbolic links
	Create        Step = "create"         // make the temporary file
	Content       Step = "content"        // the caller's function, with the writes it causes
	Mode          Step = "set mode"       // give it the owner and the permissions of the file it replaces
	Sync          Step = "sync"           // bring the content to the disk
	Close         Step = "close"          // close the temporary file
	Rename        Step = "rename"         // put it in the place of the old file
	SyncDirectory Step = "sync directory" // bring the new name to the disk; on failure the new file stands, but may not survive a power cut
)

// Write replaces the file at path, or makes it, with what write writes. The content goes to a temporary file ".NAME.tmp-*" in the same directory, which
// takes the place of path only when all of it is on the disk, and is removed when anything fails, a panic in write included. A new file gets the
// permissions that os.Create gives. An existing one keeps its own, and its owner and group as far as this user may give files away; nobody else can read the
// temporary file meanwhile. A symbolic link stays, and the file that it names is replaced. A path that names anything but a regular file is refused. Every
// error is or wraps an [Error].
func Write(path string, write func(w io.Writer) error) error {
	return writeOn(system, path, write)
}

// system is the disk that Write works on. Tests of what is written put one in its place whose steps fail.
var system disk = operatingSystem{}

// writeOn is Write on a given disk.
func writeOn(d disk, path string, write func(w io.Writer) error) (err error) {
	final, old, err := resolve(d, path)
	if err != nil {
		return &Error{path, Inspect, err}
	}
	dir, base := filepath.Split(final)
	f, temp, err := createTemp(d, dir, base, old != nil)
	if err != nil {
		return &Error{path, Create, err}
	}
	t := &temporary{disk: d, file: f, path: temp}
	defer func() { // also when write panics
		if left := t.discard(); left != nil {
			err = fmt.Errorf("%w; %w", err, left)
		}
	}()
	if step, err := t.fill(write, old); err != nil {
		return &Error{path, step, err}
	}
	if err := t.moveTo(final); err != nil {
		return &Error{path, Rename, err}
	}
	if err := d.syncDir(dir); err != nil {
		return &Error{path, SyncDirectory, err}
	}
	return nil
}

// temporary is the file that will take the place of another.
type temporary struct {
	disk   disk
	file   file
	path   string
	closed bool
	moved  bool
}

// fill writes the content, and leaves the file closed and on the disk. It returns the step that failed. old is nil for a new file.
func (t *temporary) fill(write func(w io.Writer) error, old fs.FileInfo) (Step, error) {
	if err := t.content(write); err != nil {
		return Content, err
	}
	if old != nil {
		if err := keepAccess(t.file, old); err != nil {
			return Mode, err
		}
	}
	if err := t.file.Sync(); err != nil {
		return Sync, err
	}
	t.closed = true
	if err := t.file.Close(); err != nil {
		return Close, err
	}
	return "", nil
}

// content has the caller's function write the file; when it returns, nothing writes any more.
func (t *temporary) content(write func(w io.Writer) error) error {
	w, closed := newBehind(t.file), false
	defer func() {
		if !closed { // what is left counts for nothing: write failed or panicked
			_ = w.Close()
		}
	}()
	if err := write(w); err != nil {
		return err
	}
	closed = true
	return w.Close()
}

func (t *temporary) moveTo(path string) error {
	err := t.disk.rename(t.path, path)
	t.moved = err == nil
	return err
}

// discard removes the file unless it was moved. The error says that it is left behind.
func (t *temporary) discard() error {
	if t.moved {
		return nil
	}
	if !t.closed {
		_ = t.file.Close() // its content is not wanted, and the reason for that is being reported
	}
	if err := t.disk.remove(t.path); err != nil {
		return fmt.Errorf("the temporary file %q is left behind: %w", t.path, err)
	}
	return nil
}

// maxLinks is the number of symbolic links followed, as in Linux.
const maxLinks = 40

// resolve follows symbolic links from path to the file to write, which may not exist yet: then the FileInfo is nil.
func resolve(d disk, path string) (string, fs.FileInfo, error) {
	for range maxLinks {
		dir, base := filepath.Split(path)
		info, err := d.lstat(path)
		switch {
		case err != nil && base == "":
			return "", nil, errors.New("the path names no file")
		case errors.Is(err, fs.ErrNotExist):
			return path, nil, nil
		case err != nil:
			return "", nil, err
		case info.IsDir():
			return "", nil, errors.New("it is a directory")
		case info.Mode().IsRegular():
			return path, info, nil
		case info.Mode()&fs.ModeSymlink == 0:
			return "", nil, fmt.Errorf("it is not a regular file (%v)", info.Mode().Type())
		}
		target, err := d.readlink(path)
		if err != nil {
			return "", nil, err
		}
		if !filepath.IsAbs(target) {
			target = dir + target // not cleaned: ".." after a linked directory means the parent of what the link names
		}
		path = target
	}
	return "", nil, errors.New("too many symbolic links")
}

// maxNames is the number of temporary names tried; with 64 random bits the second is hardly ever needed.
const maxNames = 100

// createTemp makes a new file beside the final one, which others may not read when it is private. Its name is random only so that two writers never
// share it.
func createTemp(d disk, dir, base string, private bool) (f file, path string, err error) {
	mode := fs.FileMode(0o666)
	if private {
		mode = 0o600
	}
	for range maxNames {
		path = fmt.Sprintf("%s.%s.tmp-%016x", dir, base, rand.Uint64())
		if f, err = d.create(path, mode); !errors.Is(err, fs.ErrExist) {
			break
		}
	}
	return f, path, err
}
