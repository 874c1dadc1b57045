package autograd

import (
	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// A depthwise convolution has one input channel a group. Its matrices would be single rows, so kernels slide over planes
// as they are.

// depthwise tells whether there is one input channel a group, and more than one group.
func (c *convolution[T]) depthwise() bool { return c.in == 1 && c.groups > 1 }

func (c *convolution[T]) depthwiseForward() {
	c.cut(c.n * c.groups)
	parallel.Run(c.pieces, c.depthwisePiece)
}

func (c *convolution[T]) depthwisePiece(piece int) {
	lo, hi := c.share(c.n*c.groups, piece)
	for unit := lo; unit < hi; unit++ {
		image, group := unit/c.groups, unit%c.groups
		x, y, w := c.planes(c.x.data, image, group), c.results(c.y.data, image, group), c.weights(c.w.data, group)
		for o := range c.out {
			y := y[o*c.positions : (o+1)*c.positions]
			var bias T
			if c.b != nil {
				bias = c.b.data[group*c.out+o]
			}
			simd.Fill(y, bias)
			simd.Correlate(y, x, w[o*c.taps:(o+1)*c.taps], &c.Window)
		}
	}
}

// depthwiseBackward goes through the groups once for all gradients: a group has its weights and channels to itself.
func (c *convolution[T]) depthwiseBackward(dy []T) {
	c.cut(c.groups)
	c.dy = dy
	c.kernels, c.biases = nil, nil
	if c.w.slot != nil {
		c.kernels = c.y.temp64(len(c.w.data))
		clear(c.kernels)
	}
	if c.b.wants() {
		c.biases = c.y.temp64(len(c.b.data))
		clear(c.biases)
	}
	c.dx, c.beta = c.x.GradTo()
	parallel.Run(c.pieces, c.depthwiseBackwardPiece)
	c.w.addSums(c.kernels)
	c.b.addSums(c.biases)
	c.dy, c.dx, c.kernels, c.biases = nil, nil, nil, nil
}

func (c *convolution[T]) depthwiseBackwardPiece(piece int) {
	lo, hi := c.share(c.groups, piece)
	for group := lo; group < hi; group++ {
		for image := range c.n {
			c.depthwiseImage(image, group)
		}
	}
}

// depthwiseImage adds what one image gives to the gradients of a group.
func (c *convolution[T]) depthwiseImage(image, group int) {
	x, dy, w := c.planes(c.x.data, image, group), c.results(c.dy, image, group), c.weights(c.w.data, group)
	if c.dx != nil && c.beta == 0 {
		clear(c.planes(c.dx, image, group))
	}
	for o := range c.out {
		dy := dy[o*c.positions : (o+1)*c.positions]
		taps := (group*c.out + o) * c.taps
		if c.biases != nil {
			c.biases[group*c.out+o] += simd.Sum(dy)
		}
		if c.kernels != nil {
			simd.CorrelateSums(c.kernels[taps:taps+c.taps], dy, x, &c.Window)
		}
		if c.dx != nil {
			simd.CorrelateBackward(c.planes(c.dx, image, group), dy, w[o*c.taps:(o+1)*c.taps], &c.Window)
		}
	}
}
