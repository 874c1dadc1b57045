package safetensors

import (
	"fmt"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxDepth is how deep objects and arrays may nest, as in serde_json, which the reference implementation uses.
const maxDepth = 127

// scanner reads JSON (RFC 8259) value by value, and nothing that is not JSON. The text must be valid UTF-8. Its errors are FormatErrors of kind
// InvalidHeaderDeserialization that name the byte of the header.
type scanner struct {
	text []byte
	pos  int
}

// fail makes the error of something wrong at the current byte.
func (s *scanner) fail(format string, args ...any) error {
	return broken(InvalidHeaderDeserialization, "", "at byte %d: %s", s.pos, fmt.Sprintf(format, args...))
}

// next returns the first byte after white space without consuming it. At the end it returns 0, which no JSON value begins with.
func (s *scanner) next() byte {
	for ; s.pos < len(s.text); s.pos++ {
		switch c := s.text[s.pos]; c {
		case ' ', '\t', '\n', '\r':
		default:
			return c
		}
	}
	return 0
}

// found describes what stands at the current byte, for errors.
func (s *scanner) found() string {
	if s.pos >= len(s.text) {
		return "the end of the header"
	}
	r, _ := utf8.DecodeRune(s.text[s.pos:])
	return strconv.QuoteRune(r)
}

// accept consumes c if it comes next.
func (s *scanner) accept(c byte) bool {
	if s.next() != c {
		return false
	}
	s.pos++
	return true
}

func (s *scanner) expect(c byte) error {
	if !s.accept(c) {
		return s.fail("expected %q, found %s", c, s.found())
	}
	return nil
}

// object reads an object and calls member for each of its keys, when the value comes next. member must read the value.
func (s *scanner) object(member func(key string) error) error {
	if err := s.expect('{'); err != nil {
		return err
	}
	if s.accept('}') {
		return nil
	}
	for {
		key, err := s.string()
		if err != nil {
			return err
		}
		if err := s.expect(':'); err != nil {
			return err
		}
		if err := member(key); err != nil {
			return err
		}
		if s.accept('}') {
			return nil
		}
		if err := s.expect(','); err != nil {
			return err
		}
	}
}

// array reads an array and calls element when an element comes next. element must read it.
func (s *scanner) array(element func() error) error {
	if err := s.expect('['); err != nil {
		return err
	}
	if s.accept(']') {
		return nil
	}
	for {
		if err := element(); err != nil {
			return err
		}
		if s.accept(']') {
			return nil
		}
		if err := s.expect(','); err != nil {
			return err
		}
	}
}

// unsigned reads an integer from 0 to 2^64-1, written without sign, fraction and exponent.
func (s *scanner) unsigned() (uint64, error) {
	if c := s.next(); c < '0' || c > '9' {
		return 0, s.fail("expected an unsigned integer, found %s", s.found())
	}
	start, value := s.pos, uint64(0)
	for ; s.pos < len(s.text) && s.text[s.pos] >= '0' && s.text[s.pos] <= '9'; s.pos++ {
		digit := uint64(s.text[s.pos] - '0')
		if value > (math.MaxUint64-digit)/10 {
			return 0, s.fail("the integer is larger than 2^64-1")
		}
		value = 10*value + digit
		if s.text[start] == '0' && s.pos > start {
			return 0, s.fail("an integer begins with 0")
		}
	}
	if s.pos < len(s.text) && (s.text[s.pos] == '.' || s.text[s.pos]|0x20 == 'e') {
		return 0, s.fail("expected an integer without fraction and exponent")
	}
	return value, nil
}

// string reads a string and decodes its escapes.
func (s *scanner) string() (string, error) {
	if s.next() != '"' {
		return "", s.fail("expected a string, found %s", s.found())
	}
	s.pos++
	var decoded []byte // what comes before plain; most strings have no escapes and never need it
	plain := s.pos
	for s.pos < len(s.text) {
		switch c := s.text[s.pos]; {
		case c == '"':
			text := s.text[plain:s.pos]
			s.pos++
			if decoded == nil {
				return string(text), nil
			}
			return string(append(decoded, text...)), nil
		case c < 0x20:
			return "", s.fail("a control character in a string must be escaped, found %s", s.found())
		case c != '\\':
			s.pos++
		default:
			decoded = append(decoded, s.text[plain:s.pos]...)
			r, err := s.escape()
			if err != nil {
				return "", err
			}
			decoded = utf8.AppendRune(decoded, r)
			plain = s.pos
		}
	}
	return "", s.fail("a string has no closing quote")
}

// escapes are the characters behind a backslash, but for u.
var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads an escape sequence; two of them where they make up one character outside the Basic Multilingual Plane.
func (s *scanner) escape() (rune, error) {
	if s.pos+1 < len(s.text) {
		if r, ok := escapes[s.text[s.pos+1]]; ok {
			s.pos += 2
			return r, nil
		}
	}
	first, ok := s.codeUnit()
	if !ok {
		return 0, s.fail("invalid escape sequence")
	}
	if !utf16.IsSurrogate(first) {
		return first, nil
	}
	second, ok := s.codeUnit()
	r := utf16.DecodeRune(first, second)
	if !ok || r == utf8.RuneError {
		return 0, s.fail("an unpaired surrogate \\u%04x", first)
	}
	return r, nil
}

// codeUnit reads \uXXXX.
func (s *scanner) codeUnit() (rune, bool) {
	const length = len(`\uXXXX`)
	if len(s.text)-s.pos < length || s.text[s.pos] != '\\' || s.text[s.pos+1] != 'u' {
		return 0, false
	}
	unit := rune(0)
	for _, c := range s.text[s.pos+2 : s.pos+length] {
		switch {
		case c >= '0' && c <= '9':
			unit = unit<<4 | rune(c-'0')
		case c|0x20 >= 'a' && c|0x20 <= 'f':
			unit = unit<<4 | rune(c|0x20-'a'+10)
		default:
			return 0, false
		}
	}
	s.pos += length
	return unit, true
}
