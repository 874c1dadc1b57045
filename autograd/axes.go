package autograd

import (
	"slices"

	"github.com/heft-ml/heft/internal/simd"
)

// axis resolves an axis that may count from the end.
func (x *Tensor[T]) axis(op string, a int) int {
	rank := len(x.shape)
	if a < -rank || a >= rank {
		misuse(op, "axis %d of shape %v: axes run from %d to %d", a, x.shape, -rank, rank-1)
	}
	if a < 0 {
		a += rank
	}
	return a
}

// split returns the lengths before, at and after one axis.
func (x *Tensor[T]) split(axis int) (outer, n, inner int) {
	return product(x.shape[:axis]), x.shape[axis], product(x.shape[axis+1:])
}

// gathered returns x with the given axes next to each other (none means all), as the lengths before, of and after
// them, and the shape that is left without them. It permutes x only if the axes are apart.
func (x *Tensor[T]) gathered(op string, axes []int) (z *Tensor[T], outer, n, inner int, rest []int) {
	rank := len(x.shape)
	if len(axes) == 0 {
		return x, 1, len(x.data), 1, nil
	}
	var marks [usualAxes]bool
	reduced := append(marks[:0], make([]bool, rank)...)
	for _, a := range axes {
		a = x.axis(op, a)
		if reduced[a] {
			misuse(op, "axis %d is named twice", a)
		}
		reduced[a] = true
	}
	first := slices.Index(reduced, true)
	last := first + len(axes)
	rest = make([]int, 0, rank)
	for a, d := range x.shape {
		if !reduced[a] {
			rest = append(rest, d)
		}
	}
	if last <= rank && !slices.Contains(reduced[first:last], false) {
		return x, product(x.shape[:first]), product(x.shape[first:last]), product(x.shape[last:]), rest
	}
	order := make([]int, 0, rank)
	for _, want := range []bool{false, true} {
		for a := range rank {
			if reduced[a] == want {
				order = append(order, a)
			}
		}
	}
	z = x.Permute(order...)
	return z, product(rest), product(z.shape[len(rest):]), 1, rest
}

func product(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

func sameShape(a, b []int) bool { return slices.Equal(a, b) }

// broadcastShape returns the shape that the shapes of xs stretch to (NumPy's rule).
func broadcastShape[T Float](op string, xs ...*Tensor[T]) []int {
	shape := xs[0].shape
	for _, z := range xs[1:] {
		if !sameShape(shape, z.shape) {
			joint, ok := joinShapes(nil, shape, z.shape)
			if !ok {
				xs[0].mismatch(op, "axes must be equal, or 1, counted from the last", xs[1:]...)
			}
			shape = joint
		}
	}
	return shape
}

// joinShapes appends to joint, which is empty, the shape that two shapes stretch to.
func joinShapes(joint, a, b []int) (_ []int, ok bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	joint = append(joint, a...)
	for i, d := range b {
		j := len(a) - len(b) + i
		switch {
		case joint[j] == 1:
			joint[j] = d
		case d != 1 && d != joint[j]:
			return nil, false
		}
	}
	return joint, true
}

// broadcast returns x's values stretched to the shape of y, whose op reads them: x's own where the shapes are equal,
// else a copy that lives until Reset.
func (x *Tensor[T]) broadcast(y *Tensor[T]) []T {
	if sameShape(x.shape, y.shape) {
		return x.data
	}
	return x.stretch(y, y.Save(len(y.data)))
}

// passing is broadcast for an op that goes back without the values.
func (x *Tensor[T]) passing(y *Tensor[T]) []T {
	if sameShape(x.shape, y.shape) {
		return x.data
	}
	return x.stretch(y, y.Temp(len(y.data)))
}

// stretch repeats x in full to y's shape.
func (x *Tensor[T]) stretch(y *Tensor[T], full []T) []T {
	walkStretch(x.shape, y.shape, func(to, from, n, step int) {
		if step == 0 {
			simd.Fill(full[to:to+n], x.data[from])
		} else {
			copy(full[to:to+n], x.data[from:])
		}
	})
	return full
}

// reduceTo adds to part the sums of full over the axes along which part repeats.
func reduceTo[T Float](part []T, partShape []int, full []T, fullShape []int) {
	var axes [usualAxes]stretchAxis
	if s := newStretch(axes[:0], partShape, fullShape); len(s) == 2 && s[0].step == 1 { // the rows of a matrix, as for a bias
		simd.ColumnSums(part, 1, full)
		return
	}
	walkStretch(partShape, fullShape, func(from, to, n, step int) {
		if step == 0 {
			part[to] += T(simd.Sum(full[from : from+n]))
		} else {
			simd.Add(part[to:to+n], part[to:to+n], full[from:from+n])
		}
	})
}

// stretch says how a part repeats within a full shape: the axes of the full shape, the last first. Axes of
// length 1 are left out, and neighbours of one kind are merged.
type stretch []stretchAxis

type stretchAxis struct {
	length int
	step   int // in the part; 0 where it repeats
	at     int // where a walk is
}

// usualAxes is how many axes a stretch, or a shape, seldom exceeds: memory for so many stays off the heap.
const usualAxes = 8

// newStretch appends the axes to s, which is empty.
func newStretch(s stretch, part, full []int) stretch {
	stride := 1
	for i := len(full) - 1; i >= 0; i-- {
		if full[i] == 1 {
			continue
		}
		j := i - (len(full) - len(part))
		repeats := j < 0 || part[j] == 1
		step := stride
		if repeats {
			step = 0
		} else {
			stride *= full[i]
		}
		if k := len(s) - 1; k >= 0 && (s[k].step == 0) == repeats {
			s[k].length *= full[i]
		} else {
			s = append(s, stretchAxis{length: full[i], step: step})
		}
	}
	return s
}

// walkStretch calls f for every run along the last axis: where it starts in the full and in the part, its length, and
// the step in the part, 0 or 1.
func walkStretch(part, full []int, f func(full, part, n, step int)) {
	var axes [usualAxes]stretchAxis
	s := newStretch(axes[:0], part, full)
	if len(s) == 0 {
		f(0, 0, 1, 1)
		return
	}
	last, others := s[0], s[1:]
	total := product(full)
	for at := 0; at < total; at += last.length {
		from := 0
		for _, a := range others {
			from += a.at * a.step
		}
		f(at, from, last.length, last.step)
		for i := range others {
			a := &others[i]
			if a.at++; a.at < a.length {
				break
			}
			a.at = 0
		}
	}
}
