package autograd

import "github.com/heft-ml/heft/internal/simd"

// UpsampleNearest2d changes the size of planes: row i of rows is row i height / rows, rounded down, of x, and columns
// likewise (torch.nn.functional.interpolate, mode nearest). It can shrink, too.
//
//	x [n, c, height, width], y [n, c, rows, columns]
func (x *Tensor[T]) UpsampleNearest2d(rows, columns int) *Tensor[T] {
	const op = "upsample_nearest2d"
	in := x.checkUpsample(op, rows, columns)
	p := &remapping[T]{planes: planes[T]{x: x}, height: in[0], width: in[1]}
	p.lay(rows, columns)
	for i := range p.rows {
		p.rows[i] = i * in[0] / rows
	}
	for j := range p.columns {
		p.columns[j] = j * in[1] / columns
	}
	return p.record(op, p, x.shape[0]*x.shape[1], x.shape[0], x.shape[1], rows, columns)
}

// UpsampleBilinear2d changes the size of planes by interpolation between the four nearest elements
// (torch.nn.functional.interpolate, mode bilinear). Elements are squares whose centres are looked at: row i is at
// (i + 1/2) height / rows - 1/2 of x, not below 0. With alignCorners the corners' centres stay instead, and row i is at
// i (height - 1) / (rows - 1).
//
//	x [n, c, height, width], y [n, c, rows, columns]
func (x *Tensor[T]) UpsampleBilinear2d(rows, columns int, alignCorners bool) *Tensor[T] {
	const op = "upsample_bilinear2d"
	in := x.checkUpsample(op, rows, columns)
	p := &blending[T]{planes: planes[T]{x: x}, height: in[0], width: in[1]}
	both := make([]simd.Blend, rows+columns)
	p.rows, p.columns = both[:rows], both[rows:]
	for i := range p.rows {
		p.rows[i] = blendAt(i, rows, in[0], alignCorners)
	}
	for j := range p.columns {
		p.columns[j] = blendAt(j, columns, in[1], alignCorners)
	}
	return p.record(op, p, x.shape[0]*x.shape[1], x.shape[0], x.shape[1], rows, columns)
}

// blending is an op whose rows and columns lie between those of x.
type blending[T Float] struct {
	planes[T]
	height, width int
	rows, columns []simd.Blend
}

func (p *blending[T]) forward(y, x []T) {
	simd.Bilinear(y, x, p.height, p.width, p.rows, p.columns)
}

func (p *blending[T]) backward(dx, dy, _, _ []T) {
	simd.BilinearBackward(dx, dy, p.height, p.width, p.rows, p.columns)
}

// blendAt returns where element i of an axis of n lies on an axis of d.
func blendAt(i, n, d int, alignCorners bool) simd.Blend {
	var at float64
	switch {
	case !alignCorners:
		at = max(0, (float64(i)+0.5)*(float64(d)/float64(n))-0.5)
	case n > 1:
		at = float64(i) * (float64(d-1) / float64(n-1))
	}
	low := min(int(at), d-1)
	return simd.Blend{Low: low, High: min(low+1, d-1), Share: min(max(at-float64(low), 0), 1)}
}

// checkUpsample panics unless planes of x can be given the size. It returns the size they have.
func (x *Tensor[T]) checkUpsample(op string, rows, columns int) [2]int {
	if rows < 1 || columns < 1 {
		misuse(op, "rows and columns of the result must be 1 or more, not %d and %d", rows, columns)
	}
	in := x.plane(op, 2)
	if in[0] < 1 || in[1] < 1 {
		x.mismatch(op, "height and width must be 1 or more")
	}
	return in
}
