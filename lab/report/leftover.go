package report

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// Contents lists the files that Save leaves beside the page, in their order. The page has them in a tag of its head, so that a
// report that takes its place can clear the folder.
func (r *Report) Contents() []string {
	var names []string
	for _, s := range r.Sections {
		names = append(names, s.Name+".svg", s.Name+".csv")
	}
	for _, f := range r.Files {
		names = append(names, f.Name)
	}
	return names
}

// head is how much of a page is read to find the tag.
const head = 1 << 16

var (
	contentsTag = regexp.MustCompile(`<meta name="heft-files" content="([^"]*)"/>`)
	ownFile     = regexp.MustCompile(`^[a-z0-9-]+\.(svg|csv|safetensors)$`) // whatever a page says, nothing else is removed
)

// clear removes what the report that stands in a folder has and this one has not.
func (r *Report) clear(dir string) error {
	old, err := os.Open(filepath.Join(dir, PageFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(old, head))
	if err := errors.Join(err, old.Close()); err != nil {
		return err
	}
	found := contentsTag.FindSubmatch(text)
	if found == nil {
		return nil
	}
	mine := r.Contents()
	for _, name := range strings.Fields(string(found[1])) {
		if !ownFile.MatchString(name) || slices.Contains(mine, name) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
