package convert

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/heft-ml/heft/internal/atomicfile"
)

// FullError says that a folder with files is there, which was not to be replaced. It is an fs.ErrExist.
type FullError struct{ Path string }

// Error names the folder.
func (e *FullError) Error() string {
	return fmt.Sprintf("%q is there already: name another folder, or allow that it is replaced", e.Path)
}

// Unwrap returns fs.ErrExist.
func (e *FullError) Unwrap() error { return fs.ErrExist }

// thereError is an fs.ErrExist in words of its own.
type thereError struct{ text string }

func (e *thereError) Error() string { return e.text }

// Unwrap returns fs.ErrExist.
func (e *thereError) Unwrap() error { return fs.ErrExist }

// occupied says of something that is there what to do.
func occupied(format string, args ...any) error { return &thereError{fmt.Sprintf(format, args...)} }

// Folder makes a folder at path of the files that fill writes into dir, as a whole or not at all. An empty folder may be
// there. Where replace is true a folder with files whose names fit own, patterns of [path.Match], and no others may be there
// too, and is replaced; anything else that is there is an fs.ErrExist, as a [FullError] is. A symbolic link stays, and the
// folder that it leads to is replaced. Other errors are those of fill and of the disk, and a [BusyError].
func Folder(path string, replace bool, own []string, fill func(dir string) error) error {
	path, err := followed(path)
	if err != nil {
		return err
	}
	place, err := enterWorkplace(path)
	if err != nil {
		return err
	}
	defer place.leave()
	old, err := replaceable(path, replace, own)
	if err != nil {
		return err
	}
	dir := place.file(path)
	if err := os.Mkdir(dir, 0o777); err != nil {
		return failed(path, atomicfile.Create, err)
	}
	if err := fill(dir); err != nil {
		return err
	}
	syncFolder(dir)
	aside := place.replaced()
	if old {
		if err := alike(path, dir); err != nil {
			return failed(path, atomicfile.Mode, err)
		}
		if err := os.Rename(path, aside); err != nil {
			return failed(path, atomicfile.Rename, err)
		}
	}
	if err := os.Rename(dir, path); err != nil {
		if old {
			_ = os.Rename(aside, path) // the reason is being reported
		}
		return failed(path, atomicfile.Rename, err)
	}
	syncFolder(filepath.Dir(path)) // before the old folder is removed, which after a power cut would be the only one
	return nil
}

// replaceable tells whether a folder is at path already, and refuses what may not be replaced.
func replaceable(path string, replace bool, own []string) (old bool, err error) {
	entries, err := os.ReadDir(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, occupied("%q is there and is no folder: name another", path)
	case len(entries) > 0 && !replace:
		return false, &FullError{path}
	}
	for _, e := range entries {
		if !fits(own, e.Name()) || !e.Type().IsRegular() {
			return false, occupied("%q has %.100q in it, which would be lost: name another folder, or move it away; only %s are replaced",
				path, e.Name(), strings.Join(own, ", "))
		}
	}
	return true, nil
}

// fits tells whether a name is one of those that patterns describe.
func fits(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		ok, err := path.Match(pattern, name)
		return ok && err == nil
	})
}
