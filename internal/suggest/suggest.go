// Package suggest tells what a mistyped name may have meant.
package suggest

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// longest bounds the names that are compared, in characters: nobody types longer ones, and those of a file may be of any length.
const longest = 64

// most is how many names are suggested, where several are equally close.
const most = 3

// For returns " (did you mean NAME?)" with the known name that is closest to what was typed, to follow it in an error, or with
// the first three that are; or nothing, when none is close: at most a third of the characters are others, or the name goes on
// where the typed one ends. Of "mlp:300" and "step(EVERY,GAMMA)" it compares what stands before the sizes.
func For(typed string, known []string) string {
	typed = strings.ToLower(bare(typed))
	length := utf8.RuneCountInString(typed)
	if length < 2 || length > longest {
		return ""
	}
	var best []string
	least := max(1, length/3) + 1
	for _, name := range known {
		name = bare(name)
		if utf8.RuneCountInString(name) > longest {
			continue
		}
		lower := strings.ToLower(name)
		d := distance([]rune(typed), []rune(lower))
		if length >= 3 && strings.HasPrefix(lower, typed) {
			d = min(d, 1)
		}
		switch {
		case d < least:
			best, least = append(best[:0], name), d
		case d == least && 0 < len(best) && len(best) < most && !slices.Contains(best, name):
			best = append(best, name)
		}
	}
	if len(best) == 0 {
		return ""
	}
	last := len(best) - 1
	named := strings.Join(best[:last], ", ")
	if last > 0 {
		named += " or "
	}
	return " (did you mean " + named + best[last] + "?)"
}

// bare is a name without sizes.
func bare(name string) string {
	if end := strings.IndexAny(name, ":("); end >= 0 {
		return name[:end]
	}
	return name
}

// distance is how many characters must be put in, taken out, replaced, or exchanged with their neighbour to make b of a: the
// restricted distance of Damerau and Levenshtein.
func distance(a, b []rune) int {
	var before []int // the row before the last
	last := make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := range a {
		row := make([]int, len(b)+1)
		row[0] = i + 1
		for j := range b {
			replaced := last[j]
			if a[i] != b[j] {
				replaced++
			}
			row[j+1] = min(replaced, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}
