package inspect

import (
	"fmt"
	"path"
	"slices"
	"strconv"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/suggest"
)

// Choose returns the tensors whose names match one of the patterns, and all when there is no pattern. A pattern is that of
// [path.Match]: * stands for any characters but /, dots too. A pattern that cannot be read, or that no tensor matches, is
// an error.
func Choose(infos []dtype.Info, patterns []string) ([]dtype.Info, error) {
	if len(patterns) == 0 {
		return infos, nil
	}
	for _, pattern := range patterns {
		if _, err := path.Match(pattern, ""); err != nil {
			return nil, fmt.Errorf("pattern %.100q: %w: it is of characters, *, ? and [a-z]", pattern, err)
		}
		if !slices.ContainsFunc(infos, func(info dtype.Info) bool { return matches(pattern, info.Name) }) {
			return nil, noTensor(pattern, infos)
		}
	}
	return slices.DeleteFunc(slices.Clone(infos), func(info dtype.Info) bool {
		return !slices.ContainsFunc(patterns, func(pattern string) bool { return matches(pattern, info.Name) })
	}), nil
}

// noTensor is the error of a name that no tensor has.
func noTensor(name string, infos []dtype.Info) error {
	names := make([]string, len(infos))
	for i, info := range infos {
		names[i] = strconv.Quote(info.Name)
	}
	return fmt.Errorf("no tensor is called %.100q%s: 'heft inspect' lists their names", name, suggest.For(strconv.Quote(name), names))
}

// matches tells whether a name is that of the pattern, or fits it: names may hold what patterns have a meaning for.
func matches(pattern, name string) bool {
	ok, _ := path.Match(pattern, name) // Choose has checked the pattern
	return ok || pattern == name
}
