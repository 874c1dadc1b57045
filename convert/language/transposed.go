package language

import (
	"maps"
	"sync"

	"github.com/heft-ml/heft/dtype"
)

// transposed shows a matrix with its rows as columns. It makes a band of the result at a time and keeps it and the one before,
// which serve all who look at pieces at once: what has blocks is decoded once for each band, not for each piece.
type transposed struct {
	s     dtype.Stored // as it is
	size  int64        // bytes of a band, a multiple of any element's
	mutex sync.Mutex
	bands map[int64][]byte // by their number
}

// bandBytes bounds memory, and is more than any matrix of the largest GPT-2 takes, which is therefore decoded once.
const bandBytes = 64 << 20

func newTransposed(s dtype.Stored, size int64) *transposed {
	return &transposed{s: s, size: size, bands: map[int64][]byte{}}
}

// view shows the bytes from, ..., to-1 of the result.
func (t *transposed) view(from, to int64, see func(data []byte) error) error {
	var made []byte
	for at := from; at < to; {
		number := at / t.size
		band, err := t.band(number)
		if err != nil {
			return err
		}
		begin := number * t.size
		end := min(to, begin+t.size)
		part := band[at-begin : end-begin]
		if end-at == to-from {
			return see(part)
		}
		made, at = append(made, part...), end
	}
	return see(made)
}

// band returns a band of that number, which nobody writes to any more.
func (t *transposed) band(number int64) ([]byte, error) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	if band, made := t.bands[number]; made {
		return band, nil
	}
	from := number * t.size
	band := make([]byte, min(t.size, t.s.Bytes-from))
	if err := t.fill(band, from); err != nil {
		return nil, err
	}
	maps.DeleteFunc(t.bands, func(n int64, _ []byte) bool { return n != number-1 })
	t.bands[number] = band
	return band, nil
}

// stripBytes is how much of a matrix is looked at together.
const stripBytes = 1 << 20

// fill makes the bytes of the result from that one on. It goes through the matrix strip by strip of rows, which become columns.
func (t *transposed) fill(band []byte, from int64) error {
	width := int64(t.s.DType.Bits() / 8)
	rows, columns := int64(t.s.Shape[0]), int64(t.s.Shape[1])
	first, last := from/width, (from+int64(len(band)))/width-1 // elements of the result, whose rows are as long as the matrix has rows
	strip := max(1, stripBytes/(columns*width))
	for top := int64(0); top < rows; top += strip {
		bottom := min(rows, top+strip)
		err := t.s.View(top*columns*width, bottom*columns*width, func(data []byte) error {
			for column := first / rows; column <= last/rows; column++ {
				lo, hi := max(top, first-column*rows), min(bottom, last-column*rows+1)
				for row := lo; row < hi; row++ {
					at, old := (column*rows+row)*width-from, ((row-top)*columns+column)*width
					copy(band[at:at+width], data[old:old+width])
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
