package simd

// With a stride of 1, what an element of a kernel meets on a padded plane is the plane itself from some element on: a
// whole row of an unfolded matrix is one run of memory. The functions of this file count positions so, through the rows
// of the padded plane: each row of the result is followed by the columns in which the kernel would leave the plane.

// Padded returns height and width of a plane with its padding.
func (w *Window) Padded() (height, width int) {
	return w.In[0] + 2*w.Padding[0], w.In[1] + 2*w.Padding[1]
}

// Span is how many positions there are, the columns between rows of the result included.
func (w *Window) Span() int {
	_, width := w.Padded()
	return (w.Out[0]-1)*width + w.Out[1]
}

// offset is where the run of memory under an element of the kernel starts in padded planes.
func (w *Window) offset(r int) int {
	height, width := w.Padded()
	c, ky, kx := w.tap(r)
	return (c*height+ky*w.Dilation[0])*width + kx*w.Dilation[1]
}

// Slide is [Unfold] for a stride of 1 and padded planes.
//
//	x [channels, padded height, padded width], dst [channels*kernel height*kernel width, to-from], its rows ld apart
func Slide[T Float](dst []T, ld int, x []T, channels int, w *Window, from, to int) {
	for r := range channels * w.Kernel[0] * w.Kernel[1] {
		copy(dst[r*ld:][:to-from], x[w.offset(r)+from:])
	}
}

// SlideBackward is [Fold] for a stride of 1 and padded planes.
func SlideBackward[T Float](dx, src []T, ld, channels int, w *Window, from, to int) {
	for r := range channels * w.Kernel[0] * w.Kernel[1] {
		part := dx[w.offset(r)+from:][:to-from]
		Add(part, part, src[r*ld:])
	}
}

// inner returns where a row of a plane starts, in the padded planes and in those without.
func (w *Window) inner(c, row int) (padded, plain int) {
	height, width := w.Padded()
	return (c*height+row+w.Padding[0])*width + w.Padding[1], (c*w.In[0] + row) * w.In[1]
}

// Pad copies planes into padded ones, among zeros.
//
//	x [channels, height, width], dst [channels, padded height, padded width]
func Pad[T Float](dst, x []T, channels int, w *Window) {
	clear(dst)
	for c := range channels {
		for row := range w.In[0] {
			padded, plain := w.inner(c, row)
			copy(dst[padded:][:w.In[1]], x[plain:])
		}
	}
}

// PadBackward gives the gradient of padded planes to the planes in them: dx = src + beta * dx.
func PadBackward[T Float](dx []T, beta T, src []T, channels int, w *Window) {
	for c := range channels {
		for row := range w.In[0] {
			padded, plain := w.inner(c, row)
			Scale(dx[plain:][:w.In[1]], beta, 1, src[padded:][:w.In[1]])
		}
	}
}

// Narrow takes the columns between rows out: y [channels, rows, columns] from src [channels, span].
func Narrow[T Float](y, src []T, channels int, w *Window) {
	w.eachRow(channels, func(wide, narrow int) { copy(y[narrow:][:w.Out[1]], src[wide:]) })
}

// Widen puts columns of zeros between rows: dst [channels, span] from y [channels, rows, columns].
func Widen[T Float](dst, y []T, channels int, w *Window) {
	clear(dst)
	w.eachRow(channels, func(wide, narrow int) { copy(dst[wide:][:w.Out[1]], y[narrow:]) })
}

// eachRow calls f for every row of the result: where it starts with columns between rows, and without.
func (w *Window) eachRow(channels int, f func(wide, narrow int)) {
	_, width := w.Padded()
	span := w.Span()
	for c := range channels {
		for row := range w.Out[0] {
			f(c*span+row*width, (c*w.Out[0]+row)*w.Out[1])
		}
	}
}
