package simd

// Greater computes dst = a > b. A comparison with NaN is false.
func Greater[T Float](dst []bool, a, b []T) {
	if single[T]() && greaterKernel(dst, f32(a), f32(b)) {
		return
	}
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] > b[i]
	}
}

// GreaterEqual computes dst = a >= b. A comparison with NaN is false.
func GreaterEqual[T Float](dst []bool, a, b []T) {
	if single[T]() && greaterEqualKernel(dst, f32(a), f32(b)) {
		return
	}
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] >= b[i]
	}
}

// Equal computes dst = a == b. NaN equals nothing.
func Equal[T Float](dst []bool, a, b []T) {
	if single[T]() && equalKernel(dst, f32(a), f32(b)) {
		return
	}
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] == b[i]
	}
}

// IsNaN computes whether x is NaN.
func IsNaN[T Float](dst []bool, x []T) {
	if single[T]() && isNaNKernel(dst, f32(x)) {
		return
	}
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = v != v
	}
}

// IsFinite computes whether x is neither NaN nor infinite.
func IsFinite[T Float](dst []bool, x []T) {
	if single[T]() && isFiniteKernel(dst, f32(x)) {
		return
	}
	x = x[:len(dst)]
	for i, v := range x {
		dst[i] = v-v == 0
	}
}

// Where computes y = x where mask is true, else z.
func Where[T Float](y []T, mask []bool, x, z []T) {
	if single[T]() && whereKernel(f32(y), mask, f32(x), f32(z)) {
		return
	}
	mask, x, z = mask[:len(y)], x[:len(y)], z[:len(y)]
	for i := range y {
		if mask[i] {
			y[i] = x[i]
		} else {
			y[i] = z[i]
		}
	}
}

// WhereBackward computes dx = dy where mask equals side, else 0, plus beta * dx.
func WhereBackward[T Float](dx []T, beta T, dy []T, mask []bool, side bool) {
	var word uint32
	if side {
		word = 1
	}
	if single[T]() && whereBackwardKernel(f32(dx), float32(beta), f32(dy), mask, word) {
		return
	}
	dy, mask = dy[:len(dx)], mask[:len(dx)]
	for i := range dx {
		var d T
		if mask[i] == side {
			d = dy[i]
		}
		put(dx, beta, i, d)
	}
}

// Clamp computes y = x moved into [lo, hi], lo <= hi. NaN stays NaN.
func Clamp[T Float](y []T, lo, hi T, x []T) {
	if single[T]() && clampKernel(f32(y), f32(x), float32(lo), float32(hi)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		if v < lo {
			v = lo
		} else if v > hi {
			v = hi
		}
		y[i] = v
	}
}

// ClampBackward computes dx = dy, or 0 where x is on an end of [lo, hi] or outside, plus beta * dx.
func ClampBackward[T Float](dx []T, beta T, lo, hi T, dy, x []T) {
	if single[T]() && clampBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x), float32(lo), float32(hi)) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		d := dy[i]
		if x[i] <= lo || x[i] >= hi {
			d = 0
		}
		put(dx, beta, i, d)
	}
}
