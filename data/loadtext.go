package data

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/heft-ml/heft/tokenizer"
)

// opticksFile is described, with its licence, in text/README.md.
//
//go:embed text/opticks.txt.gz
var opticksFile string

// maxText is how many bytes a text may have.
const maxText = 256 << 20

const (
	textName   = "text" // the data set of the embedded text
	textPrefix = textName + ":"
)

// IsText tells whether a data set's name is that of a text: text, or text:PATH.
func IsText(name string) bool { return name == textName || strings.HasPrefix(name, textPrefix) }

// Opticks returns the text that Heft carries: Isaac Newton's Opticks in its fourth edition of 1730, in the public domain.
func Opticks() string { return opticks() }

var opticks = sync.OnceValue(func() string {
	plain, err := gzip.NewReader(strings.NewReader(opticksFile))
	if err != nil {
		panic(fmt.Errorf("data: embedded text: %w", err))
	}
	text, err := io.ReadAll(plain)
	if err != nil {
		panic(fmt.Errorf("data: embedded text: %w", err))
	}
	return string(text)
})

// TextParts is a text, divided, and how it was made into numbers.
type TextParts struct {
	Train      *Text // to learn from
	Validation *Text // to watch the training with, and to score in the end
	Tokenizer  tokenizer.Tokenizer
}

// LoadText returns the text that s asks for, divided: the last share s.Validation of its characters is held out. Name is
// "text" for [Opticks], or text:PATH for a file in UTF-8; a byte order mark at its start does not count. Characters as
// tokens are those of the whole text, as the alphabet is part of the problem; byte pairs are learned from the training part.
//
// Errors name the file: it is empty, larger than 256 MiB, or not UTF-8, and then in which line and column.
func LoadText(s Spec, opts ...LoadOption) (*TextParts, error) {
	if err := s.Check(); err != nil {
		return nil, err
	}
	if !IsText(s.Name) {
		return nil, fmt.Errorf("data set %q is no text: use text or text:PATH", s.Name)
	}
	var o loadOptions
	for _, opt := range opts {
		opt(&o)
	}
	path, file := strings.CutPrefix(s.Name, textPrefix)
	if !file {
		return divideText("opticks", Opticks(), s)
	}
	f, err := o.open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	text, err := ReadText(f.Name(), f)
	if err != nil {
		return nil, err
	}
	return divideText(f.Name(), text, s)
}

// ReadText reads a text in UTF-8. name stands for the file in messages. The errors are those of [LoadText].
func ReadText(name string, r io.Reader) (string, error) {
	content, err := io.ReadAll(io.LimitReader(r, maxText+1))
	if err != nil {
		return "", fileError(name, err)
	}
	if len(content) > maxText {
		return "", fmt.Errorf("%s: larger than %d bytes: use a part of it", printable(name), maxText)
	}
	content = bytes.TrimPrefix(content, []byte("\uFEFF"))
	if len(content) == 0 {
		return "", fmt.Errorf("%s: the text is empty", printable(name))
	}
	if at := firstInvalid(content); at >= 0 {
		line := bytes.Count(content[:at], []byte("\n")) + 1
		column := utf8.RuneCount(content[bytes.LastIndexByte(content[:at], '\n')+1:at]) + 1
		return "", fmt.Errorf("%s: line %d, column %d: byte 0x%02x is not text in UTF-8: save the file in this encoding",
			printable(name), line, column, content[at])
	}
	return string(content), nil
}

// firstInvalid returns where the first byte is that is not UTF-8, or -1.
func firstInvalid(text []byte) int {
	if utf8.Valid(text) {
		return -1
	}
	at := 0
	for {
		r, width := utf8.DecodeRune(text[at:])
		if r == utf8.RuneError && width <= 1 {
			return at
		}
		at += width
	}
}

// divideText makes the parts of a text.
func divideText(name, text string, s Spec) (*TextParts, error) {
	characters := utf8.RuneCountInString(text)
	first := int((1 - s.Validation) * float64(characters))
	cut := 0
	for range first {
		_, width := utf8.DecodeRuneInString(text[cut:])
		cut += width
	}
	learned := text
	if s.Tokenizer != "chars" {
		learned = text[:cut]
	}
	t, err := tokenizer.Train(s.Tokenizer, learned)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", printable(name), err)
	}
	p := &TextParts{Tokenizer: t}
	for _, part := range []struct {
		of         **Text
		name, text string
		characters int
	}{{&p.Train, "train", text[:cut], first}, {&p.Validation, "validation", text[cut:], characters - first}} {
		ids, err := t.Encode(part.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", printable(name), err)
		}
		*part.of = &Text{printable(name) + "/" + part.name, ids, part.characters}
	}
	return p, nil
}
