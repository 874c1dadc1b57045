package play

import (
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"
)

// Save writes the files into a folder, which is made. Any web server can hand them out; a page opened from a disk cannot
// start workers. What else the folder holds stays: see [Foreign].
func (s *Site) Save(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := writeFile(dir, EngineFile, s.files[EngineFile].content); err != nil { // first: it is the folder's mark
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.files)) {
		if name == EngineFile {
			continue
		}
		if err := writeFile(dir, name, s.files[name].content); err != nil {
			return err
		}
	}
	return nil
}

// Foreign returns the name of something in a folder that [Site.Save] did not leave there and would mix the page with, or "".
// Hidden files, as those of a repository, are in nobody's way. A folder need not be there; one that cannot be read is an error.
func Foreign(dir string) (string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	saved := slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == EngineFile })
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, ".") && !(saved && isPageFile(name)) {
			return name, nil
		}
	}
	return "", nil
}

// isPageFile tells whether the page has a file of that name.
func isPageFile(name string) bool {
	if name == EngineFile || name == runnerFile {
		return true
	}
	_, err := fs.Stat(pageFiles, "page/"+name)
	return err == nil
}
