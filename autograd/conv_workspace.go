package autograd

import "github.com/heft-ml/heft/internal/simd"

// workspace is where a piece of a convolution's work is done: memory of its own, for one group of one image at a time.
type workspace[T Float] struct {
	columns []T // [taps, tile]: what the kernel meets at some positions
	padded  []T // [in, padded height, padded width]: x, or its gradient; in pairs [2, in, pairs + 1, padded width]
	wide    []T // [out, span]: y, or its gradient, with columns between rows; in pairs the four products
}

// padding tells whether planes have to be copied among zeros.
func (c *convolution[T]) padding() bool { return c.sliding && c.Padding != [2]int{} }

// workspaceSizes returns how many elements each part of a workspace has.
func (c *convolution[T]) workspaceSizes() (columns, padded, wide int) {
	if c.paired {
		tile := c.pairTile * c.width
		return c.taps1 * tile, 2 * c.in * c.half, 4 * c.out * tile
	}
	if !c.pointwise {
		columns = c.taps * c.tile
	}
	if c.padding() {
		height, width := c.Padded()
		padded = c.in * height * width
	}
	if c.span != c.positions {
		wide = c.out * c.span
	}
	return columns, padded, wide
}

// takeScratch makes a workspace for every piece. Large planes have fewer pieces, so that workspaces stay small beside the batch.
func (c *convolution[T]) takeScratch() {
	columns, padded, wide := c.workspaceSizes()
	size := columns + padded + wide
	c.pieces = max(1, min(c.pieces, convScratch/max(1, size)))
	c.scratch = c.y.Temp(c.pieces * size)
	if c.paired {
		c.turned = c.pairWeights()
	}
}

// workspace returns that of a piece.
func (c *convolution[T]) workspace(piece int) workspace[T] {
	columns, padded, wide := c.workspaceSizes()
	size := columns + padded + wide
	s := c.scratch[piece*size : (piece+1)*size]
	return workspace[T]{s[:columns], s[columns : columns+padded], s[columns+padded:]}
}

// source returns the planes that columns are taken from.
func (c *convolution[T]) source(s *workspace[T], image, group int) []T {
	x := c.planes(c.x.data, image, group)
	if !c.padding() {
		return x
	}
	simd.Pad(s.padded, x, c.in, &c.Window)
	return s.padded
}

// unfold returns what the kernel meets at the positions [from, to) of planes, as a matrix whose rows are ld apart.
func (c *convolution[T]) unfold(s *workspace[T], x []T, from, to int) (columns []T, ld int) {
	switch {
	case c.pointwise:
		return x, c.span
	case c.sliding:
		simd.Slide(s.columns, c.tile, x, c.in, &c.Window, from, to)
	default:
		simd.Unfold(s.columns, c.tile, x, c.in, &c.Window, from, to)
	}
	return s.columns, c.tile
}

// fold adds the gradient of columns to that of the planes they were taken from.
func (c *convolution[T]) fold(dx []T, s *workspace[T], from, to int) {
	if c.sliding {
		simd.SlideBackward(dx, s.columns, c.tile, c.in, &c.Window, from, to)
	} else {
		simd.Fold(dx, s.columns, c.tile, c.in, &c.Window, from, to)
	}
}
