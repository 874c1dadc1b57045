package convert

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// reference is what [regexp.Regexp.Expand] takes for a reference to parentheses, or for a dollar sign; nothing after $ is neither.
var reference = regexp.MustCompile(`\$(?:(\$)|([\pL\p{Nd}_]+)|\{([\pL\p{Nd}_]+)\}|)`)

// escape is what other languages write in a replacement, and what a regular expression has before a dot.
var escape = regexp.MustCompile(`\\(\d*)`)

// check refuses a replacement that would not make what it looks like: a reference to parentheses that are not there becomes nothing
// without a word, and so $1_attn, whose name is 1_attn, makes one name of many.
func (r rule) check() error {
	if e := escape.FindStringSubmatch(r.to); e != nil {
		if e[1] != "" {
			return fmt.Errorf(`to has %s, which would be part of the name: write ${%s} for what parentheses matched`, e[0], e[1])
		}
		return errors.New("to has a backslash, which would be part of the name: to is no regular expression, and a dot in it is a dot")
	}
	for _, m := range reference.FindAllStringSubmatch(r.to, -1) {
		name := m[2] + m[3]
		switch {
		case m[1] != "" || r.has(name):
		case name == "":
			return errors.New("to has a $ that stands before no number or name: write $$ for a dollar sign")
		default:
			return r.unknown(m[0], name)
		}
	}
	return nil
}

// has tells whether there are parentheses of a number or a name.
func (r rule) has(name string) bool {
	n, err := strconv.Atoi(name)
	return err == nil && strconv.Itoa(n) == name && n <= r.from.NumSubexp() || r.from.SubexpIndex(name) >= 0
}

// unknown is the error of a reference to parentheses that are not there.
func (r rule) unknown(reference, name string) error {
	number := name[:len(name)-len(strings.TrimLeft(name, "0123456789"))]
	if number != name && r.has(number) {
		return fmt.Errorf("to has %s, which stands for parentheses called %s: write ${%s}%s", reference, name, number, name[len(number):])
	}
	if number == name {
		return fmt.Errorf("to has %s, but parentheses in from: %d", reference, r.from.NumSubexp())
	}
	return fmt.Errorf("to has %s, but no parentheses in from are called %s: (?P<%s>...) are, and $1 is what the first ones matched", reference, name, name)
}
