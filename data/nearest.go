package data

import (
	"fmt"
	"strings"
)

// Bounds of what a suggestion looks at: it must not take longer than reading the message.
const (
	nearestNames = 1000
	nearestBytes = 64
)

// nearest returns the name that was probably meant: the one that is fewest changes away from the one given, upper and
// lower case being the same, if no more than a third of its letters change; "" if there is none.
func nearest(given string, names []string) string {
	if len(given) > nearestBytes {
		return ""
	}
	best, least := "", max(len(given)/3, 1)+1
	for _, name := range names[:min(len(names), nearestNames)] {
		if len(name) > nearestBytes {
			continue
		}
		if d := distance([]rune(strings.ToLower(given)), []rune(strings.ToLower(name))); d < least {
			best, least = name, d
		}
	}
	return best
}

// distance returns how many characters must be put in, left out or replaced to make b of a (Levenshtein 1966).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1) // the distances of a[:i] to b[:j]
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		diagonal := row[0]
		row[0] = i + 1
		for j, y := range b {
			change := diagonal
			if x != y {
				change++
			}
			diagonal = row[j+1]
			row[j+1] = min(change, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}

// listing returns the first names, quoted.
func listing(names []string) string {
	const most = 12
	var quoted []string
	for _, name := range names[:min(len(names), most)] {
		quoted = append(quoted, quote(name))
	}
	text := strings.Join(quoted, ", ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}
