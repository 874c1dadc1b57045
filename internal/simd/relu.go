package simd

// ReLU computes y = max(x, 0). NaN stays NaN.
func ReLU[T Float](y, x []T) {
	if single[T]() && reluKernel(f32(y), f32(x)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		if v <= 0 {
			v = 0
		}
		y[i] = v
	}
}

// ReLUBackward computes dx = dy, or 0 where y = 0.
func ReLUBackward[T Float](dx []T, beta T, dy, y []T) {
	if single[T]() && reluBackwardKernel(f32(dx), float32(beta), f32(dy), f32(y)) {
		return
	}
	dy, y = dy[:len(dx)], y[:len(dx)]
	for i := range dx {
		d := dy[i]
		if y[i] <= 0 {
			d = 0
		}
		put(dx, beta, i, d)
	}
}

// LeakyReLU computes y = x where x > 0, else slope * x.
func LeakyReLU[T Float](y []T, slope T, x []T) {
	if single[T]() && leakyReluKernel(f32(y), f32(x), float32(slope)) {
		return
	}
	x = x[:len(y)]
	for i, v := range x {
		if v <= 0 {
			v *= slope
		}
		y[i] = v
	}
}

// LeakyReLUBackward computes dx = dy where x > 0, else slope * dy.
func LeakyReLUBackward[T Float](dx []T, beta T, slope T, dy, x []T) {
	if single[T]() && leakyReluBackwardKernel(f32(dx), float32(beta), f32(dy), f32(x), float32(slope)) {
		return
	}
	dy, x = dy[:len(dx)], x[:len(dx)]
	for i := range dx {
		d := dy[i]
		if x[i] <= 0 {
			d *= slope
		}
		put(dx, beta, i, d)
	}
}
