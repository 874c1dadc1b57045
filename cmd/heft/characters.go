package main

import (
	"io"
	"strconv"
	"unicode/utf8"
)

// characters writes bytes as soon as they make up whole characters: a token may end within one.
type characters struct {
	w    io.Writer
	safe bool   // control characters but line breaks and tabs are shown by their codes, and bytes of no character too
	part []byte // of a character
	err  error  // of the first write that failed
}

func (c *characters) write(text []byte) {
	c.part = append(c.part, text...)
	whole := 0
	for whole < len(c.part) && utf8.FullRune(c.part[whole:]) {
		_, width := utf8.DecodeRune(c.part[whole:])
		whole += width
	}
	c.flush(whole)
}

// end writes what is left, and a line break.
func (c *characters) end() error {
	c.flush(len(c.part))
	c.part = []byte("\n")
	c.flush(1)
	return c.err
}

// flush writes the first n bytes.
func (c *characters) flush(n int) {
	text := c.part[:n]
	if c.safe {
		text = escaped(text)
	}
	if c.err == nil && len(text) > 0 {
		_, c.err = c.w.Write(text)
	}
	c.part = append(c.part[:0], c.part[n:]...)
}

// escaped returns text that a terminal only shows.
func escaped(text []byte) (out []byte) {
	for len(text) > 0 {
		r, width := utf8.DecodeRune(text)
		if r == '\n' || r == '\t' || r != utf8.RuneError && strconv.IsPrint(r) {
			out = append(out, text[:width]...)
		} else {
			quoted := strconv.QuoteToASCII(string(text[:width]))
			out = append(out, quoted[1:len(quoted)-1]...)
		}
		text = text[width:]
	}
	return out
}
