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
	return cmp.Or(err, s.overflow(n, to))
}

// WriteAs writes the data to w in the format to, in one pass and in little memory. Data that already has the format is written as it is. Under Refuse an
// overflow is an [OverflowError] when all has been looked at: what was written until then is to be thrown away. Other errors are those of
// [Stored.CountOverflow] and of w.
func (s Stored) WriteAs(w io.Writer, to DType, policy Overflow) error {
	c, err := s.check(to, policy == Saturate)
	if err != nil {
		return err
	}
	if c.from == c.to {
		return s.copyTo(w)
	}
	n, err := s.stream(w, c, policy == Refuse && !c.fitsAll())
	return cmp.Or(err, s.overflow(n, to))
}

// overflow returns the OverflowError of n values that are too large for a format.
func (s Stored) overflow(n int, to DType) error {
	if n == 0 {
		return nil
	}
	return &OverflowError{OverflowReport{{Name: s.Name, From: s.DType, To: to, Overflow: n, Values: s.NumElements()}}}
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

// stream converts the data in batches of a piece for each processor but one, which is left to what writes the file. Where it has to count the values
// that the format cannot hold, it writes nothing after the first of them, and returns how many there are.
func (s Stored) stream(w io.Writer, c cast, counts bool) (int, error) {
	pieces := int64(max(1, min(runtime.GOMAXPROCS(0)-1, mostPieces)))
	size := int64(pieceElements(c))
	total := s.Bytes * 8 / int64(c.from.Bits())
	width := int64(c.to.Bits() / 8)
	made := make([]byte, min(total, pieces*size)*width)
	errs := make([]error, pieces)
	var beyond atomic.Int64
	for first := int64(0); first < total; first += pieces * size {
		n := min(pieces*size, total-first)
		parallel.Run(int((n+size-1)/size), func(i int) {
			lo := int64(i) * size
			hi := min(n, lo+size)
			errs[i] = s.convert(c, made[lo*width:hi*width], first+lo, first+hi, func(data []byte) {
				if counts {
					beyond.Add(int64(c.count(data)))
				}
			})
		})
		if err := cmp.Or(errs...); err != nil {
			return 0, err
		}
		if beyond.Load() > 0 {
			continue
		}
		if _, err := w.Write(made[:n*width]); err != nil {
			return 0, err
		}
	}
	return int(beyond.Load()), nil
}

// convert converts the elements from, ..., to-1, which see is shown first.
func (s Stored) convert(c cast, dst []byte, from, to int64, see func(data []byte)) error {
	width := int64(c.from.Bits() / 8)
	return s.View(from*width, to*width, func(data []byte) error {
		see(data)
		c.convert(dst, data)
		return nil
	})
}
