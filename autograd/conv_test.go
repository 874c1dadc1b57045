package autograd_test

import (
	"math"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
	"github.com/heft-ml/heft/internal/isa"
)

// slide is a convolution as its definition says: one product at a time, in float64.
type slide struct {
	n, groups, in, out              int // channels of a group
	height, width, kernelH, kernelW int
	stride, padding, dilation       int
	x, w, b, y, dy, dx, dw, db      []float64
}

func (s *slide) run() {
	rows := (s.height+2*s.padding-s.dilation*(s.kernelH-1)-1)/s.stride + 1
	columns := (s.width+2*s.padding-s.dilation*(s.kernelW-1)-1)/s.stride + 1
	s.y = make([]float64, s.n*s.groups*s.out*rows*columns)
	s.dx, s.dw, s.db = make([]float64, len(s.x)), make([]float64, len(s.w)), make([]float64, s.groups*s.out)
	for at := range s.y {
		v, u := at%columns, at/columns%rows
		channel := at / columns / rows % (s.groups * s.out)
		i := at / columns / rows / (s.groups * s.out)
		s.y[at] = s.b[channel]
		s.db[channel] += s.dy[at]
		for tap := range s.in * s.kernelH * s.kernelW {
			q, p := tap%s.kernelW, tap/s.kernelW%s.kernelH
			c := channel/s.out*s.in + tap/s.kernelW/s.kernelH
			row, column := u*s.stride+p*s.dilation-s.padding, v*s.stride+q*s.dilation-s.padding
			if row < 0 || row >= s.height || column < 0 || column >= s.width {
				continue
			}
			from := ((i*s.groups*s.in+c)*s.height+row)*s.width + column
			weight := channel*s.in*s.kernelH*s.kernelW + tap
			s.y[at] += s.w[weight] * s.x[from]
			s.dx[from] += s.w[weight] * s.dy[at]
			s.dw[weight] += s.x[from] * s.dy[at]
		}
	}
}

// slides need several tiles, and several pieces for processors.
func slides() map[string]*slide {
	return map[string]*slide{
		"images":    {n: 20, groups: 1, in: 4, out: 17, height: 13, width: 12, kernelH: 3, kernelW: 3, stride: 1, padding: 1, dilation: 1},
		"pairs":     {n: 9, groups: 2, in: 9, out: 8, height: 13, width: 12, kernelH: 3, kernelW: 3, stride: 1, padding: 1, dilation: 1},
		"wide":      {n: 2, groups: 1, in: 8, out: 10, height: 15, width: 700, kernelH: 3, kernelW: 5, stride: 1, padding: 2, dilation: 1},
		"tiles":     {n: 2, groups: 1, in: 24, out: 5, height: 19, width: 33, kernelH: 5, kernelW: 7, stride: 1, padding: 3, dilation: 1},
		"strided":   {n: 9, groups: 2, in: 6, out: 8, height: 21, width: 20, kernelH: 3, kernelW: 4, stride: 2, padding: 2, dilation: 2},
		"depthwise": {n: 8, groups: 24, in: 1, out: 1, height: 23, width: 37, kernelH: 3, kernelW: 3, stride: 1, padding: 1, dilation: 1},
		"pointwise": {n: 16, groups: 1, in: 33, out: 21, height: 9, width: 11, kernelH: 1, kernelW: 1, stride: 1, dilation: 1},
		"long":      {n: 1, groups: 1, in: 16, out: 6, height: 1, width: 9000, kernelH: 1, kernelW: 5, stride: 1, dilation: 1},
	}
}

func (s *slide) fill() {
	s.x = gradcheck.Normal(1, s.n*s.groups*s.in*s.height*s.width).Data()
	s.w = gradcheck.Normal(2, s.groups*s.out*s.in*s.kernelH*s.kernelW).Data()
	s.b = gradcheck.Normal(3, s.groups*s.out).Data()
	s.y = nil
	rows := (s.height+2*s.padding-s.dilation*(s.kernelH-1)-1)/s.stride + 1
	columns := (s.width+2*s.padding-s.dilation*(s.kernelW-1)-1)/s.stride + 1
	s.dy = gradcheck.Normal(4, s.n*s.groups*s.out*rows*columns).Data()
}

// onTape runs the op: its value, and the gradients of x, w and b.
func onTape[T autograd.Float](s *slide) [][]T {
	tape := autograd.NewTape[T](true)
	x := tape.Leaf("x", convert[T](s.x), []int{s.n, s.groups * s.in, s.height, s.width}, true)
	w := tape.Leaf("w", convert[T](s.w), []int{s.groups * s.out, s.in, s.kernelH, s.kernelW}, true)
	b := tape.Leaf("b", convert[T](s.b), []int{s.groups * s.out}, true)
	y := x.Conv2d(w, b, autograd.Stride(s.stride), autograd.Padding(s.padding), autograd.Dilation(s.dilation), autograd.Groups(s.groups))
	tape.Backward(y, convert[T](s.dy))
	return [][]T{y.Data(), x.TakeGrad(), w.TakeGrad(), b.TakeGrad()}
}

func TestConvolutionOfManyTilesIsItsDefinition(t *testing.T) {
	t.Parallel()
	for name, s := range slides() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.fill()
			s.run()
			wide, narrow := onTape[float64](s), onTape[float32](s)
			for k, want := range [][]float64{s.y, s.dx, s.dw, s.db} {
				requireWithin(t, 1e-13, want, wide[k], k)
				requireWithin(t, 2e-6, want, convert[float64](narrow[k]), k) // sums of thousands of float32
			}
		})
	}
}

// requireWithin allows an error of so much of the largest value.
func requireWithin(t *testing.T, tol float64, want, got []float64, k int) {
	t.Helper()
	require.Len(t, got, len(want))
	var largest, worst float64
	for i := range want {
		largest = max(largest, math.Abs(want[i]))
		worst = max(worst, math.Abs(want[i]-got[i]))
		require.False(t, math.IsNaN(got[i]), "result %d has NaN at %d", k, i)
	}
	require.LessOrEqual(t, worst, tol*largest, "result %d (0: the value, then the gradients)", k)
}

// Not parallel: it changes the number of processors.
func TestConvolutionHasTheSameBitsOnAnyNumberOfProcessors(t *testing.T) {
	before := runtime.GOMAXPROCS(1)
	defer runtime.GOMAXPROCS(before)
	for name, s := range slides() {
		s.fill()
		runtime.GOMAXPROCS(1)
		alone := onTape[float32](s)
		for _, processors := range []int{2, 7} {
			runtime.GOMAXPROCS(processors)
			for k, got := range onTape[float32](s) {
				requireSame(t, alone[k], got)
			}
		}
		assert.NotEmpty(t, alone, name)
	}
}

// Not parallel: it changes the level of the process.
func TestConvolutionHasTheSameBitsAtEveryLevelOfAssembly(t *testing.T) {
	before := isa.Active()
	defer func() { require.NoError(t, isa.Use(before)) }()
	for name, s := range slides() {
		s.fill()
		var first [][]float32
		for _, level := range isa.Levels() {
			if level == isa.None {
				continue
			}
			require.NoError(t, isa.Use(level))
			got := onTape[float32](s)
			if first == nil {
				first = got
			}
			for k := range got {
				assert.Equal(t, first[k], got[k], "%s: result %d at %v", name, k, level)
			}
		}
	}
}

func TestAnImageHasTheSameBitsInAnyBatch(t *testing.T) {
	t.Parallel()
	for name, s := range slides() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s.fill()
			batch := onTape[float32](s)
			one := *s
			one.n, one.x, one.dy = 1, s.x[:len(s.x)/s.n], s.dy[:len(s.dy)/s.n]
			alone := onTape[float32](&one)
			requireSame(t, alone[0], batch[0][:len(alone[0])])
			requireSame(t, alone[1], batch[1][:len(alone[1])])
		})
	}
}

func TestNaNAndInfTravelThroughConvolutions(t *testing.T) {
	t.Parallel()
	for _, groups := range []int{1, 2} {
		x := make([]float32, 2*9)
		for i := range x {
			x[i] = 1
		}
		x[4], x[13] = nan32, inf32 // in the middle of each channel
		w := autograd.From(make([]float32, 2*2/groups*9), 2, 2/groups, 3, 3)
		y := autograd.From(x, 1, 2, 3, 3).Conv2d(w, nil, autograd.Groups(groups), autograd.Padding(1)).Data()
		for i, v := range y {
			assert.True(t, v != v, "groups %d: 0 times NaN or Inf at %d", groups, i)
		}
	}
}

func TestPaddingIsZerosThatMeetNothing(t *testing.T) {
	t.Parallel()
	w := autograd.From([]float32{inf32, 1, inf32}, 1, 1, 3)
	y := autograd.From([]float32{2}, 1, 1, 1).Conv1d(w, nil, autograd.Padding(1)).Data()
	requireSame(t, []float32{nan32}, y) // as PyTorch: Inf times the zeros beside
	one := autograd.From([]float32{1, 2, 3}, 1, 1, 3)
	requireSame(t, []float32{3, 2, 1}, autograd.From([]float32{1}, 1, 1, 1).Conv1d(one, nil, autograd.Padding(2)).Data())
}

func TestConvolutionRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	x, w, b := counted(1, 4, 5, 5), counted(6, 4, 3, 3), counted(6)
	line, kernel := counted(1, 2, 4), counted(3, 2, 5)
	requireShapeError(t, "autograd: conv2d: [6]: x must be [n, c, height, width]", func() { b.Conv2d(w, b) })
	requireShapeError(t, "autograd: conv1d: [1 4 5 5]: x must be [n, c, width]", func() { x.Conv1d(w, b) })
	requireShapeError(t, "autograd: conv2d: [1 4 5 5] and [3 2 5]: the weight must be [out, in/groups] and the kernel, of as many axes as x",
		func() { x.Conv2d(kernel, nil) })
	requireShapeError(t, "autograd: conv2d: [1 4 5 5] and [6 2 3 3]: the weight must be [out, in/groups] and the kernel, with in the channels of x",
		func() { x.Conv2d(counted(6, 2, 3, 3), nil) })
	requireShapeError(t, "autograd: conv2d: [1 4 5 5] and [6 4 3 3] and [4]: the bias must be [out]", func() { x.Conv2d(w, counted(4)) })
	requireShapeError(t, "autograd: conv2d: [1 4 5 5] and [6 4 3 3]: the kernel spans 7 by 3 elements, but the padded input has only 5 by 7",
		func() { x.Conv2d(w, b, autograd.Dilation(3, 1), autograd.Padding(0, 1)) })
	requireShapeError(t, "autograd: conv1d: [1 2 4] and [3 2 5]: the kernel spans 5 elements, but the padded input has only 4",
		func() { line.Conv1d(kernel, nil) })
	requireUsageError(t, "autograd: conv2d: groups must divide the channels, 4 in and 6 out, but are 4",
		func() { x.Conv2d(w, b, autograd.Groups(4)) })
	requireUsageError(t, "autograd: conv2d: stride must be 1 or more, not 0", func() { x.Conv2d(w, b, autograd.Stride(0)) })
	requireUsageError(t, "autograd: conv2d: padding must be 0 or more, not -1", func() { x.Conv2d(w, b, autograd.Padding(1, -1)) })
	requireUsageError(t, "autograd: conv2d: dilation must be 1 or more, not 0", func() { x.Conv2d(w, b, autograd.Dilation(0)) })
	requireUsageError(t, "autograd: conv2d: groups must be 1 or more, not 0", func() { x.Conv2d(w, b, autograd.Groups(0)) })
	requireUsageError(t, "autograd: conv2d: stride takes one number, or one for each of 2 axes, not 3 numbers",
		func() { x.Conv2d(w, b, autograd.Stride(1, 2, 3)) })
	requireUsageError(t, "autograd: conv1d: stride takes one number, or one for each of 1 axes, not 2 numbers",
		func() { line.Conv1d(kernel, nil, autograd.Stride(1, 2)) })
	requireUsageError(t, "autograd: conv2d: padding takes one number, or one for each of 2 axes, not 0 numbers",
		func() { x.Conv2d(w, b, autograd.Padding()) })
	requireUsageError(t, "autograd: conv2d: kernel width is no option of it", func() { x.Conv2d(w, b, autograd.KernelWidth(3)) })
	requireUsageError(t, "autograd: conv2d: the kernel must be 1 or more, not 0 by 3", func() { x.Conv2d(counted(6, 4, 0, 3), b) })
	requireShapeError(t, "autograd: conv2d: [1 0 5 5] and [6 4 3 3]: the weight must be [out, in/groups] and the kernel, with in the channels of x",
		func() { counted(1, 0, 5, 5).Conv2d(w, b) })
}

func TestMediumPrecisionRoundsTheFactorsOfConvolutions(t *testing.T) {
	t.Parallel()
	pair := func(x *tensor[float32]) *tensor[float32] {
		return x.Reshape(1, 1, 1, 2).Conv2d(filled[float32](1, 1, 2).Reshape(1, 1, 1, 2), nil)
	}
	y, dx := precise(autograd.MatmulHighest, 2, pair)
	require.Equal(t, []float32{2 * finer}, y)
	require.Equal(t, []float32{finer, finer}, dx)
	y, dx = precise(autograd.MatmulMedium, 2, pair)
	require.Equal(t, []float32{2}, y)
	require.Equal(t, []float32{1, 1}, dx)
}
