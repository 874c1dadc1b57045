package autograd

import "github.com/heft-ml/heft/internal/simd"

const (
	maxPoolOptions = strideOption | paddingOption | dilationOption
	avgPoolOptions = strideOption | paddingOption | countPaddingOption
)

// MaxPool1d returns the largest element under a window that moves over the last axis (torch.nn.MaxPool1d). Options are
// those of [Tensor.MaxPool2d], but for [KernelWidth].
//
//	x [n, c, width], y [n, c, steps]
func (x *Tensor[T]) MaxPool1d(kernel int, opts ...WindowOption) *Tensor[T] {
	return x.pool("max_pool1d", 1, kernel, maxPoolOptions, opts)
}

// MaxPool2d returns the largest element under a window of kernel by kernel elements that moves over height and width
// (torch.nn.MaxPool2d). NaN wins; of equal elements the first gets the gradient. Options are [Stride], [Padding],
// [Dilation] and [KernelWidth].
//
//	x [n, c, height, width], y [n, c, rows, columns]
//	rows = (height + 2 padding - dilation (kernel - 1) - 1) / stride + 1, rounded down, and columns likewise
func (x *Tensor[T]) MaxPool2d(kernel int, opts ...WindowOption) *Tensor[T] {
	return x.pool("max_pool2d", 2, kernel, maxPoolOptions|kernelWidthOption, opts)
}

// AvgPool1d returns the mean under a window that moves over the last axis (torch.nn.AvgPool1d). Options are those of
// [Tensor.AvgPool2d], but for [KernelWidth].
//
//	x [n, c, width], y [n, c, steps]
func (x *Tensor[T]) AvgPool1d(kernel int, opts ...WindowOption) *Tensor[T] {
	return x.pool("avg_pool1d", 1, kernel, avgPoolOptions, opts)
}

// AvgPool2d returns the mean under a window of kernel by kernel elements that moves over height and width
// (torch.nn.AvgPool2d). Options are [Stride], [Padding], [CountIncludePad] and [KernelWidth].
//
//	x [n, c, height, width], y [n, c, rows, columns]
//	rows = (height + 2 padding - kernel) / stride + 1, rounded down, and columns likewise
func (x *Tensor[T]) AvgPool2d(kernel int, opts ...WindowOption) *Tensor[T] {
	return x.pool("avg_pool2d", 2, kernel, avgPoolOptions|kernelWidthOption, opts)
}

// AdaptiveMaxPool2d returns the largest element of each of rows by columns parts of a plane, which may overlap by one
// row or column (torch.nn.AdaptiveMaxPool2d). Part i of an axis of d runs from i d / parts, rounded down, to
// (i+1) d / parts, rounded up.
//
//	x [n, c, height, width], y [n, c, rows, columns]
func (x *Tensor[T]) AdaptiveMaxPool2d(rows, columns int) *Tensor[T] {
	return x.adaptivePool("adaptive_max_pool2d", rows, columns, true)
}

// AdaptiveAvgPool2d returns the mean of each of rows by columns parts of a plane, those of [Tensor.AdaptiveMaxPool2d]
// (torch.nn.AdaptiveAvgPool2d). AdaptiveAvgPool2d(1, 1) is the mean of every plane.
//
//	x [n, c, height, width], y [n, c, rows, columns]
func (x *Tensor[T]) AdaptiveAvgPool2d(rows, columns int) *Tensor[T] {
	return x.adaptivePool("adaptive_avg_pool2d", rows, columns, false)
}

// pooling is one op.
type pooling[T Float] struct {
	planes[T]
	simd.Pool
	largest bool // of the elements; else their mean
}

func (p *pooling[T]) forward(y, x []T) {
	if p.largest {
		simd.MaxPool(y, x, &p.Pool)
	} else {
		simd.AvgPool(y, x, &p.Pool)
	}
}

func (p *pooling[T]) backward(dx, dy, x, y []T) {
	if p.largest {
		simd.MaxPoolBackward(dx, dy, x, y, &p.Pool)
	} else {
		simd.AvgPoolBackward(dx, dy, &p.Pool)
	}
}

func (x *Tensor[T]) pool(op string, axes, kernel int, has windowOption, opts []WindowOption) *Tensor[T] {
	plane := x.plane(op, axes)
	size := [2]int{1, kernel}
	if axes == 2 {
		size[0] = kernel
	}
	w := windowOf(op, axes, size, has, opts)
	out := x.checkRoom(op, axes, &w, plane)
	p := &pooling[T]{planes: planes[T]{x: x}, largest: has&dilationOption != 0}
	p.lay(plane, out)
	for axis, ranges := range [2][]simd.Range{p.Rows, p.Columns} {
		for i := range ranges {
			ranges[i] = w.covers(axis, i, plane[axis])
		}
	}
	if !w.excludePadding {
		p.Divisor = w.kernel[0] * w.kernel[1]
	}
	return p.run(op, axes)
}

// covers returns what the i-th window covers of an axis of d elements.
func (w *window) covers(axis, i, d int) simd.Range {
	step := w.dilation[axis]
	lo := i*w.stride[axis] - w.padding[axis]
	hi := min(lo+w.reach(axis), d)
	if lo < 0 {
		lo += (-lo + step - 1) / step * step
	}
	return simd.Range{Lo: lo, Hi: max(lo, hi), Step: step}
}

func (x *Tensor[T]) adaptivePool(op string, rows, columns int, largest bool) *Tensor[T] {
	plane := x.plane(op, 2)
	out := [2]int{rows, columns}
	p := &pooling[T]{planes: planes[T]{x: x}, largest: largest}
	for i := range out {
		if out[i] < 1 {
			misuse(op, "rows and columns of the result must be 1 or more, not %d and %d", rows, columns)
		}
		if plane[i] < 1 {
			x.mismatch(op, "height and width must be 1 or more")
		}
	}
	p.lay(plane, out)
	for axis, ranges := range [2][]simd.Range{p.Rows, p.Columns} {
		d, parts := plane[axis], out[axis]
		for i := range ranges {
			ranges[i] = simd.Range{Lo: i * d / parts, Hi: ((i+1)*d + parts - 1) / parts, Step: 1}
		}
	}
	return p.run(op, 2)
}

// lay makes room for the ranges of windows.
func (p *pooling[T]) lay(in, out [2]int) {
	p.Height, p.Width = in[0], in[1]
	ranges := make([]simd.Range, out[0]+out[1])
	p.Rows, p.Columns = ranges[:out[0]], ranges[out[0]:]
}

// run computes the op, whose windows lie.
func (p *pooling[T]) run(op string, axes int) *Tensor[T] {
	n, c := p.x.shape[0], p.x.shape[1]
	if axes == 1 {
		return p.record(op, p, n*c, n, c, len(p.Columns))
	}
	return p.record(op, p, n*c, n, c, len(p.Rows), len(p.Columns))
}
