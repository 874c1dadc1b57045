package torchfile

import (
	"encoding/binary"
	"strings"

	"github.com/heft-ml/heft/serialize/fault"
)

// lexer cuts the text of a pickle into instructions. It neither keeps nor builds anything, and needs no memory.
type lexer struct {
	text  string
	pos   int // of the next instruction
	frame int // where the current frame ends, 0 without one; only strict lexers look at it
}

// instruction is an opcode with its argument.
type instruction struct {
	opcode
	code   byte
	at     int    // where it stands
	number uint64 // of byte1 to byte8, int4 (as uint64(int64)) and float8 (its bits)
	text   string // of counted and line; the first of lines
	second string // of lines
}

// fail makes a FormatError about the instruction at that byte.
func fail(kind Kind, at int, format string, args ...any) *FormatError {
	e := broken(kind, format, args...)
	e.Offset = int64(at)
	return e
}

// next returns the next instruction and moves behind it. It stays where it is when there is none.
func (l *lexer) next() (instruction, error) {
	at := l.pos
	if at >= len(l.text) {
		return instruction{}, fail(Truncated, at, "the pickle ends without a STOP instruction")
	}
	in := instruction{code: l.text[at], at: at, opcode: opcodes[l.text[at]]}
	if in.name == "" {
		return in, fail(BadPickle, at, "0x%02x is no instruction of a pickle", in.code)
	}
	rest := l.text[at+1:]
	if width := fixedWidth[in.arg]; width > 0 {
		if len(rest) < width {
			return in, cut(&in)
		}
		in.number = unsigned(rest[:width])
		rest = rest[width:]
	}
	switch in.arg {
	case int4:
		in.number = uint64(int64(int32(uint32(in.number))))
	case float8:
		in.number = binary.BigEndian.Uint64([]byte(l.text[at+1 : at+9]))
	case counted1, counted4, counted8:
		if in.number > uint64(len(rest)) {
			return in, fail(Truncated, at, "%s of %s bytes: only %s are left", in.name, fault.Grouped(in.number), fault.Grouped(uint64(len(rest))))
		}
		in.text, rest = rest[:in.number], rest[in.number:]
	case line, lines:
		var found bool
		if in.text, rest, found = strings.Cut(rest, "\n"); !found {
			return in, cut(&in)
		}
		if in.arg == lines {
			if in.second, rest, found = strings.Cut(rest, "\n"); !found {
				return in, cut(&in)
			}
		}
	}
	l.pos = len(l.text) - len(rest)
	return in, nil
}

func cut(in *instruction) error { return fail(Truncated, in.at, "the pickle ends within %s", in.name) }

// fixedWidth is the number of bytes that an argument, or the count it begins with, takes.
var fixedWidth = [...]int{byte1: 1, byte2: 2, byte4: 4, byte8: 8, int4: 4, float8: 8, counted1: 1, counted4: 4, counted8: 8, lines: 0}

func unsigned(little string) uint64 {
	n := uint64(0)
	for i := len(little) - 1; i >= 0; i-- {
		n = n<<8 | uint64(little[i])
	}
	return n
}

// checkFrame wants frames as Python's pickler writes them: one after the other, none across an instruction, all within the pickle. An instruction
// that different readers place in different ways is no way to hide.
func (l *lexer) checkFrame(in *instruction) error {
	within := l.frame > in.at
	switch {
	case within && in.code == opFrame:
		return fail(BadPickle, in.at, "a frame begins before the last one ends, at byte %d", l.frame)
	case within && l.pos > l.frame:
		return fail(BadPickle, in.at, "%s goes beyond its frame, which ends at byte %d", in.name, l.frame)
	case within && in.code == opStop && l.pos != l.frame:
		return fail(BadPickle, in.at, "the pickle stops before its frame ends, at byte %d", l.frame)
	case in.code == opFrame:
		if in.number > uint64(len(l.text)-l.pos) {
			return fail(Truncated, in.at, "a frame of %s bytes: only %s are left", fault.Grouped(in.number), fault.Grouped(uint64(len(l.text)-l.pos)))
		}
		l.frame = l.pos + int(in.number)
	}
	return nil
}

// pickleEnd returns where the pickle that begins with text ends, after its STOP.
func pickleEnd(text string) (int, error) {
	l := lexer{text: text}
	for {
		in, err := l.next()
		if err != nil {
			return 0, err
		}
		if in.code == opStop {
			return l.pos, nil
		}
	}
}
