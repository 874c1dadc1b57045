package convert

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"unicode/utf8"

	"github.com/gofrs/flock"

	"github.com/heft-ml/heft/internal/atomicfile"
)

// BusyError says that another process writes the same file.
type BusyError struct{ Path string }

// Error names the file and what can be done.
func (e *BusyError) Error() string {
	return fmt.Sprintf("another process is writing %q: wait for it, or name another file", e.Path)
}

// workplace is a hidden folder beside a file that is to be written, of this user alone, since what the file replaces may be a
// secret. What is made there takes its own name once it has been read back. It is held by one process alone; what a killed one
// left is cleared by the next that writes the same file.
type workplace struct {
	dir   string
	final string       // the path that is to be written
	lock  *flock.Flock // nil where the system has no locks
}

const (
	workplaceLock = ".lock"
	mostTries     = 100 // to enter a workplace that others leave at that moment
)

// enterWorkplace makes the workplace of a path. Leave it.
func enterWorkplace(path string) (*workplace, error) {
	path = filepath.Clean(path) // "out/" is beside itself else
	w := &workplace{dir: filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".unverified"), final: path}
	for range mostTries {
		entered, err := w.enter()
		if entered {
			err = errors.Join(w.restore(), w.clear())
			if err != nil {
				w.leave()
			}
			return w, err
		}
		if err != nil {
			return nil, err
		}
	}
	return nil, &BusyError{path}
}

// enter takes the lock. It returns false without an error when another process has taken the folder away meanwhile.
func (w *workplace) enter() (bool, error) {
	if err := os.Mkdir(w.dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return false, failed(w.final, atomicfile.Create, err)
	}
	if info, err := os.Lstat(w.dir); err == nil && !info.IsDir() { // what a link leads to is not ours to clear
		return false, fmt.Errorf("write %q: %q must be a folder for the unfinished file, but something else is there: move it away", w.final, w.dir)
	}
	w.lock = flock.New(filepath.Join(w.dir, workplaceLock))
	free, err := w.lock.TryLock()
	switch {
	case errors.Is(err, errors.ErrUnsupported):
		w.lock = nil
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, failed(w.final, atomicfile.Create, err)
	case !free:
		return false, &BusyError{w.final}
	}
	held, err := w.lock.Stat()
	there, errThere := os.Stat(w.lock.Path())
	if err != nil || errThere != nil || !os.SameFile(held, there) {
		_ = w.lock.Unlock() // it is that of a folder which is gone
		return false, nil
	}
	return true, nil
}

// replaced returns where the folder stands whose place another is about to take: see [Folder].
func (w *workplace) replaced() string { return filepath.Join(w.dir, ".replaced") }

// restore puts a folder back that a process was replacing when it was killed.
func (w *workplace) restore() error {
	if !w.missing() {
		return nil
	}
	if err := os.Rename(w.replaced(), w.final); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed(w.final, atomicfile.Rename, err)
	}
	return nil
}

// missing tells whether nothing stands at the path that is to be written.
func (w *workplace) missing() bool {
	_, err := os.Lstat(w.final)
	return errors.Is(err, fs.ErrNotExist)
}

// clear removes what a killed process left, but for a folder that is the only one.
func (w *workplace) clear() error {
	entries, err := os.ReadDir(w.dir)
	for _, e := range entries {
		path := filepath.Join(w.dir, e.Name())
		if e.Name() == workplaceLock || path == w.replaced() && w.missing() || err != nil {
			continue
		}
		if e.IsDir() {
			_ = os.Chmod(path, 0o700) // it may have the permissions of a folder that nobody was to change
		}
		err = os.RemoveAll(path)
	}
	return err
}

// leave removes the workplace. Nobody else may enter before it is gone; Windows, which removes no open file, gives the lock back
// first.
func (w *workplace) leave() {
	lock := filepath.Join(w.dir, workplaceLock)
	_ = w.clear() // here and below: the next process that writes the file does it too
	err := os.Remove(lock)
	if w.lock != nil && err != nil {
		_ = w.lock.Unlock()
		_ = os.Remove(lock)
	}
	_ = os.Remove(w.dir)
	if w.lock != nil {
		_ = w.lock.Unlock()
	}
}

// file returns where what is to be called path is made.
func (w *workplace) file(path string) string { return filepath.Join(w.dir, filepath.Base(path)) }

// deliver gives a file its own name, and the permissions and the owner of the file that it replaces.
func (w *workplace) deliver(path string) error {
	made := w.file(path)
	if old, err := os.Stat(path); err == nil {
		if err := atomicfile.KeepAccess(made, old); err != nil {
			return failed(w.final, atomicfile.Mode, err)
		}
	}
	if err := os.Rename(made, path); err != nil {
		return failed(w.final, atomicfile.Rename, err)
	}
	return nil
}

// failed says of a path that is to be written which step failed, without the paths in its workplace, whose names are longer.
func failed(final string, step atomicfile.Step, err error) error {
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		err = path.Err
	case errors.As(err, &link):
		err = link.Err
	}
	if errors.Is(err, syscall.ENAMETOOLONG) {
		err = fmt.Errorf("%w, for the hidden files beside it have longer ones until it is complete: choose a shorter name", err)
	}
	return &atomicfile.Error{Path: final, Step: step, Err: err}
}

// mostLinks is the number of symbolic links followed, as in Linux.
const mostLinks = 40

// followed returns what a path leads to through symbolic links, cleaned. It need not be there, but its folder.
func followed(path string) (string, error) {
	next := path
	for range mostLinks {
		if target, err := filepath.EvalSymlinks(next); err == nil {
			return target, nil
		}
		there, err := withoutParents(next)
		if err != nil {
			return "", failed(path, atomicfile.Create, err)
		}
		target, err := os.Readlink(there)
		if err != nil { // nothing is there
			return there, nil
		}
		if !filepath.IsAbs(target) {
			dir, err := filepath.EvalSymlinks(filepath.Dir(there))
			if err != nil {
				return "", failed(path, atomicfile.Create, err)
			}
			target = dir + string(filepath.Separator) + target
		}
		next = target
	}
	return "", fmt.Errorf("write %q: too many symbolic links", path)
}

// withoutParents cleans the path of what need not be there. A ".." in it is the parent of what a link before it leads to, as the
// system has it, and not that of the link, which [filepath.Clean] would take.
func withoutParents(path string) (string, error) {
	separator := func(r rune) bool { return r < utf8.RuneSelf && os.IsPathSeparator(uint8(r)) }
	if !slices.Contains(strings.FieldsFunc(path, separator), "..") {
		return filepath.Clean(path), nil
	}
	dir, name := filepath.Split(strings.TrimRightFunc(path, separator))
	dir, err := filepath.EvalSymlinks(dir)
	return filepath.Join(dir, name), err
}
