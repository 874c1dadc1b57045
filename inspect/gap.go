package inspect

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"math"

	"github.com/heft-ml/heft/dtype"
)

// Gap is how far the values of two tensors of one shape are from each other.
type Gap struct {
	Differ int     `json:"differ"`  // pairs beyond the tolerance
	Values int     `json:"values"`  // all pairs
	MaxAbs Number  `json:"max_abs"` // largest |a-b|; infinite or NaN where one of a pair is, and the other is not the same: null in JSON
	MaxRel Number  `json:"max_rel"` // largest |a-b| / max(|a|, |b|)
	MaxULP *uint64 `json:"max_ulp"` // most numbers of the coarser of the two formats from one of a pair to the other; nil unless both are floats
	Cosine Number  `json:"cosine"`  // of the angle between the tensors as vectors; NaN when one is 0
}

// compareValues compares two tensors of one shape. The gap is nil when they are the same to the bit, or
// are not numbers that can be read.
func compareValues(ctx context.Context, a, b *Source, infoA, infoB dtype.Info, tolerance Tolerance) (gap *Gap, differ bool, err error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	if same, err := sameBytes(a, b, infoA, infoB); same || err != nil {
		return nil, false, err
	}
	x, errA := a.Decoded(infoA.Name)
	y, errB := b.Decoded(infoB.Name)
	if errA != nil || errB != nil || !x.DType.Castable() || !y.DType.Castable() {
		return nil, true, nil
	}
	m := meter{tolerance: tolerance, steps: coarser(x.DType, y.DType)}
	n := int64(x.NumElements())
	for from := int64(0); from < n; from += pairs {
		if err := ctx.Err(); err != nil {
			return nil, false, err
		}
		to := min(from+pairs, n)
		part, err := piece(x, from, to)
		if err != nil {
			return nil, false, err
		}
		other, err := piece(y, from, to)
		if err != nil {
			return nil, false, err
		}
		m.add(part, other)
	}
	return m.gap(), m.differ > 0, nil
}

// pairs is how many values are compared together: whole blocks of every type of ggml.
const pairs = 1 << 14

// piece copies some elements of a tensor.
func piece(t dtype.Stored, from, to int64) (dtype.Tensor, error) {
	width := int64(t.DType.Bits() / 8)
	p := dtype.Tensor{Name: t.Name, DType: t.DType, Shape: []int{int(to - from)}}
	err := t.View(from*width, to*width, func(data []byte) error {
		p.Data = bytes.Clone(data)
		return nil
	})
	if err == nil {
		err = p.Check()
	}
	return p, err
}

// sameBytes compares tensors by what the files have.
func sameBytes(a, b *Source, infoA, infoB dtype.Info) (same bool, err error) {
	if infoA.Type != infoB.Type || infoA.Bytes != infoB.Bytes {
		return false, nil
	}
	err = a.View(infoA.Name, func(x []byte) error {
		return b.View(infoB.Name, func(y []byte) error {
			same = bytes.Equal(x, y)
			return nil
		})
	})
	return same, err
}

// coarser returns the float of fewer digits; 0, where one is no float.
func coarser(a, b dtype.DType) dtype.DType {
	x, y := a.Limits().SignificandBits, b.Limits().SignificandBits
	switch {
	case x == 0 || y == 0:
		return 0
	case x <= y:
		return a
	}
	return b
}

// meter measures pair after pair.
type meter struct {
	tolerance      Tolerance
	steps          dtype.DType // in which they are counted; 0: they are not
	differ, values int
	abs, rel       float64
	ulp            uint64
	xx, yy, xy     float64
	x, y, lost     []float64 // room for a piece
}

// add takes in two pieces of the same length.
func (m *meter) add(a, b dtype.Tensor) {
	m.x, m.y = numbersOf(a, m.x), numbersOf(b, m.y)
	m.lost = append(m.lost[:0], make([]float64, len(m.x))...)
	addLost(m.lost, a, m.x, 1)
	addLost(m.lost, b, m.y, -1)
	for i, x := range m.x {
		y := m.y[i]
		m.values++
		m.xx, m.yy, m.xy = m.xx+float64(x*x), m.yy+float64(y*y), m.xy+float64(x*y)
		if x == y && m.lost[i] == 0 || x != x && y != y {
			continue
		}
		d := math.Abs(x - y + m.lost[i])
		m.abs = max(m.abs, d) // NaN, where it is, stays
		m.rel = max(m.rel, d/max(math.Abs(x), math.Abs(y)))
		if !(d <= m.tolerance.Abs+m.tolerance.Rel*math.Abs(y)) || math.IsInf(d, 0) {
			m.differ++
		}
	}
	if m.steps != 0 {
		m.ulp = max(m.ulp, farthest(keysOf(a, m.steps), keysOf(b, m.steps)))
	}
}

// numbersOf reads a piece that is known to be castable and whole.
func numbersOf(t dtype.Tensor, room []float64) []float64 {
	values, err := t.Float64s(room[:0])
	if err != nil {
		panic(fmt.Errorf("inspect: %w", err))
	}
	return values
}

// addLost adds, times sign, what the rounding of 64-bit integers to float64 took from each: 0, for formats that float64
// holds. It is the error of a sum of the two halves of an integer, which float64 does hold (Dekker, A floating-point
// technique for extending the available precision, 1971).
func addLost(sum []float64, t dtype.Tensor, rounded []float64, sign float64) {
	if t.DType != dtype.I64 && t.DType != dtype.U64 {
		return
	}
	for i, x := range rounded {
		bits := binary.LittleEndian.Uint64(t.Data[8*i:])
		high, low := float64(bits>>32), float64(uint32(bits))
		if t.DType == dtype.I64 {
			high = float64(int64(bits) >> 32)
		}
		sum[i] += sign * (low - (x - high*(1<<32)))
	}
}

// keysOf returns the values as floats of one format, counted from the lowest.
func keysOf(t dtype.Tensor, to dtype.DType) []uint64 {
	t, err := t.As(to, dtype.AllowInf)
	if err != nil {
		panic(fmt.Errorf("inspect: %w", err))
	}
	width := to.Bits() / 8
	keys := make([]uint64, len(t.Data)/width)
	sign := uint64(1) << (to.Bits() - 1)
	for i := range keys {
		bits := uint64(0)
		for j := width - 1; j >= 0; j-- {
			bits = bits<<8 | uint64(t.Data[i*width+j])
		}
		if keys[i] = sign + bits; bits&sign != 0 {
			keys[i] = sign - bits&^sign // -0 is where 0 is
		}
	}
	return keys
}

// farthest returns the largest distance of a pair. Where one is NaN it counts what lies between.
func farthest(a, b []uint64) uint64 {
	most := uint64(0)
	for i, x := range a {
		most = max(most, max(x, b[i])-min(x, b[i]))
	}
	return most
}

func (m *meter) gap() *Gap {
	cosine := m.xy / (math.Sqrt(m.xx) * math.Sqrt(m.yy))
	g := &Gap{Differ: m.differ, Values: m.values, MaxAbs: Number(m.abs), MaxRel: Number(m.rel), Cosine: Number(min(max(cosine, -1), 1))}
	if m.steps != 0 {
		g.MaxULP = &m.ulp
	}
	return g
}
