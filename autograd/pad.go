package autograd

import "github.com/heft-ml/heft/internal/simd"

// PadConstant surrounds the last axes with a value (torch.nn.functional.pad). Padding is left and right, or left, right,
// top and bottom.
//
//	x [..., width] or [..., height, width], y [..., top+height+bottom, left+width+right]
func (x *Tensor[T]) PadConstant(v T, padding ...int) *Tensor[T] {
	return x.pad("pad_constant", v, padding, func(i, d int) int {
		if i < 0 || i >= d {
			return -1
		}
		return i
	})
}

// PadReflect surrounds the last axes with their mirror images, which do not repeat the border
// (torch.nn.functional.pad, mode reflect). Padding is left and right, or left, right, top and bottom, each less than the
// axis has elements: more panics with a [*ShapeError].
//
//	x [..., width] or [..., height, width], y [..., top+height+bottom, left+width+right]
func (x *Tensor[T]) PadReflect(padding ...int) *Tensor[T] {
	const op = "pad_reflect"
	for i, p := range padding {
		if axis := len(x.shape) - 1 - i/2; axis >= 0 && p > 0 && p >= x.shape[axis] {
			x.mismatch(op, "the mirror image of an axis is one shorter than the axis: padding must be less")
		}
	}
	return x.pad(op, 0, padding, func(i, d int) int {
		switch {
		case i < 0:
			return -i
		case i >= d:
			return 2*(d-1) - i
		}
		return i
	})
}

// PadReplicate surrounds the last axes with copies of their borders (torch.nn.functional.pad, mode replicate). Padding
// is left and right, or left, right, top and bottom.
//
//	x [..., width] or [..., height, width], y [..., top+height+bottom, left+width+right]
func (x *Tensor[T]) PadReplicate(padding ...int) *Tensor[T] {
	const op = "pad_replicate"
	for i := range padding {
		if axis := len(x.shape) - 1 - i/2; axis >= 0 && x.shape[axis] == 0 {
			x.mismatch(op, "an axis of no elements has no border")
		}
	}
	return x.pad(op, 0, padding, func(i, d int) int { return min(max(i, 0), d-1) })
}

// remapping is an op whose rows and columns are chosen from those of x; -1 stands for v.
type remapping[T Float] struct {
	planes[T]
	height, width int
	rows, columns []int
	v             T
}

func (p *remapping[T]) forward(y, x []T) {
	simd.Remap(y, x, p.v, p.height, p.width, p.rows, p.columns)
}

func (p *remapping[T]) backward(dx, dy, _, _ []T) {
	simd.RemapBackward(dx, dy, p.height, p.width, p.rows, p.columns)
}

// lay makes room for the choice of rows and columns.
func (p *remapping[T]) lay(rows, columns int) {
	both := make([]int, rows+columns)
	p.rows, p.columns = both[:rows], both[rows:]
}

// pad is a remapping in which source says which element of an axis of d stands at i, from 0 on within the axis.
func (x *Tensor[T]) pad(op string, v T, padding []int, source func(i, d int) int) *Tensor[T] {
	if len(padding) != 2 && len(padding) != 4 {
		misuse(op, "padding is left and right, or left, right, top and bottom, not %d numbers", len(padding))
	}
	for _, p := range padding {
		if p < 0 {
			misuse(op, "padding must not be negative, but %d is: Slice takes elements away", p)
		}
	}
	last := len(x.shape) - 1
	if len(padding)/2 > len(x.shape) {
		x.mismatch(op, "there are fewer axes than the padding is for")
	}
	p := &remapping[T]{planes: planes[T]{x: x}, height: 1, width: x.shape[last], v: v}
	var axes [usualAxes]int
	shape := append(axes[:0], x.shape...)
	shape[last] += padding[0] + padding[1]
	before, rows := shape[:last], 1
	if len(padding) == 4 {
		p.height = x.shape[last-1]
		shape[last-1] += padding[2] + padding[3]
		before, rows = shape[:last-1], shape[last-1]
	}
	p.lay(rows, shape[last])
	for j := range p.columns {
		p.columns[j] = source(j-padding[0], p.width)
	}
	for i := range p.rows {
		if len(padding) == 4 {
			p.rows[i] = source(i-padding[2], p.height)
		}
	}
	return p.record(op, p, product(before), shape...)
}
