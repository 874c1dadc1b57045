package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// runs is the folder for what has no folder of its own.
const runs = "runs"

// label is what a data set's folders are called: its name, or that of its file.
func label(name string) string {
	if _, path, ok := strings.Cut(name, ":"); ok {
		return strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
	}
	return name
}

// runFolder returns the folder asked for, or makes the next free one of that label. made are the folders that were not there
// before, for [removeEmpty].
func runFolder(out, label string) (dir string, made []string, err error) {
	if out != "" {
		return out, nil, nil
	}
	for i := 1; ; {
		dir := filepath.Join(runs, fmt.Sprintf("%s-%d", label, i))
		switch err := os.Mkdir(dir, 0o777); {
		case err == nil:
			return dir, append(made, dir), nil
		case errors.Is(err, fs.ErrExist):
			i++
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return "", nil, err
		}
		switch err := os.Mkdir(runs, 0o777); { // which another process may take away again, if nothing comes of its run
		case err == nil:
			made = []string{runs}
		case !errors.Is(err, fs.ErrExist):
			return "", nil, err
		}
	}
}

// removeEmpty removes the folders that were made for a run of which nothing came.
func removeEmpty(made []string) {
	for _, dir := range slices.Backward(made) {
		_ = os.Remove(dir) // it stays if anything stands in it
	}
}
