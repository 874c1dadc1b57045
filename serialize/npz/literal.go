package npz

import (
	"strconv"
	"strings"
)

// scanner reads the Python literals that headers consist of.
type scanner struct {
	text string
	pos  int
}

func (s *scanner) fail(format string, args ...any) error {
	e := broken(BadHeader, "", format, args...)
	e.Detail = "at byte " + strconv.Itoa(s.pos) + " of its text: " + e.Detail
	return e
}

// next skips space and returns the byte that follows, 0 at the end.
func (s *scanner) next() byte {
	for s.pos < len(s.text) && strings.IndexByte(" \t\n", s.text[s.pos]) >= 0 {
		s.pos++
	}
	if s.pos == len(s.text) {
		return 0
	}
	return s.text[s.pos]
}

// skip goes beyond the byte b, which must follow.
func (s *scanner) skip(b byte) error {
	if got := s.next(); got != b {
		return s.fail("%q is expected, not %q", b, got)
	}
	s.pos++
	return nil
}

// dict reads {KEY: VALUE, ...}, which must be all there is. value is called before each value.
func (s *scanner) dict(value func(key string) error) error {
	if err := s.skip('{'); err != nil {
		return err
	}
	for s.next() != '}' {
		key, err := s.quoted()
		if err == nil {
			err = s.skip(':')
		}
		if err == nil {
			err = value(key)
		}
		if err != nil {
			return err
		}
		if s.next() == ',' {
			s.pos++
		} else if s.next() != '}' {
			return s.fail("a comma or } is expected")
		}
	}
	s.pos++
	if s.next(); s.pos != len(s.text) {
		return s.fail("something follows the dict")
	}
	return nil
}

// quoted reads a text without escapes, which no type and no key needs.
func (s *scanner) quoted() (string, error) {
	quote := s.next()
	if quote != '\'' && quote != '"' {
		return "", s.fail("a text in quotes is expected")
	}
	rest := s.text[s.pos+1:]
	end := strings.IndexByte(rest, quote)
	if end < 0 || strings.IndexByte(rest[:end], '\\') >= 0 {
		return "", s.fail("a text in quotes, without backslashes, is expected")
	}
	s.pos += end + 2
	return rest[:end], nil
}

// literal is a type: a text, or a list that describes a record.
type literal struct {
	text   string
	quoted bool
}

// literal reads a text, or skips a list or tuple of anything.
func (s *scanner) literal() (literal, error) {
	if b := s.next(); b != '[' && b != '(' {
		text, err := s.quoted()
		return literal{text, true}, err
	}
	start := s.pos
	for depth := 0; ; {
		switch s.next() {
		case 0:
			return literal{}, s.fail("a list does not end")
		case '[', '(':
			depth++
			s.pos++
		case ']', ')':
			depth--
			s.pos++
		case '\'', '"':
			if _, err := s.quoted(); err != nil {
				return literal{}, err
			}
		default:
			s.pos++
		}
		if depth == 0 {
			return literal{text: s.text[start:s.pos]}, nil
		}
	}
}

// truth reads True or False.
func (s *scanner) truth() (bool, error) {
	s.next()
	for word, value := range map[string]bool{"True": true, "False": false} {
		if strings.HasPrefix(s.text[s.pos:], word) {
			s.pos += len(word)
			return value, nil
		}
	}
	return false, s.fail("True or False is expected")
}

// tuple reads (3, 4), (3,) or (). Python 2 wrote 3L.
func (s *scanner) tuple() ([]int, error) {
	if err := s.skip('('); err != nil {
		return nil, err
	}
	shape := []int{}
	for s.next() != ')' {
		start := s.pos
		for s.pos < len(s.text) && s.text[s.pos] >= '0' && s.text[s.pos] <= '9' {
			s.pos++
		}
		n, err := strconv.Atoi(s.text[start:s.pos])
		if err != nil {
			return nil, s.fail("a dimension is expected, from 0 to the largest int")
		}
		if shape = append(shape, n); len(shape) > mostDimensions {
			return nil, s.fail("more than %d dimensions", mostDimensions)
		}
		if s.next() == 'L' {
			s.pos++
		}
		if s.next() == ',' {
			s.pos++
		} else if s.next() != ')' || len(shape) == 1 {
			return nil, s.fail("a comma is expected")
		}
	}
	s.pos++
	return shape, nil
}
