package autograd

import (
	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// backward goes through the images once for all gradients. Those of w and b are sums over images: each piece adds up its
// own, and they are added in the order of the pieces, so the bits do not depend on who computes which.
func (c *convolution[T]) backward(dy []T) {
	switch {
	case len(dy) == 0:
		c.clearGradients()
		return
	case c.depthwise():
		c.depthwiseBackward(dy)
		return
	}
	c.cut(min(c.n, max(1, convPartials/max(1, len(c.w.data)))))
	c.takeScratch()
	c.dy = dy
	c.sums, c.biases = nil, nil
	if c.w.slot != nil {
		c.sums = c.y.Temp(c.pieces * c.sumsSize())
	}
	if c.b.wants() {
		c.biases = c.y.temp64(c.pieces * len(c.b.data))
		clear(c.biases)
	}
	c.dx, c.beta = c.x.GradTo()
	parallel.Run(c.pieces, c.backwardPiece)
	if dw, beta := c.w.GradTo(); dw != nil {
		c.addPieces(dw, beta)
	}
	if c.b.wants() {
		sum := c.biases[:len(c.b.data)]
		for i := len(sum); i < len(c.biases); i++ {
			sum[i%len(sum)] += c.biases[i]
		}
		c.b.addSums(sum)
	}
	c.dy, c.dx, c.scratch, c.sums, c.biases, c.turned = nil, nil, nil, nil, nil, nil
}

// sumsSize is how many elements a piece has for the gradient of w.
func (c *convolution[T]) sumsSize() int {
	if c.paired {
		return len(c.turned)
	}
	return len(c.w.data)
}

// addPieces adds up what the pieces have for the gradient of w.
func (c *convolution[T]) addPieces(dw []T, beta T) {
	if c.paired {
		c.pairWeightGradient(dw, beta)
		return
	}
	for piece := range c.pieces {
		simd.Scale(dw, beta, 1, c.sums[piece*len(dw):(piece+1)*len(dw)])
		beta = 1
	}
}

// clearGradients gives no gradient to inputs that nothing came of.
func (c *convolution[T]) clearGradients() {
	c.x.Grad()
	c.w.Grad()
	if c.b != nil {
		c.b.Grad()
	}
}

func (c *convolution[T]) backwardPiece(piece int) {
	s := c.workspace(piece)
	lo, hi := c.share(c.n, piece)
	for image := lo; image < hi; image++ {
		for group := range c.groups {
			dy := c.results(c.dy, image, group)
			if c.biases != nil {
				c.addBiases(c.biases[piece*c.groups*c.out+group*c.out:][:c.out], dy)
			}
			var sums []T
			if c.sums != nil {
				sums = c.sums[piece*c.sumsSize():][:c.sumsSize()]
			}
			if c.paired {
				c.backwardPairs(&s, dy, sums, image, group, image > lo)
				continue
			}
			if c.span != c.positions {
				simd.Widen(s.wide, dy, c.out, &c.Window)
				dy = s.wide
			}
			if sums != nil {
				c.weightGradient(c.weights(sums, group), &s, dy, image, group, image > lo)
			}
			if c.dx != nil {
				c.inputGradient(c.planes(c.dx, image, group), &s, dy, group)
			}
		}
	}
}

// addBiases adds dy [out, positions] over the positions.
func (c *convolution[T]) addBiases(sums []float64, dy []T) {
	for o := range sums {
		sums[o] += simd.Sum(dy[o*c.positions : (o+1)*c.positions])
	}
}

// weightGradient computes dw [out, taps] = dy [out, span] columnsᵀ for a group of an image, or adds it.
func (c *convolution[T]) weightGradient(dw []T, s *workspace[T], dy []T, image, group int, add bool) {
	x := c.source(s, image, group)
	for from := 0; from < c.span; from += c.tile {
		to := min(from+c.tile, c.span)
		columns, ld := c.unfold(s, x, from, to)
		g := blas.Args[T]{
			TransB: blas.Trans, M: c.out, N: c.taps, K: to - from, Alpha: 1, A: dy[from:], LDA: c.span,
			B: columns, LDB: ld, C: dw, LDC: c.taps,
		}
		if add || from > 0 {
			g.Beta = 1
		}
		c.y.tape.gemm(&g)
	}
}

// inputGradient computes dx from dcolumns [taps, span] = wᵀ dy for a group of an image.
func (c *convolution[T]) inputGradient(dx []T, s *workspace[T], dy []T, group int) {
	g := blas.Args[T]{
		TransA: blas.Trans, M: c.taps, K: c.out, Alpha: 1, A: c.weights(c.w.data, group), LDA: c.taps, LDB: c.span,
	}
	if c.pointwise {
		g.N, g.B, g.Beta, g.C, g.LDC = c.span, dy, c.beta, dx, c.span
		c.y.tape.gemm(&g)
		return
	}
	to := dx
	switch {
	case c.padding():
		to = s.padded
		clear(to)
	case c.beta == 0:
		clear(to)
	}
	g.C, g.LDC = s.columns, c.tile
	for from := 0; from < c.span; from += c.tile {
		g.N, g.B = min(c.tile, c.span-from), dy[from:]
		c.y.tape.gemm(&g)
		c.fold(to, s, from, from+g.N)
	}
	if c.padding() {
		simd.PadBackward(dx, c.beta, to, c.in, &c.Window)
	}
}
