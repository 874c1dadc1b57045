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
	reduced := make([]bool, rank)
	for _, a := range axes {
		a = x.axis(op, a)
		if reduced[a] {
			misuse(op, "axis %d is named twice", a)
		}
		reduced[a] = true
	}
	first := slices.Index(reduced, true)
	last := first + len(axes)
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
			joint, ok := joinShapes(shape, z.shape)
			if !ok {
				xs[0].mismatch(op, "axes must be equal, or 1, counted from the last", xs[1:]...)
			}
			shape = joint
		}
	}
	return shape
}

func joinShapes(a, b []int) (joint []int, ok bool) {
	if len(a) < len(b) {
		a, b = b, a
	}
	joint = slices.Clone(a)
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
	full := y.Save(len(y.data))
	newStretch(x.shape, y.shape).walk(func(to, from, n, step int) {
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
	newStretch(partShape, fullShape).walk(func(from, to, n, step int) {
		if step == 0 {
			part[to] += T(simd.Sum(full[from : from+n]))
		} else {
			simd.Add(part[to:to+n], part[to:to+n], full[from:from+n])
		}
	})
}

// stretch says how a part repeats within a full shape; neighbouring axes of one kind are merged.
type stretch struct {
	dims    []int
	strides []int // in the part; 0 where it repeats
}

func newStretch(part, full []int) stretch {
	var s stretch
	stride := 1
	for i := len(full) - 1; i >= 0; i-- {
		j := i - (len(full) - len(part))
		repeats := j < 0 || part[j] == 1 && full[i] != 1
		step := stride
		if repeats {
			step = 0
		} else {
			stride *= full[i]
		}
		if k := len(s.dims) - 1; k >= 0 && (s.strides[k] == 0) == repeats {
			s.dims[k] *= full[i]
		} else {
			s.dims = append(s.dims, full[i])
			s.strides = append(s.strides, step)
		}
	}
	slices.Reverse(s.dims)
	slices.Reverse(s.strides)
	return s
}

// walk calls f for every run along the last axis: where it starts in the full and in the part, its length, and the
// step in the part, 0 or 1.
func (s stretch) walk(f func(full, part, n, step int)) {
	last := len(s.dims) - 1
	if last < 0 {
		f(0, 0, 1, 1)
		return
	}
	at := make([]int, last)
	n, step := s.dims[last], s.strides[last]
	total := product(s.dims)
	for full := 0; full < total; full += n {
		part := 0
		for a, i := range at {
			part += i * s.strides[a]
		}
		f(full, part, n, step)
		for a := last - 1; a >= 0; a-- {
			if at[a]++; at[a] < s.dims[a] {
				break
			}
			at[a] = 0
		}
	}
}
