package language

import (
	"slices"

	"github.com/heft-ml/heft/dtype"
)

// turn is another order of a tensor's elements. The zero turn changes nothing.
type turn struct {
	transposed bool              // rows become columns
	rows       func(row int) int // which row of the old tensor a row of the new one is; nil: the same
}

// neighbours takes rows of heads of size features from halves to neighbours: the features that are rotated together stand
// size/2 apart at Hugging Face (rotate_half), and side by side in llama.cpp (LlamaModel.permute of its conversion).
func neighbours(size int) func(row int) int {
	return func(row int) int {
		head, i := row/size*size, row%size
		return head + i%2*(size/2) + i/2
	}
}

// halves is the way back.
func halves(size int) func(row int) int {
	return func(row int) int {
		head, i := row/size*size, row%size
		return head + 2*(i%(size/2)) + i/(size/2)
	}
}

// shape returns the shape that a tensor gets.
func (t turn) shape(old []int) []int {
	shape := slices.Clone(old)
	if t.transposed {
		slices.Reverse(shape)
	}
	return shape
}

// of shows a tensor in the new order, a part at a time.
func (t turn) of(s dtype.Stored) dtype.Stored {
	made := s
	made.Shape = t.shape(s.Shape)
	switch {
	case t.transposed:
		made.View = newTransposed(s, bandBytes).view
	case t.rows != nil:
		made.View = func(from, to int64, see func(data []byte) error) error { return t.viewRows(s, from, to, see) }
	}
	return made
}

// viewRows shows the bytes from, ..., to-1 of s with its rows in the new order.
func (t turn) viewRows(s dtype.Stored, from, to int64, see func(data []byte) error) error {
	made := make([]byte, to-from)
	size := s.Bytes / int64(s.Shape[0])
	for row := from / size; row*size < to; row++ {
		first, last := max(from, row*size), min(to, (row+1)*size)
		shift := int64(t.rows(int(row)))*size - row*size
		err := s.View(first+shift, last+shift, func(data []byte) error {
			copy(made[first-from:], data)
			return nil
		})
		if err != nil {
			return err
		}
	}
	return see(made)
}
