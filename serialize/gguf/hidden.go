package gguf

import (
	"slices"

	"github.com/heft-ml/heft/serialize/fault"
)

// Hidden is bytes of a file that belong to nothing, and are not zeros.
type Hidden struct {
	File   string // empty when it does not come from a path
	Offset int64
	Bytes  int64
}

// Hidden returns the places between the tensors, before the first and after the last where the file has anything but zeros. Readers pass over them, ggml
// included: they may hold anything. Errors are those of the disk.
func (f *File) Hidden() ([]Hidden, error) {
	var found []Hidden
	for _, p := range f.parts {
		for _, gap := range p.gaps() {
			dirty, err := p.dirty(gap)
			if err != nil {
				return nil, err
			}
			if dirty {
				found = append(found, Hidden{p.source.Name(), gap.from, gap.to - gap.from})
			}
		}
	}
	return found, nil
}

// span is the bytes from, ..., to-1 of a file.
type span struct{ from, to int64 }

// gaps returns what lies between the header, the tensors and the end of the file.
func (p part) gaps() []span {
	var gaps []span
	end := p.headerEnd
	for _, e := range p.entries {
		if e.offset > end {
			gaps = append(gaps, span{end, e.offset})
		}
		end = e.offset + e.Bytes
	}
	if size := p.source.Size(); size > end {
		gaps = append(gaps, span{end, size})
	}
	return gaps
}

// dirty tells whether a gap has anything but zeros.
func (p part) dirty(gap span) (bool, error) {
	const piece = 1 << 20
	for from := gap.from; from < gap.to; from += piece {
		dirty := false
		err := p.source.View(from, min(piece, gap.to-from), func(data []byte) error {
			dirty = slices.ContainsFunc(data, func(b byte) bool { return b != 0 })
			return nil
		})
		if err != nil {
			return false, fault.IO[Kind]("read", p.source.Name(), err)
		}
		if dirty {
			return true, nil
		}
	}
	return false, nil
}
