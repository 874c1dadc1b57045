package vector

import (
	"fmt"
	"slices"
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

// frame is where a function finds its arguments and leaves its results.
type frame struct {
	streams, perRow, matrix []argument // pointers; matrix: of the results of rows or columns
	counts                  []argument // n, or rows, n and stride
	scalars                 []argument
	results                 []argument // what is returned
	size                    int
}

// frame lays out the arguments as Go passes them to assembly.
func (k *Kernel) frame() frame {
	var f frame
	next := func(to *[]argument, name, kind string, bytes int) {
		f.size = (f.size + bytes - 1) / bytes * bytes
		*to = append(*to, argument{name, kind, f.size})
		f.size += bytes
	}
	for _, s := range k.streams {
		next(&f.streams, s.name, s.kind.pointer(), 8)
	}
	for _, s := range k.perRow {
		next(&f.perRow, s.name, "*"+s.kind(), 8)
	}
	counts := []string{"n"}
	if k.shape != Slice {
		for _, r := range k.results {
			next(&f.matrix, r.name, "*"+r.goType(), 8)
		}
		counts = []string{"rows", "n", "stride"}
	}
	for _, name := range counts {
		next(&f.counts, name, "int", 8)
	}
	for _, s := range k.scalars {
		next(&f.scalars, s.name, s.kind(), 4)
	}
	if k.shape == Slice && len(k.results) > 0 {
		f.size = (f.size + 7) / 8 * 8
		for _, r := range k.results {
			next(&f.results, r.name, r.goType(), r.size())
		}
	}
	return f
}

// parameters lists what a function takes.
func (f frame) parameters() []argument {
	return slices.Concat(f.streams, f.perRow, f.matrix, f.counts, f.scalars)
}

// named returns the argument of a name.
func (f frame) named(name string) argument {
	all := f.parameters()
	return all[slices.IndexFunc(all, func(a argument) bool { return a.name == name })]
}

// goType is the type of a result.
func (r result) goType() string {
	if r.kind == opLargest {
		return "float32"
	}
	return "float64"
}

// size is the bytes of a result.
func (r result) size() int {
	if r.kind == opLargest {
		return 4
	}
	return 8
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
