// Package reading is what the readers of all formats do alike: they open what has bytes, check it, and read tensors one by one.
package reading

import (
	"io/fs"
	"iter"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/mapped"
	"github.com/heft-ml/heft/serialize/fault"
)

// Open opens the file of that name, of which check makes one of a format, whose kind of errors K is. What check refuses is closed.
func Open[K fault.Kind, F any](name string, open func(name string) (*mapped.Source, error), check func(source *mapped.Source) (F, error)) (f F, err error) {
	source, err := open(name)
	if err != nil {
		return f, fault.IO[K]("open", name, err)
	}
	if f, err = check(source); err != nil {
		_ = source.Close() // nothing was written, and the reason for closing is being reported
	}
	return f, err
}

// From returns what opens files of fsys.
func From(fsys fs.FS) func(name string) (*mapped.Source, error) {
	return func(name string) (*mapped.Source, error) { return mapped.OpenFS(fsys, name) }
}

// All reads the tensors of entries one by one. It ends at the first error.
func All[E any](entries []E, read func(e *E) (dtype.Tensor, error)) iter.Seq2[dtype.Tensor, error] {
	return func(yield func(dtype.Tensor, error) bool) {
		for i := range entries {
			t, err := read(&entries[i])
			if !yield(t, err) || err != nil {
				return
			}
		}
	}
}

// Collect returns the n tensors of all, or the first error.
func Collect(n int, all iter.Seq2[dtype.Tensor, error]) ([]dtype.Tensor, error) {
	tensors := make([]dtype.Tensor, 0, n)
	for t, err := range all {
		if err != nil {
			return nil, err
		}
		tensors = append(tensors, t)
	}
	return tensors, nil
}
