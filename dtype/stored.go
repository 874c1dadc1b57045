package dtype

import (
	"cmp"
	"io"
	"runtime"
	"sync/atomic"

	"github.com/heft-ml/heft/internal/parallel"
)

// Stored is a tensor whose bytes are looked at a part at a time, as those of a file larger than memory must be.
type Stored struct {
	Info
	// View calls see with the bytes from, ..., to-1 of the tensor, which see must neither keep nor change. Several goroutines call it at once.
	View func(from, to int64, see func(data []byte) error) error
}

// Stored returns the tensor as a Stored over its Data.
func (t Tensor) Stored() Stored {
	return Stored{
		Info: Info{Name: t.Name, DType: t.DType, Type: t.DType.String(), Shape: t.Shape, Bytes: int64(len(t.Data))},
		View: func(from, to int64, see func(data []byte) error) error { return see(t.Data[from:to]) },
	}
}

// check returns the SizeError or CastError that forbids a conversion.
func (s Stored) check(to DType, saturate bool) (cast, error) {
	if s.DType == 0 && to == 0 {
		return cast{}, nil // bytes that travel as they are
	}
	if err := checkSize(s.Name, s.DType, s.Shape, s.Bytes); err != nil {
		return cast{}, err
	}
	return newCast(s.Name, s.DType, to, saturate)
}

// CountOverflow returns how many values are too large for the format to, as [Overflow] says; 0 when they have that format already. It uses all
// processors. A tensor or a format that cannot be converted is a [CastError], bytes that do not fit the shape are a [SizeError]; other errors are View's.
func (s Stored) CountOverflow(to DType) (int, error) {
	c, err := s.check(to, false)
	if err != nil || c.fitsAll() {
		return 0, err
	}
	size := int64(pieceElements(c)) * int64(c.from.Bits()) / 8
	var count atomic.Int64
	errs := make([]error, (s.Bytes+size-1)/size)
	parallel.Run(len(errs), func(i int) {
		from := int64(i) * size
		errs[i] = s.View(from, min(from+size, s.Bytes), func(data []byte) error {
			count.Add(int64(c.count(data)))
			return nil
		})
	})
	return int(count.Load()), cmp.Or(errs...)
}

// refuse returns the OverflowError when values do not fit and the policy is to refuse them.
func (s Stored) refuse(to DType, policy Overflow) error {
	if policy != Refuse {
		return nil
	}
	n, err := s.CountOverflow(to)
	if err == nil && n > 0 {
		err = &OverflowError{OverflowReport{{Name: s.Name, From: s.DType, To: to, Overflow: n, Values: s.NumElements()}}}
	}
	return err
}

// WriteAs writes the data to w in the format to, a piece at a time, on all processors and in little memory. Data that already has the format is written
// as it is. Under Refuse an overflow is an [OverflowError] and nothing is written; other errors are those of [Stored.CountOverflow] and of w.
func (s Stored) WriteAs(w io.Writer, to DType, policy Overflow) error {
	c, err := s.check(to, policy == Saturate)
	if err == nil {
		err = s.refuse(to, policy)
	}
	if err != nil {
		return err
	}
	if c.from == c.to {
		return s.copyTo(w)
	}
	return s.stream(w, c)
}

// pieceBytes is how much of a tensor is looked at together: large enough to be worth a call, small enough to stay in the second-level cache.
const pieceBytes = 256 << 10

// copyTo writes the data as it is.
func (s Stored) copyTo(w io.Writer) error {
	const most = 16 * pieceBytes // of memory, where View makes a copy
	for from := int64(0); from < s.Bytes; from += most {
		err := s.View(from, min(from+most, s.Bytes), func(data []byte) error {
			_, err := w.Write(data)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// pieceElements is how many elements a piece has: pieceBytes of the wider format.
func pieceElements(c cast) int { return pieceBytes * 8 / max(c.from.Bits(), c.to.Bits()) }

// mostPieces bounds the memory of batches.
const mostPieces = 32

// stream converts the data in batches of pieces, and writes each batch while the next one is converted.
func (s Stored) stream(w io.Writer, c cast) error {
	pieces := min(runtime.GOMAXPROCS(0), mostPieces)
	batch := int64(pieces * pieceElements(c))
	total := s.Bytes * 8 / int64(c.from.Bits())
	width := int64(c.to.Bits() / 8)
	var made, spare []byte // of the batch to write, and of the one to convert
	for first := int64(0); first < total || len(made) > 0; first += batch {
		n := min(batch, max(0, total-first))
		if int64(cap(spare)) < n*width {
			spare = make([]byte, n*width)
		}
		spare = spare[:n*width]
		errs := make([]error, 1+pieces)
		parallel.Run(len(errs), func(i int) {
			if i == 0 {
				if len(made) > 0 {
					_, errs[0] = w.Write(made)
				}
				return
			}
			size := int64(pieceElements(c))
			lo := min(n, int64(i-1)*size)
			hi := min(n, lo+size)
			errs[i] = s.convert(c, spare[lo*width:hi*width], first+lo, first+hi)
		})
		if err := cmp.Or(errs...); err != nil {
			return err
		}
		made, spare = spare, made
	}
	return nil
}

// convert converts the elements from, ..., to-1.
func (s Stored) convert(c cast, dst []byte, from, to int64) error {
	if from == to {
		return nil
	}
	width := int64(c.from.Bits() / 8)
	return s.View(from*width, to*width, func(data []byte) error {
		c.convert(dst, data)
		return nil
	})
}
