package inspect

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/heft-ml/heft/serialize"
)

// shard is how one of many files is named: what comes before, its number, how many there are, the ending.
var shard = regexp.MustCompile(`(?s)^(.*)-(\d{5,})-of-(\d{5,})(\.[^./\\]+)$`)

// indexOf returns the path that the index has beside a file that is named as one of many; false of other names, and of a GGUF,
// which needs no index.
func indexOf(path string) (index string, named bool) {
	m := shard.FindStringSubmatch(path)
	if m == nil || strings.EqualFold(m[4], ".gguf") {
		return "", false
	}
	return m[1] + m[4] + serialize.IndexEnding, true
}

// OpenSet opens the model in many files that path names: its index, its folder, or any of its files. Errors are those of
// [Open]; a model in one file is one, too.
func OpenSet(path string) (*Source, error) {
	if index, named := indexOf(path); named {
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
		if _, err := os.Stat(index); err != nil {
			return nil, fmt.Errorf("%q is one of many files, and their index is not beside it: %w", path, err)
		}
		path = index
	}
	s, err := Open(path)
	if err == nil && !s.Many() {
		_ = s.Close() // nothing was written
		err = fmt.Errorf("%q is a model in one file: 'heft convert' writes it anew", s.Path)
	}
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Many tells whether the weights are in many files.
func (s *Source) Many() bool {
	_, indexed := s.indexed()
	return indexed || s.parts() > 1
}

// OneOfMany tells whether path is that of one of a model's many files, or of a link to one: of their index, or it is named so, and
// beside it is their index, or of a GGUF another of them.
func OneOfMany(path string) bool {
	target, err := filepath.EvalSymlinks(path)
	return oneOfMany(path) || err == nil && oneOfMany(target)
}

func oneOfMany(path string) bool {
	if strings.HasSuffix(path, serialize.IndexEnding) {
		_, err := os.Stat(path)
		return err == nil
	}
	m := shard.FindStringSubmatch(path)
	if m == nil {
		return false
	}
	others := []string{m[1] + "-00001-of-" + m[3] + m[4], m[1] + "-00002-of-" + m[3] + m[4]}
	if index, named := indexOf(path); named {
		others = []string{index}
	}
	return slices.ContainsFunc(others, func(other string) bool {
		_, err := os.Stat(other)
		return err == nil && other != path
	})
}

// indexed returns the names of the files that an index joins; false of what was not opened by an index.
func (s *Source) indexed() ([]string, bool) {
	if index, ok := s.File.(interface{ Files() []string }); ok {
		return index.Files(), true
	}
	return nil, false
}

// parts returns how many files a GGUF has.
func (s *Source) parts() int {
	if g, ok := s.File.(interface{ Parts() int }); ok {
		return g.Parts()
	}
	return 1
}

// Files returns the paths of the files that the weights are in, without that of their index.
func (s *Source) Files() []string {
	dir, _ := filepath.Split(s.Path)
	m := shard.FindStringSubmatch(s.Path)
	names, indexed := s.indexed()
	switch {
	case indexed:
		for i, name := range names { // opening has checked that they lie in the folder
			names[i] = dir + name
		}
		return names
	case m != nil && s.parts() > 1:
		files := make([]string, s.parts())
		for i := range files {
			files[i] = fmt.Sprintf("%s-%05d-of-%s%s", m[1], i+1, m[3], m[4])
		}
		return files
	}
	return []string{s.Path}
}

// Stem returns the name of the weights' file without its ending, and of one of many without its number or that of their index.
func (s *Source) Stem() string {
	base := strings.TrimSuffix(filepath.Base(s.Path), serialize.IndexEnding)
	if m := shard.FindStringSubmatch(base); m != nil && s.Many() {
		return m[1]
	}
	return strings.TrimSuffix(base, filepath.Ext(base))
}
