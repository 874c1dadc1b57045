package vector

import (
	"fmt"
	"strings"
)

// text gathers lines of assembly.
type text struct {
	lines []string
	notes []string
}

func (t *text) put(format string, args ...any) {
	t.lines = append(t.lines, "\t"+fmt.Sprintf(format, args...))
}

func (t *text) label(name string) { t.lines = append(t.lines, name+":") }

// note adds a line to the comment above the function.
func (t *text) note(format string, args ...any) {
	t.notes = append(t.notes, fmt.Sprintf(format, args...))
}

func (t *text) String() string { return strings.Join(t.lines, "\n") + "\n" }

// argument is where a function finds one of its arguments or leaves a result.
type argument struct {
	name, kind string
	offset     int
}

func (a argument) String() string { return fmt.Sprintf("%s+%d(FP)", a.name, a.offset) }

// frame lays out the arguments as Go passes them to assembly: pointers, the count, scalars, results.
func (k *Kernel) frame() (streams []argument, count argument, scalars, results []argument, size int) {
	at := 0
	next := func(name, kind string, bytes int) argument {
		at = (at + bytes - 1) / bytes * bytes
		a := argument{name, kind, at}
		at += bytes
		return a
	}
	for _, s := range k.streams {
		streams = append(streams, next(s.name, s.kind.pointer(), 8))
	}
	count = next("n", "int", 8)
	for _, s := range k.scalars {
		scalars = append(scalars, next(s.name, s.kind(), 4))
	}
	if len(k.results) > 0 {
		at = (at + 7) / 8 * 8
	}
	for _, r := range k.results {
		if r.kind == opLargest {
			results = append(results, next(r.name, "float32", 4))
		} else {
			results = append(results, next(r.name, "float64", 8))
		}
	}
	return streams, count, scalars, results, at
}

func (s scalar) kind() string {
	if s.word {
		return "uint32"
	}
	return "float32"
}

// buffers lays out the stack: a block of every stream that the machine cannot mask, and its size.
func (k *Kernel) buffers(m machine) (offsets []int, size int) {
	for _, s := range k.streams {
		offsets = append(offsets, size)
		if m.buffers(s.kind) {
			size += Lanes * s.kind.size()
		}
	}
	return offsets, size
}
