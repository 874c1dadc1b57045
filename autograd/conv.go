package autograd

import (
	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/parallel"
	"github.com/heft-ml/heft/internal/simd"
)

// Conv1d slides kernels over the last axis (torch.nn.functional.conv1d): [Tensor.Conv2d] with a height of 1.
//
//	x [n, in, width], w [out, in/groups, kernel], b [out] or nil, y [n, out, steps]
func (x *Tensor[T]) Conv1d(w, b *Tensor[T], opts ...WindowOption) *Tensor[T] {
	return x.convolve("conv1d", 1, w, b, opts)
}

// Conv2d slides kernels over height and width (torch.nn.functional.conv2d), which is a cross-correlation:
//
//	y[i, o, u, v] = b[o] + Σ w[o, c, p, q] x[i, c, u stride + p dilation - padding, v stride + q dilation - padding]
//
// with the sum over the input channels c of o's group and over the kernel's rows p and columns q. Options are [Stride],
// [Padding], [Dilation] and [Groups]. It panics with a [*ShapeError] when the kernel has no room on the padded input.
//
//	x [n, in, height, width], w [out, in/groups, kernel height, kernel width], b [out] or nil, y [n, out, rows, columns]
//	rows = (height + 2 padding - dilation (kernel height - 1) - 1) / stride + 1, rounded down, and columns likewise
func (x *Tensor[T]) Conv2d(w, b *Tensor[T], opts ...WindowOption) *Tensor[T] {
	return x.convolve("conv2d", 2, w, b, opts)
}

// convolution is one op: its geometry, and how its work is cut. It is done by matrix products of the weights with tiles
// of what the kernel meets, so that the unfolded batch, kernel times as large as x, never stands. With a stride of 1 a
// tile is copied in long runs from padded planes ([simd.Slide]), with others element by element ([simd.Unfold]).
type convolution[T Float] struct {
	simd.Window
	x, w, b, y *Tensor[T]
	n, groups  int
	in, out    int  // channels of one group
	taps       int  // in, times the kernel
	positions  int  // of the kernel on a plane
	span       int  // positions as they are counted in tiles: sliding, with columns between rows
	tile       int  // positions that are unfolded at once
	sliding    bool // the stride is 1
	pointwise  bool // columns are x itself
	pieces     int  // of the work under way
	scratch    []T  // of all pieces
	sums       []T  // for each piece: the gradient of w
	dy, dx     []T
	beta       T
	biases     []float64 // for each piece: the gradient of b
	kernels    []float64 // the gradient of w, depthwise

	paired          bool // rows of the result are computed in pairs
	pairs, pairTile int  // of rows, of a plane and of a tile
	width, half     int  // of a padded row; of the even or the odd rows of a plane
	taps1           int  // in, times the kernel's width
	turned          []T  // sums of the kernel's rows
}

const (
	tileSize     = 1 << 16 // elements of an unfolded tile: a share of a second-level cache
	convFlops    = 1 << 20 // what is worth a piece
	convPieces   = 16      // at most
	convPartials = 1 << 21 // elements of all pieces' gradients of w together
	convScratch  = 1 << 22 // and of what else they have for themselves
)

func (x *Tensor[T]) convolve(op string, axes int, w, b *Tensor[T], opts []WindowOption) *Tensor[T] {
	c := x.planConvolution(op, axes, w, b, opts)
	var shape [4]int
	dims := append(shape[:0], c.n, c.groups*c.out)
	c.y = New(append(dims, c.Out[2-axes:]...), x, w, b)
	switch {
	case len(c.y.data) == 0:
	case c.depthwise():
		c.depthwiseForward()
	default:
		c.forward()
	}
	return c.y.Record(op, c.backward)
}

// planConvolution checks the operands and says how the work is cut, which depends on shapes only.
func (x *Tensor[T]) planConvolution(op string, axes int, w, b *Tensor[T], opts []WindowOption) *convolution[T] {
	plane := x.plane(op, axes)
	if len(w.shape) != 2+axes {
		x.mismatch(op, "the weight must be [out, in/groups] and the kernel, of as many axes as x", w)
	}
	kernel := [2]int{1, w.shape[len(w.shape)-1]}
	if axes == 2 {
		kernel[0] = w.shape[2]
	}
	win := windowOf(op, axes, kernel, strideOption|paddingOption|dilationOption|groupsOption, opts)
	in, out := x.shape[1], w.shape[0]
	if in%win.groups != 0 || out%win.groups != 0 {
		misuse(op, "groups must divide the channels, %d in and %d out, but are %d", in, out, win.groups)
	}
	if w.shape[1]*win.groups != in {
		x.mismatch(op, "the weight must be [out, in/groups] and the kernel, with in the channels of x", w)
	}
	if b != nil && (len(b.shape) != 1 || b.shape[0] != out) {
		x.mismatch(op, "the bias must be [out]", w, b)
	}
	c := &convolution[T]{x: x, w: w, b: b, n: x.shape[0], groups: win.groups, in: w.shape[1], out: out / win.groups}
	c.Window = simd.Window{
		In: plane, Out: x.checkRoom(op, axes, &win, plane, w),
		Kernel: win.kernel, Stride: win.stride, Padding: win.padding, Dilation: win.dilation,
	}
	c.taps = c.in * kernel[0] * kernel[1]
	c.positions = c.Out[0] * c.Out[1]
	c.sliding = win.stride == [2]int{1, 1}
	c.span = c.positions
	if c.sliding {
		c.span = c.Span()
	}
	c.pointwise = c.sliding && kernel == [2]int{1, 1} && win.padding == [2]int{}
	c.cutTiles()
	c.cutPairs()
	return c
}

// cutTiles makes tiles of equal size, whole cache lines wide. What a kernel of one element meets needs no unfolding.
func (c *convolution[T]) cutTiles() {
	c.tile = c.span
	if c.pointwise || c.taps == 0 {
		return
	}
	const line = 32
	tiles := (c.span*c.taps + tileSize - 1) / tileSize
	c.tile = ((c.span+tiles-1)/tiles + line - 1) / line * line
}

// flops is the work of one product over the batch.
func (c *convolution[T]) flops() int { return 2 * len(c.y.data) * c.taps }

// cut cuts so many units of work into pieces.
func (c *convolution[T]) cut(units int) {
	c.pieces = max(1, min(units, convPieces, c.flops()/convFlops))
}

// share returns the units of a piece.
func (c *convolution[T]) share(units, piece int) (lo, hi int) {
	return units * piece / c.pieces, units * (piece + 1) / c.pieces
}

// planes returns the input channels of a group of an image, of x or of its gradient.
func (c *convolution[T]) planes(x []T, image, group int) []T {
	size := c.in * c.In[0] * c.In[1]
	return x[(image*c.groups+group)*size:][:size]
}

// results returns the output channels of a group of an image, of y or of its gradient.
func (c *convolution[T]) results(y []T, image, group int) []T {
	size := c.out * c.positions
	return y[(image*c.groups+group)*size:][:size]
}

// weights returns the weights of a group, or their gradient. They are [out, taps].
func (c *convolution[T]) weights(w []T, group int) []T {
	size := c.out * c.taps
	return w[group*size:][:size]
}

func (c *convolution[T]) forward() {
	units := c.n * c.groups
	c.cut(units)
	c.takeScratch()
	parallel.Run(c.pieces, c.forwardPiece)
	c.scratch, c.turned = nil, nil
}

func (c *convolution[T]) forwardPiece(piece int) {
	s := c.workspace(piece)
	lo, hi := c.share(c.n*c.groups, piece)
	for unit := lo; unit < hi; unit++ {
		if c.paired {
			c.forwardPairs(&s, unit/c.groups, unit%c.groups)
		} else {
			c.forwardGroup(&s, unit/c.groups, unit%c.groups)
		}
	}
}

// forwardGroup computes y [out, span] = w [out, taps] columns [taps, span] + b for a group of an image.
func (c *convolution[T]) forwardGroup(s *workspace[T], image, group int) {
	x, y := c.source(s, image, group), c.results(c.y.data, image, group)
	wide := y
	if c.span != c.positions {
		wide = s.wide
	}
	var beta T
	if c.b != nil {
		beta = 1
		for o, v := range c.b.data[group*c.out : (group+1)*c.out] {
			simd.Fill(wide[o*c.span:(o+1)*c.span], v)
		}
	}
	for from := 0; from < c.span; from += c.tile {
		to := min(from+c.tile, c.span)
		columns, ld := c.unfold(s, x, from, to)
		c.y.tape.gemm(&blas.Args[T]{
			M: c.out, N: to - from, K: c.taps, Alpha: 1, A: c.weights(c.w.data, group), LDA: c.taps,
			B: columns, LDB: ld, Beta: beta, C: wide[from:], LDC: c.span,
		})
	}
	if c.span != c.positions {
		simd.Narrow(y, wide, c.out, &c.Window)
	}
}
