package safetensors

// skip reads a value of any form that is not wanted. An object or array that begins there is at that depth of nesting; the outermost is at 1.
func (s *scanner) skip(depth int) error {
	switch c := s.next(); {
	case (c == '{' || c == '[') && depth > maxDepth:
		return s.fail("nested deeper than %d", maxDepth)
	case c == '{':
		return s.object(func(string) error { return s.skip(depth + 1) })
	case c == '[':
		return s.array(func() error { return s.skip(depth + 1) })
	case c == '"':
		_, err := s.string()
		return err
	case c == '-' || c >= '0' && c <= '9':
		return s.skipNumber()
	}
	for _, word := range []string{"true", "false", "null"} {
		if s.word(word) {
			return nil
		}
	}
	return s.fail("expected a value, found %s", s.found())
}

// word consumes w if it comes next.
func (s *scanner) word(w string) bool {
	s.next()
	if end := s.pos + len(w); end <= len(s.text) && string(s.text[s.pos:end]) == w {
		s.pos = end
		return true
	}
	return false
}

// skipNumber reads -? (0 | [1-9][0-9]*) (. [0-9]+)? ([eE] [+-]? [0-9]+)?
func (s *scanner) skipNumber() error {
	s.one("-")
	if !s.one("0") && s.digits() == 0 {
		return s.fail("expected a digit, found %s", s.found())
	}
	if s.one(".") && s.digits() == 0 {
		return s.fail("expected a digit after the point, found %s", s.found())
	}
	if s.one("eE") {
		s.one("+-")
		if s.digits() == 0 {
			return s.fail("expected a digit in the exponent, found %s", s.found())
		}
	}
	return nil
}

// one consumes one of these characters if it is the next byte.
func (s *scanner) one(of string) bool {
	if s.pos < len(s.text) {
		for i := range len(of) {
			if s.text[s.pos] == of[i] {
				s.pos++
				return true
			}
		}
	}
	return false
}

// digits consumes digits and returns their number.
func (s *scanner) digits() int {
	start := s.pos
	for s.pos < len(s.text) && s.text[s.pos] >= '0' && s.text[s.pos] <= '9' {
		s.pos++
	}
	return s.pos - start
}
