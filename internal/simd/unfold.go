package simd

// Window is how a kernel moves over planes. In pairs the height comes first.
type Window struct {
	In, Out                           [2]int // height and width of the plane, and how often the kernel fits there
	Kernel, Stride, Padding, Dilation [2]int
}

// reach returns the range of columns of the result for which column kx of the kernel meets the plane.
func (w *Window) reach(kx int) (lo, hi int) {
	off := kx*w.Dilation[1] - w.Padding[1] // the plane's column at column 0 of the result
	s := w.Stride[1]
	if off < 0 {
		lo = (-off + s - 1) / s
	}
	if off < w.In[1] {
		hi = (w.In[1] - off + s - 1) / s
	}
	hi = min(hi, w.Out[1])
	return min(lo, hi), hi
}

// row returns which row of the plane row ky of the kernel meets at row y of the result, or false if it is padding.
func (w *Window) row(y, ky int) (int, bool) {
	i := y*w.Stride[0] - w.Padding[0] + ky*w.Dilation[0]
	return i, i >= 0 && i < w.In[0]
}

// tap returns the channel and the place in the kernel that a row of an unfolded matrix belongs to.
func (w *Window) tap(r int) (c, ky, kx int) {
	kx = r % w.Kernel[1]
	r /= w.Kernel[1]
	return r / w.Kernel[0], r % w.Kernel[0], kx
}

// run is a piece of a row of the result, and of the row of the planes that it meets under one element of the kernel.
type run struct {
	tap      int // which element: the number of the row of an unfolded matrix
	at, from int // where the pieces start, in the result and in the planes
	n        int
}

// runs calls f for every row of the planes that an element of the kernel meets at the positions [start, end).
func (w *Window) runs(tap, start, end int, f func(r run)) {
	c, ky, kx := w.tap(tap)
	lo, hi := w.reach(kx)
	column := kx*w.Dilation[1] - w.Padding[1]
	for at := start; at < end; {
		y, first := at/w.Out[1], at%w.Out[1]
		last := min(w.Out[1], first+end-at)
		a, b := max(lo, first), min(hi, last)
		if i, ok := w.row(y, ky); ok && a < b {
			f(run{tap, at - first + a, (c*w.In[0]+i)*w.In[1] + a*w.Stride[1] + column, b - a})
		}
		at += last - first
	}
}

// Unfold writes what the kernel meets, as the columns of a matrix (im2col): row (c, ky, kx) of dst holds, for each of the
// positions [from, to) of the result, the element of x under that element of the kernel, or 0 for padding.
//
//	x [channels, height, width], dst [channels*kernel height*kernel width, to-from], its rows ld apart
func Unfold[T Float](dst []T, ld int, x []T, channels int, w *Window, from, to int) {
	for tap := range channels * w.Kernel[0] * w.Kernel[1] {
		row := dst[tap*ld:][:to-from]
		if w.Padding != [2]int{} {
			clear(row)
		}
		w.runs(tap, from, to, func(r run) { take(row[r.at-from:][:r.n], x[r.from:], w.Stride[1]) })
	}
}

// take copies elements of x, step apart.
func take[T Float](dst, x []T, step int) {
	if step == 1 {
		copy(dst, x)
		return
	}
	for i := range dst {
		dst[i] = x[i*step]
	}
}

// Fold adds an unfolded matrix to the planes that its elements would come from: the gradient of [Unfold].
//
//	dx [channels, height, width], src [channels*kernel height*kernel width, to-from], its rows ld apart
func Fold[T Float](dx, src []T, ld, channels int, w *Window, from, to int) {
	for tap := range channels * w.Kernel[0] * w.Kernel[1] {
		row := src[tap*ld:][:to-from]
		w.runs(tap, from, to, func(r run) { add(dx[r.from:], row[r.at-from:][:r.n], w.Stride[1]) })
	}
}

// add adds to elements of dx, step apart.
func add[T Float](dx, src []T, step int) {
	if step == 1 {
		dx = dx[:len(src)]
		Add(dx, dx, src)
		return
	}
	for i, v := range src {
		dx[i*step] += v
	}
}
