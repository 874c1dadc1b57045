package simd

// The functions of this file slide one kernel over one plane: what a depthwise convolution does for each channel.

// eachRun calls f for every element of the kernel and every row that it meets.
func (w *Window) eachRun(f func(r run)) {
	for tap := range w.Kernel[0] * w.Kernel[1] {
		w.runs(tap, 0, w.Out[0]*w.Out[1], f)
	}
}

// Correlate adds to y the sums of what the kernel meets on x times the kernel's elements.
//
//	x [height, width], kernel [kernel height, kernel width], y [rows, columns]
func Correlate[T Float](y, x, kernel []T, w *Window) {
	step := w.Stride[1]
	w.eachRun(func(r run) {
		y, v := y[r.at:][:r.n], kernel[r.tap]
		if step == 1 {
			Scale(y, 1, v, x[r.from:][:r.n])
			return
		}
		for i := range y {
			y[i] += T(v * x[r.from+i*step])
		}
	})
}

// CorrelateBackward adds the gradient of [Correlate] with respect to x.
func CorrelateBackward[T Float](dx, dy, kernel []T, w *Window) {
	step := w.Stride[1]
	w.eachRun(func(r run) {
		dy, v := dy[r.at:][:r.n], kernel[r.tap]
		if step == 1 {
			Scale(dx[r.from:][:r.n], 1, v, dy)
			return
		}
		for i, d := range dy {
			dx[r.from+i*step] += T(v * d)
		}
	})
}

// CorrelateSums adds the gradient of [Correlate] with respect to the kernel.
func CorrelateSums[T Float](sums []float64, dy, x []T, w *Window) {
	step := w.Stride[1]
	w.eachRun(func(r run) {
		var s float64
		for i, d := range dy[r.at:][:r.n] {
			s += float64(float64(d) * float64(x[r.from+i*step]))
		}
		sums[r.tap] += s
	})
}
