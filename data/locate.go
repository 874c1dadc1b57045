package data

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// debianDatasets is where packages of Debian and its relatives put data sets, as dataset-fashion-mnist does.
const debianDatasets = "/usr/share/datasets"

// CacheDir returns the folder in which [Fetch] keeps a set: heft/data/NAME below [os.UserCacheDir]. It may not exist.
func CacheDir(name string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("this machine names no folder for caches (%w): name one yourself", err)
	}
	return filepath.Join(cache, "heft", "data", name), nil
}

// Locate returns the folder from which [Load] reads a set that is not part of Heft: the folder of option [Dir], or the
// one called NAME in it; without this option, [CacheDir] or else /usr/share/datasets/NAME. All four files must be there,
// each compressed with gzip or not, and each called as published or, as some programs unpack it, with a dot:
// train-images.idx3-ubyte. The error says how to get what is missing.
func Locate(name string, opts ...LoadOption) (string, error) {
	d, err := findPublished(name)
	if err != nil {
		return "", err
	}
	var o loadOptions
	for _, opt := range opts {
		opt(&o)
	}
	paths, err := d.locate(o.dir)
	if err != nil {
		return "", err
	}
	return filepath.Dir(paths[0]), nil
}

// locate returns the paths of the four files.
func (d *published) locate(dir string) (paths [4]string, err error) {
	folders := []string{dir, filepath.Join(dir, d.name)}
	if dir == "" {
		folders = []string{filepath.Join(debianDatasets, d.name)}
		if cache, err := CacheDir(d.name); err == nil {
			folders = append([]string{cache}, folders...)
		}
	}
	var missing error
	for _, folder := range folders {
		if paths, err = d.in(folder); err == nil {
			return paths, nil
		}
		// Of several folders that lack something, the one that has something is of interest, or else the first.
		if missing == nil || errors.Is(err, errIncomplete) && !errors.Is(missing, errIncomplete) {
			missing = err
		}
	}
	if dir == "" {
		return paths, fmt.Errorf("%s: %w: run 'heft data fetch %s', or name the folder of its files with --data DIR", d.name, missing, d.name)
	}
	return paths, fmt.Errorf("%s: %w: name another folder with --data DIR, or run 'heft data fetch %s'", d.name, missing, d.name)
}

// errIncomplete says that some of the files are in a folder, and others not.
var errIncomplete = errors.New("the set is incomplete")

// in returns the paths of the four files in a folder.
func (d *published) in(folder string) (paths [4]string, err error) {
	var missing []string
	for i, f := range d.files {
		if paths[i] = existing(folder, f.name); paths[i] == "" {
			missing = append(missing, f.name)
		}
	}
	switch len(missing) {
	case 0:
		return paths, nil
	case len(d.files):
		return paths, fmt.Errorf("no such data in %s", printable(folder))
	}
	return paths, fmt.Errorf("%w: %s has no %s", errIncomplete, printable(folder), strings.Join(missing, ", no "))
}

// existing returns the path of a published file under whatever name a folder has it, or "".
func existing(folder, name string) string {
	dot := strings.LastIndexByte(name, '-')
	dot = strings.LastIndexByte(name[:dot], '-')
	dotted := name[:dot] + "." + name[dot+1:]
	for _, spelling := range []string{name + ".gz", name, dotted + ".gz", dotted} {
		path := filepath.Join(folder, spelling)
		if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
			return path
		}
	}
	return ""
}
