package simd

// Fill sets all of dst to v.
func Fill[T Float](dst []T, v T) { spread(dst, 0, v) }

// spread computes dx = v + beta * dx.
func spread[T Float](dx []T, beta, v T) {
	if single[T]() && fillKernel(f32(dx), float32(beta), float32(v)) {
		return
	}
	for i := range dx {
		put(dx, beta, i, v)
	}
}

// Add computes dst = a + b.
func Add[T Float](dst, a, b []T) {
	if single[T]() && addKernel(f32(dst), f32(a), f32(b)) {
		return
	}
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + b[i]
	}
}

// Sub computes dst = a - b.
func Sub[T Float](dst, a, b []T) {
	if single[T]() && subKernel(f32(dst), f32(a), f32(b)) {
		return
	}
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] - b[i]
	}
}

// Mul computes dst = a * b.
func Mul[T Float](dst, a, b []T) {
	if single[T]() && mulKernel(f32(dst), f32(a), f32(b)) {
		return
	}
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] * b[i]
	}
}

// Div computes dst = a / b.
func Div[T Float](dst, a, b []T) {
	if single[T]() && divKernel(f32(dst), f32(a), f32(b)) {
		return
	}
	a, b = a[:len(dst)], b[:len(dst)]
	for i := range dst {
		dst[i] = a[i] / b[i]
	}
}

// Scale computes dst = s * a + beta * dst.
func Scale[T Float](dst []T, beta T, s T, a []T) {
	if single[T]() && scaleKernel(f32(dst), float32(beta), f32(a), float32(s)) {
		return
	}
	a = a[:len(dst)]
	for i := range dst {
		put(dst, beta, i, T(s*a[i]))
	}
}

// AddScalar computes dst = a + s.
func AddScalar[T Float](dst []T, s T, a []T) {
	if single[T]() && addScalarKernel(f32(dst), f32(a), float32(s)) {
		return
	}
	a = a[:len(dst)]
	for i := range dst {
		dst[i] = a[i] + s
	}
}

// MulBackward computes dx = dy * z + beta * dx, the gradient of a product with respect to the factor beside z.
func MulBackward[T Float](dx []T, beta T, dy, z []T) {
	if single[T]() && mulBackwardKernel(f32(dx), float32(beta), f32(dy), f32(z)) {
		return
	}
	dy, z = dy[:len(dx)], z[:len(dx)]
	for i := range dx {
		put(dx, beta, i, T(dy[i]*z[i]))
	}
}

// DivBackward computes dx = dy / z + beta * dx, the gradient of a quotient with respect to the numerator over z.
func DivBackward[T Float](dx []T, beta T, dy, z []T) {
	if single[T]() && divBackwardKernel(f32(dx), float32(beta), f32(dy), f32(z)) {
		return
	}
	dy, z = dy[:len(dx)], z[:len(dx)]
	for i := range dx {
		put(dx, beta, i, dy[i]/z[i])
	}
}

// DivisorBackward computes dz = -dy * y / z + beta * dz, the gradient of y = x / z with respect to z.
func DivisorBackward[T Float](dz []T, beta T, dy, y, z []T) {
	if single[T]() && divisorBackwardKernel(f32(dz), float32(beta), f32(dy), f32(y), f32(z)) {
		return
	}
	dy, y, z = dy[:len(dz)], y[:len(dz)], z[:len(dz)]
	for i := range dz {
		put(dz, beta, i, -dy[i]*y[i]/z[i])
	}
}
