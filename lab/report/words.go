package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// mostWords is how many words a sentence lists before it says how many more there are.
const mostWords = 7

// enumerated joins words as one does in speech: a, b and c.
func enumerated(words []string) string {
	if n := len(words); n > mostWords {
		words = append(slices.Clone(words[:mostWords-1]), fmt.Sprintf("%d more", n-mostWords+1))
	}
	switch n := len(words); n {
	case 0:
		return ""
	case 1:
		return words[0]
	default:
		return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
	}
}

// sentence joins clauses and makes a sentence of them.
func sentence(clauses ...string) string {
	var said []string
	for _, c := range clauses {
		if c != "" {
			said = append(said, c)
		}
	}
	text := strings.Join(said, "; ")
	first, size := utf8.DecodeRuneInString(text)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(first)) + text[size:] + "."
}

// group is something that is said of several cases.
type group struct {
	what string
	of   []string
}

// groups gathers cases of which the same is said, in the order in which it is said first.
type groups []group

func (gs *groups) add(what, of string) {
	for i := range *gs {
		if g := &(*gs)[i]; g.what == what {
			g.of = append(g.of, of)
			return
		}
	}
	*gs = append(*gs, group{what, []string{of}})
}

// said returns a phrase for each group: what it is, and with whom.
func (gs groups) said() (phrases []string) {
	for _, g := range gs {
		phrases = append(phrases, g.what+" with "+enumerated(g.of))
	}
	return phrases
}

// inText is a name as it stands in a sentence: in quotes if it is of several words.
func inText(name string) string {
	if strings.ContainsRune(name, ' ') {
		return "“" + name + "”"
	}
	return name
}

// many writes a count with its noun.
func many(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
