package inspect

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/suggest"
)

// Choose returns the tensors whose names match one of the patterns, and all when there is no pattern. A pattern is that of
// [path.Match], but that * stands for any characters: dots and slashes, too. A pattern that cannot be read, or that no tensor matches, is
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

// digits is a range of characters, as [0-9], which no slice has.
var digits = regexp.MustCompile(`\d-\d`)

// Expressions returns what [Source.Slice] reads for an expression whose name is a pattern, as "blk.*.attn_q.weight[0]": one for each
// tensor that [Choose] takes, and the expression as it is where a tensor is called so. Digits between brackets at its end are a slice,
// and where nothing fits what is before them, those that a name may have there.
func (s *Source) Expressions(expression string) ([]string, error) {
	infos := s.Tensors()
	called := func(name string) bool {
		return slices.ContainsFunc(infos, func(info dtype.Info) bool { return info.Name == name })
	}
	name, part := expression, ""
	if open := strings.LastIndexByte(expression, '['); open >= 0 && strings.HasSuffix(expression, "]") {
		name, part = expression[:open], expression[open:]
	}
	if called(expression) || called(name) || !strings.ContainsAny(expression, `*?[\`) {
		return []string{expression}, nil
	}
	if strings.Trim(part, "[]0123456789:-, ") != "" || digits.MatchString(part) { // characters that a name may have there
		name, part = expression, ""
	}
	chosen, err := Choose(infos, []string{name})
	if err != nil && part != "" { // digits that a name may have there
		if whole, none := Choose(infos, []string{expression}); none == nil {
			chosen, part, err = whole, "", nil
		}
	}
	expressions := make([]string, len(chosen))
	for i, info := range chosen {
		expressions[i] = info.Name + part
	}
	return expressions, err
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
	ok, _ := path.Match(withoutSlashes(pattern), withoutSlashes(name)) // Choose has checked the pattern
	return ok || pattern == name
}

// withoutSlashes puts a character of no meaning to [path.Match] where names of some programs have a slash.
func withoutSlashes(text string) string { return strings.ReplaceAll(text, "/", "\x00") }
