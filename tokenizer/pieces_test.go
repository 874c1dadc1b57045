package tokenizer

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPiecesAreThoseOfGPT2(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]string{
		"":                      nil,
		"Hello world":           {"Hello", " world"},
		"it's we'll they'D":     {"it", "'s", " we", "'ll", " they", "'", "D"},
		"a  b":                  {"a", " ", " b"},
		"a   b":                 {"a", "  ", " b"},
		"a\n\nb":                {"a", "\n", "\n", "b"},
		"a \n b":                {"a", " \n", " b"},
		"a\tb":                  {"a", "\t", "b"},
		"x  ":                   {"x", "  "},
		" ":                     {" "},
		"12ab 3.5!?":            {"12", "ab", " 3", ".", "5", "!?"},
		"é日本 ½!":                {"é日本", " ½", "!"},
		"a\u00a0b":              {"a", "\u00a0", "b"},
		"\xff\xfea":             {"\xff\xfe", "a"},
		"' s":                   {"'", " s"},
		"e\u0301":               {"e", "\u0301"},
		"well-known (as it is)": {"well", "-", "known", " (", "as", " it", " is", ")"},
	} {
		assert.Equal(t, want, slices.Collect(pieces(text)), "%q", text)
	}
}
