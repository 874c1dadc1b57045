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

// Unfold writes what the kernel meets, as the columns of a matrix (im2col): row (c, ky, kx) of dst holds, for each of the
// positions [from, to) of the result, the element of x under that element of the kernel, or 0 for padding.
//
//	x [channels, height, width], dst [channels*kernel height*kernel width, to-from], its rows ld apart
func Unfold[T Float](dst []T, ld int, x []T, channels int, w *Window, from, to int) {
	plane := w.In[0] * w.In[1]
	for r := range channels * w.Kernel[0] * w.Kernel[1] {
		c, ky, kx := w.tap(r)
		lo, hi := w.reach(kx)
		line := dst[r*ld:][:to-from]
		for at := from; at < to; {
			y, first := at/w.Out[1], at%w.Out[1]
			last := min(w.Out[1], first+to-at)
			part := line[at-from:][:last-first]
			at += last - first
			i, ok := w.row(y, ky)
			a, b := max(lo, first), min(hi, last)
			if !ok || a >= b {
				clear(part)
				continue
			}
			clear(part[:a-first])
			clear(part[b-first:])
			row := x[c*plane+i*w.In[1]:][:w.In[1]]
			take(part[a-first:b-first], row, a*w.Stride[1]+kx*w.Dilation[1]-w.Padding[1], w.Stride[1])
		}
	}
}

// tap returns the channel and the place in the kernel that a row of an unfolded matrix belongs to.
func (w *Window) tap(r int) (c, ky, kx int) {
	kx = r % w.Kernel[1]
	r /= w.Kernel[1]
	return r / w.Kernel[0], r % w.Kernel[0], kx
}

// take copies the elements of a row from the given one on, step apart.
func take[T Float](dst, row []T, from, step int) {
	if step == 1 {
		copy(dst, row[from:])
		return
	}
	for i := range dst {
		dst[i] = row[from]
		from += step
	}
}

// Fold adds an unfolded matrix to the planes that its elements would come from: the gradient of [Unfold].
//
//	dx [channels, height, width], src [channels*kernel height*kernel width, to-from], its rows ld apart
func Fold[T Float](dx, src []T, ld, channels int, w *Window, from, to int) {
	plane := w.In[0] * w.In[1]
	for r := range channels * w.Kernel[0] * w.Kernel[1] {
		c, ky, kx := w.tap(r)
		lo, hi := w.reach(kx)
		line := src[r*ld:][:to-from]
		for at := from; at < to; {
			y, first := at/w.Out[1], at%w.Out[1]
			last := min(w.Out[1], first+to-at)
			part := line[at-from:][:last-first]
			at += last - first
			i, ok := w.row(y, ky)
			a, b := max(lo, first), min(hi, last)
			if ok && a < b {
				row := dx[c*plane+i*w.In[1]:][:w.In[1]]
				add(row, part[a-first:b-first], a*w.Stride[1]+kx*w.Dilation[1]-w.Padding[1], w.Stride[1])
			}
		}
	}
}

// add adds to the elements of a row from the given one on, step apart.
func add[T Float](row, src []T, from, step int) {
	if step == 1 {
		row = row[from:][:len(src)]
		Add(row, row, src)
		return
	}
	for _, v := range src {
		row[from] += v
		from += step
	}
}
