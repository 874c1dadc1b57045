package autograd

import "github.com/heft-ml/heft/internal/parallel"

// planeOp computes planes [height, width] that are independent of each other: any number of them, one after another.
type planeOp[T Float] interface {
	forward(y, x []T)
	backward(dx, dy, x, y []T) // adds to dx
}

// planes is an op on the last axes of x, whose other axes count planes. Ops embed it, and are op themselves.
type planes[T Float] struct {
	x, y   *Tensor[T]
	op     planeOp[T]
	count  int // of planes
	pieces int
	piece  func(i int)
	back   bool // the way back is computed, with dx, beta and dy
	dx, dy []T
	beta   T
}

const (
	planeGrain  = 1 << 13 // elements that are worth a piece
	planePieces = 32      // at most
)

// record runs the op on x: y has so many planes of the given shape.
func (p *planes[T]) record(name string, op planeOp[T], count int, shape ...int) *Tensor[T] {
	p.op, p.count = op, count
	p.y = New(shape, p.x)
	p.pieces = max(1, min(planePieces, max(len(p.x.data), len(p.y.data))/planeGrain, count))
	p.piece = p.compute
	parallel.Run(p.pieces, p.piece)
	return p.y.Record(name, func(dy []T) {
		p.back, p.dy = true, dy
		p.dx, p.beta = p.x.GradTo()
		parallel.Run(p.pieces, p.piece)
		p.dx, p.dy = nil, nil
	})
}

// compute computes a piece of the planes, forward or back.
func (p *planes[T]) compute(piece int) {
	if p.count == 0 {
		return
	}
	lo, hi := p.count*piece/p.pieces, p.count*(piece+1)/p.pieces
	in, out := len(p.x.data)/p.count, len(p.y.data)/p.count
	x, y := p.x.data[lo*in:hi*in], p.y.data[lo*out:hi*out]
	if !p.back {
		p.op.forward(y, x)
		return
	}
	dx := p.dx[lo*in : hi*in]
	if p.beta == 0 {
		clear(dx)
	}
	p.op.backward(dx, p.dy[lo*out:hi*out], x, y)
}

// plane returns the height and width of x, its axes after the channels: one axis has height 1.
func (x *Tensor[T]) plane(op string, axes int) [2]int {
	switch {
	case len(x.shape) != 2+axes && axes == 1:
		x.mismatch(op, "x must be [n, c, width]")
	case len(x.shape) != 2+axes:
		x.mismatch(op, "x must be [n, c, height, width]")
	case axes == 1:
		return [2]int{1, x.shape[2]}
	}
	return [2]int{x.shape[2], x.shape[3]}
}
