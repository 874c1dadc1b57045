package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// loadCSV reads and divides a table in a file.
func loadCSV(s Spec, path string, o loadOptions) (*Parts, error) {
	f, err := openData(path, o.dir)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	t, err := ReadTable(f.Name(), f)
	if err != nil {
		return nil, err
	}
	return LoadTable(s, t)
}

// openData opens a file by its path from the current folder or, if there is none, from dir.
func openData(path, dir string) (*os.File, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) && dir != "" && !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
		info, err = os.Stat(path)
	}
	if err != nil {
		return nil, fileError(path, err)
	}
	if !info.Mode().IsRegular() { // a pipe could make us wait forever, and could not be read again
		return nil, fmt.Errorf("%s: not a regular file", printable(path))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	return f, nil
}

// fileError names the file on one line, whatever its path holds.
func fileError(path string, err error) error {
	var e *fs.PathError
	if errors.As(err, &e) {
		err = e.Err
	}
	return fmt.Errorf("%s: %w", printable(path), err)
}
