package autograd

import "github.com/heft-ml/heft/internal/simd"

// Greater returns where x > z; false at NaN.  x, z: shapes that broadcast to the mask's
func (x *Tensor[T]) Greater(z *Tensor[T]) Mask { return x.compare("greater", z, simd.Greater) }

// GreaterEqual returns where x >= z; false at NaN.  x, z: shapes that broadcast to the mask's
func (x *Tensor[T]) GreaterEqual(z *Tensor[T]) Mask {
	return x.compare("greater_equal", z, simd.GreaterEqual)
}

// Less returns where x < z; false at NaN.  x, z: shapes that broadcast to the mask's
func (x *Tensor[T]) Less(z *Tensor[T]) Mask {
	return x.compare("less", z, func(dst []bool, x, z []T) { simd.Greater(dst, z, x) })
}

// LessEqual returns where x <= z; false at NaN.  x, z: shapes that broadcast to the mask's
func (x *Tensor[T]) LessEqual(z *Tensor[T]) Mask {
	return x.compare("less_equal", z, func(dst []bool, x, z []T) { simd.GreaterEqual(dst, z, x) })
}

// Equal returns where x = z; NaN equals nothing.  x, z: shapes that broadcast to the mask's
func (x *Tensor[T]) Equal(z *Tensor[T]) Mask { return x.compare("equal", z, simd.Equal) }

// NotEqual returns where x ≠ z; true at NaN.  x, z: shapes that broadcast to the mask's
func (x *Tensor[T]) NotEqual(z *Tensor[T]) Mask {
	return x.compare("not_equal", z, simd.Equal).Not()
}

// IsNaN returns where x is NaN.  x, mask: any equal shape
func (x *Tensor[T]) IsNaN() Mask { return x.test(simd.IsNaN) }

// IsFinite returns where x is neither NaN nor infinite.  x, mask: any equal shape
func (x *Tensor[T]) IsFinite() Mask { return x.test(simd.IsFinite) }

func (x *Tensor[T]) compare(op string, z *Tensor[T], kernel func(dst []bool, x, z []T)) Mask {
	m := newMask(broadcastShape(op, x, z))
	y := New(m.Shape, x.Detach(), z.Detach()) // never recorded: it checks the tapes and holds what broadcasting copies
	kernel(m.Data, x.broadcast(y), z.broadcast(y))
	return m
}

func (x *Tensor[T]) test(kernel func(dst []bool, x []T)) Mask {
	x.check()
	m := newMask(x.shape)
	kernel(m.Data, x.data)
	return m
}
