package tokenizer

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Chars has an id for every character of a text, in the order of their code points.
type Chars struct {
	runes []rune
	ids   map[rune]int32
}

// NewChars returns the tokenizer of the characters in a text.
func NewChars(text string) *Chars {
	seen := map[rune]bool{}
	for _, r := range text {
		seen[r] = true
	}
	runes := make([]rune, 0, len(seen))
	for r := range seen {
		runes = append(runes, r)
	}
	slices.Sort(runes)
	return charsOf(runes)
}

// charsOf returns the tokenizer of characters by id.
func charsOf(runes []rune) *Chars {
	c := &Chars{runes, make(map[rune]int32, len(runes))}
	for id, r := range runes {
		c.ids[r] = int32(id)
	}
	return c
}

// UnknownError says that a text has a character that the tokenizer has no id for.
type UnknownError struct {
	Char         string // one character, or a byte that is part of none
	Line, Column int    // both count characters from 1
	Known        int    // how many characters are known
}

// Error names the character and where it is.
func (e *UnknownError) Error() string {
	return fmt.Sprintf("character %q at line %d, column %d is not one of the %d that the model was trained with: leave it out or write another",
		e.Char, e.Line, e.Column, e.Known)
}

// Encode returns the ids of a text. A character that is not known is an [*UnknownError].
func (c *Chars) Encode(text string) ([]int32, error) {
	ids := make([]int32, 0, utf8.RuneCountInString(text))
	line, column := 1, 1
	for at := 0; at < len(text); {
		r, width := utf8.DecodeRuneInString(text[at:])
		id, known := c.ids[r]
		if !known || r == utf8.RuneError && width == 1 {
			return nil, &UnknownError{text[at : at+width], line, column, len(c.runes)}
		}
		at += width
		ids = append(ids, id)
		column++
		if r == '\n' {
			line, column = line+1, 1
		}
	}
	return ids, nil
}

// Decode returns the text of ids. It panics if an id is not from 0 to below Len.
func (c *Chars) Decode(ids []int32) []byte {
	text := make([]byte, 0, len(ids))
	for _, id := range ids {
		text = utf8.AppendRune(text, c.runes[id])
	}
	return text
}

// Len returns how many characters there are.
func (c *Chars) Len() int { return len(c.runes) }

// String returns "chars".
func (c *Chars) String() string { return "chars" }
