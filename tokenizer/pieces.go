package tokenizer

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// contractions are pieces of their own.
var contractions = []string{"'s", "'t", "'re", "'ve", "'m", "'ll", "'d"}

// pieces divides a text as GPT-2 does: tokens never cross the border of a piece. The pattern, in the order of its
// alternatives (github.com/openai/gpt-2, src/encoder.py), is
//
//	's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//
// Go's regular expressions know no (?!...), hence a scanner. A byte that is no part of UTF-8 is as a mark.
func pieces(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			n := pieceLen(text)
			if !yield(text[:n]) {
				return
			}
			text = text[n:]
		}
	}
}

// pieceLen returns how many bytes the first piece of a text has.
func pieceLen(text string) int {
	for _, c := range contractions {
		if strings.HasPrefix(text, c) {
			return len(c)
		}
	}
	start := 0
	if text[0] == ' ' && len(text) > 1 {
		start = 1
	}
	r, _ := utf8.DecodeRuneInString(text[start:])
	if kind := kindOf(r); kind != space {
		return start + runLen(text[start:], kind)
	}
	n := runLen(text, space)
	if n == len(text) {
		return n
	}
	if _, last := utf8.DecodeLastRuneInString(text[:n]); last < n { // it belongs to what follows
		return n - last
	}
	return n
}

type runeKind int

const (
	space runeKind = iota
	letter
	number
	mark
)

func kindOf(r rune) runeKind {
	switch {
	case unicode.IsSpace(r):
		return space
	case unicode.IsLetter(r):
		return letter
	case unicode.IsNumber(r):
		return number
	}
	return mark
}

// runLen returns how many bytes at the start of a text are characters of a kind.
func runLen(text string, kind runeKind) int {
	for at, r := range text {
		if kindOf(r) != kind {
			return at
		}
	}
	return len(text)
}
