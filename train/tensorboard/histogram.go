package tensorboard

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
)

// Histogram says how many values lie where: TensorFlow's HistogramProto.
type Histogram struct {
	Min, Max   float64 // of the values
	Num        float64 // how many there are
	Sum        float64
	SumSquares float64

	Limits []float64 // right edges of the buckets, ascending; a bucket begins where the one before ends, and the first at -MaxFloat64
	Counts []float64 // how many values are in each; as long as Limits
}

const (
	histoMin         = 1 // double
	histoMax         = 2 // double
	histoNum         = 3 // double
	histoSum         = 4 // double
	histoSumSquares  = 5 // double
	histoBucketLimit = 6 // packed repeated double
	histoBucket      = 7 // packed repeated double
)

func (h *Histogram) append(dst []byte) []byte {
	dst = appendDouble(dst, histoMin, h.Min)
	dst = appendDouble(dst, histoMax, h.Max)
	dst = appendDouble(dst, histoNum, h.Num)
	dst = appendDouble(dst, histoSum, h.Sum)
	dst = appendDouble(dst, histoSumSquares, h.SumSquares)
	dst = appendDoubles(dst, histoBucketLimit, h.Limits)
	return appendDoubles(dst, histoBucket, h.Counts)
}

func appendDoubles(dst []byte, number int, vs []float64) []byte {
	return appendMessage(dst, number, func(dst []byte) []byte {
		for _, v := range vs {
			dst = binary.LittleEndian.AppendUint64(dst, math.Float64bits(v))
		}
		return dst
	})
}

func decodeHistogram(message []byte) (*Histogram, error) {
	h := new(Histogram)
	numbers := [...]*float64{histoMin: &h.Min, histoMax: &h.Max, histoNum: &h.Num, histoSum: &h.Sum, histoSumSquares: &h.SumSquares}
	for f, err := range fields(message) {
		switch {
		case err != nil:
			return nil, err
		case f.number <= histoSumSquares && f.kind == fixed64:
			*numbers[f.number] = f.double()
		case f.number == histoBucketLimit:
			h.Limits, err = decodeDoubles(h.Limits, f)
		case f.number == histoBucket:
			h.Counts, err = decodeDoubles(h.Counts, f)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(h.Limits) != len(h.Counts) {
		return nil, fmt.Errorf("%d limits of buckets, but %d counts", len(h.Limits), len(h.Counts))
	}
	if len(h.Limits) == 0 {
		return nil, errors.New("no buckets")
	}
	return h, nil
}

// decodeDoubles adds what one field holds of a repeated double. Packed or not, readers take both, says the specification.
func decodeDoubles(vs []float64, f field) ([]float64, error) {
	switch f.kind {
	case fixed64:
		return append(vs, f.double()), nil
	case sized:
		if len(f.bytes)%8 != 0 {
			return nil, fmt.Errorf("field %d has %d bytes, no multiple of 8", f.number, len(f.bytes))
		}
		for b := f.bytes; len(b) > 0; b = b[8:] {
			vs = append(vs, math.Float64frombits(binary.LittleEndian.Uint64(b)))
		}
	}
	return vs, nil
}
