package cost

import (
	"io"
	"sync/atomic"
)

// Sparse is a file in memory whose zeros take no room: pieces of a mebibyte and more that are written to it must be zeros. It counts what is read.
type Sparse struct {
	pieces []piece // those that are kept, in order
	size   int64
	bytes  atomic.Int64 // read
	reads  atomic.Int64
}

// piece is bytes at a place.
type piece struct {
	at   int64
	data []byte
}

const (
	long      = 1 << 20
	manyZeros = 8 << 20 // after what a buffer takes of them there are long pieces left
)

// Zeros writes n zeros, in long pieces.
func Zeros(w io.Writer, n int64) error {
	zeros := make([]byte, min(n, manyZeros))
	for n > 0 {
		p := zeros[:min(n, manyZeros)]
		if _, err := w.Write(p); err != nil {
			return err
		}
		n -= int64(len(p))
	}
	return nil
}

// Size returns how many bytes were written.
func (s *Sparse) Size() int64 { return s.size }

// Write appends.
func (s *Sparse) Write(p []byte) (int, error) {
	if len(p) < long {
		s.pieces = append(s.pieces, piece{s.size, append([]byte{}, p...)})
	}
	s.size += int64(len(p))
	return len(p), nil
}

// ReadAt reads as an io.ReaderAt does.
func (s *Sparse) ReadAt(p []byte, offset int64) (int, error) {
	n := int(min(int64(len(p)), max(0, s.size-offset)))
	clear(p[:n])
	for _, piece := range s.pieces {
		if at := piece.at - offset; at < int64(n) && at+int64(len(piece.data)) > 0 {
			copy(p[max(at, 0):n], piece.data[max(-at, 0):])
		}
	}
	s.bytes.Add(int64(n))
	s.reads.Add(1)
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}
