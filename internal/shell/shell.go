// Package shell writes commands that a reader can paste into a POSIX shell and that mean there what they say.
package shell

import (
	"encoding/csv"
	"strings"
)

// Word quotes a word so that a shell hands it on as it is: the value of a flag, say.
func Word(word string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("_./:,+@%=-", r)
	}
	if word != "" && strings.IndexFunc(word, func(r rune) bool { return !plain(r) }) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// Path is Word for a path that stands alone, where a program would take one that begins with a hyphen for a flag: such a path
// begins at the current folder, ./-x.
func Path(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path
	}
	return Word(path)
}

// List is the text, not yet quoted, of a flag that takes several words: a line of CSV, as package pflag reads its slices.
func List(words []string) string {
	var b strings.Builder
	out := csv.NewWriter(&b)
	out.Write(words) // to memory
	out.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}
