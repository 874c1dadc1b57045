package data

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// loadCSV reads and divides a table in a file.
func loadCSV(s Spec, path string, o loadOptions) (*Parts, error) {
	f, err := o.open(path)
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

// find returns where a file or a folder is: at its path from the current folder or, if there is none, from the first of the
// other folders that has it. The error says where it was looked for.
func (o loadOptions) find(path string) (found string, err error) {
	_, missing := os.Stat(path)
	if !errors.Is(missing, fs.ErrNotExist) {
		return path, nil // with whatever else may be wrong with it
	}
	folders := slices.Clone(o.near)
	if o.dir != "" {
		folders = slices.Insert(folders, 0, o.dir)
	}
	if filepath.IsAbs(path) || len(folders) == 0 {
		return "", fileError(path, missing)
	}
	for i, folder := range folders {
		found := filepath.Join(folder, path)
		if _, err := os.Stat(found); !errors.Is(err, fs.ErrNotExist) {
			return found, nil
		}
		folders[i] = printable(folder)
	}
	return "", fmt.Errorf("%w: looked in the current folder and in %s", fileError(path, missing), strings.Join(folders, ", "))
}

// open opens a file where it is found.
func (o loadOptions) open(path string) (*os.File, error) {
	path, err := o.find(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
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
