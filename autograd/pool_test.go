package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/autograd"
)

// onPlane gives an op one plane of the given width, and takes the gradient for ones.
func onPlane(width int, f func(x *tensor[float32]) *tensor[float32], data ...float32) (y, dx []float32) {
	return through(func(x *tensor[float32]) *tensor[float32] {
		out := f(x.Reshape(1, 1, -1, width))
		return out.Reshape(out.Len())
	}, data...)
}

func TestMaximaAtSpecialPoints(t *testing.T) {
	t.Parallel()
	pairs := func(x *tensor[float32]) *tensor[float32] { return x.MaxPool2d(2) }
	any := func(x *tensor[float32]) *tensor[float32] { return x.MaxPool2d(2, autograd.Stride(1)) } // overlapping: not by pairs
	for name, f := range map[string]func(x *tensor[float32]) *tensor[float32]{"pairs": pairs, "any": any} {
		for _, c := range []struct{ x, y, dx []float32 }{
			{[]float32{1, 4, 2, 3}, []float32{4}, []float32{0, 1, 0, 0}},
			{[]float32{7, 7, 7, 7}, []float32{7}, []float32{1, 0, 0, 0}},
			{[]float32{1, 7, 7, 7}, []float32{7}, []float32{0, 1, 0, 0}},
			{[]float32{1, 2, 7, 7}, []float32{7}, []float32{0, 0, 1, 0}},
			{[]float32{-inf32, -inf32, -inf32, -inf32}, []float32{-inf32}, []float32{1, 0, 0, 0}},
			{[]float32{1, inf32, 2, inf32}, []float32{inf32}, []float32{0, 1, 0, 0}},
			{[]float32{-1, -2, -3, -4}, []float32{-1}, []float32{1, 0, 0, 0}},
		} {
			y, dx := onPlane(2, f, c.x...)
			requireSame(t, c.y, y)
			assert.Equal(t, c.dx, dx, "%s: %v", name, c.x)
		}
		for i := range 4 {
			x := []float32{1, 2, 3, 4}
			x[i] = nan32
			y, dx := onPlane(2, f, x...)
			requireSame(t, []float32{nan32}, y)
			assert.Equal(t, float32(1), dx[0]+dx[1]+dx[2]+dx[3], "%s: the gradient goes somewhere", name)
		}
	}
}

func TestMaximumOfPaddingAloneIsMinusInf(t *testing.T) {
	t.Parallel()
	y, dx := onPlane(2, func(x *tensor[float32]) *tensor[float32] {
		return x.MaxPool2d(2, autograd.Padding(1), autograd.Dilation(3))
	}, 1, 2, 3, 4)
	requireSame(t, []float32{-inf32}, y)
	assert.Equal(t, make([]float32, 4), dx)
}

func TestMeansCountPaddingIfAsked(t *testing.T) {
	t.Parallel()
	pool := func(count bool) func(x *tensor[float32]) *tensor[float32] {
		return func(x *tensor[float32]) *tensor[float32] {
			return x.AvgPool2d(2, autograd.Padding(1), autograd.CountIncludePad(count))
		}
	}
	y, dx := onPlane(2, pool(true), 4, 8, 12, 16)
	assert.Equal(t, []float32{1, 2, 3, 4}, y)
	assert.Equal(t, []float32{0.25, 0.25, 0.25, 0.25}, dx)
	y, dx = onPlane(2, pool(false), 4, 8, 12, 16)
	assert.Equal(t, []float32{4, 8, 12, 16}, y)
	assert.Equal(t, []float32{1, 1, 1, 1}, dx)
}

func TestMeansLetNaNAndInfThrough(t *testing.T) {
	t.Parallel()
	mean := func(x *tensor[float32]) *tensor[float32] { return x.AdaptiveAvgPool2d(1, 2) }
	y, _ := onPlane(4, mean, 1, 2, nan32, 3, 4, 5, 6, 7)
	requireSame(t, []float32{3, nan32}, y)
	y, _ = onPlane(4, mean, 3e38, 3e38, 1, -inf32, 3e38, 3e38, 2, 3)
	requireSame(t, []float32{3e38, -inf32}, y)
}

func TestPoolingOfManyPlanesIsThatOfEach(t *testing.T) {
	t.Parallel()
	const planes, height, width = 130, 12, 11
	x := counted(planes, 1, height, width)
	for i := range x.Data() {
		x.Data()[i] = float32(i * 7919 % 1009)
	}
	for name, f := range map[string]func(x *tensor[float32]) *tensor[float32]{
		"max":      func(x *tensor[float32]) *tensor[float32] { return x.MaxPool2d(2) },
		"avg":      func(x *tensor[float32]) *tensor[float32] { return x.AvgPool2d(3, autograd.Stride(2)) },
		"bilinear": func(x *tensor[float32]) *tensor[float32] { return x.UpsampleBilinear2d(5, 17, false) },
	} {
		all := f(x)
		size := all.Len() / planes
		for i := range planes {
			assert.Equal(t, f(x.Slice(0, i, i+1)).Data(), all.Data()[i*size:(i+1)*size], "%s of plane %d", name, i)
		}
	}
}

func TestPoolingRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	x := counted(1, 2, 4, 5)
	requireShapeError(t, "autograd: max_pool2d: [1 2 4 5]: the kernel spans 5 by 5 elements, but the padded input has only 4 by 5", func() { x.MaxPool2d(5) })
	requireShapeError(t, "autograd: avg_pool1d: [1 2 4 5]: x must be [n, c, width]", func() { x.AvgPool1d(2) })
	requireUsageError(t, "autograd: max_pool2d: the kernel must be 1 or more, not 0 by 0", func() { x.MaxPool2d(0) })
	requireUsageError(t, "autograd: max_pool2d: stride must be 1 or more, not 0", func() { x.MaxPool2d(2, autograd.Stride(0)) })
	requireUsageError(t, "autograd: avg_pool2d: padding must be at most half of the kernel's 3 by 2, not 2 by 1",
		func() { x.AvgPool2d(3, autograd.KernelWidth(2), autograd.Padding(2, 1)) })
	requireUsageError(t, "autograd: avg_pool2d: dilation is no option of it", func() { x.AvgPool2d(2, autograd.Dilation(2)) })
	requireUsageError(t, "autograd: max_pool2d: count_include_pad is no option of it", func() { x.MaxPool2d(2, autograd.CountIncludePad(true)) })
	requireUsageError(t, "autograd: max_pool2d: groups is no option of it", func() { x.MaxPool2d(2, autograd.Groups(1)) })
	requireUsageError(t, "autograd: adaptive_avg_pool2d: rows and columns of the result must be 1 or more, not 1 and 0",
		func() { x.AdaptiveAvgPool2d(1, 0) })
	requireShapeError(t, "autograd: adaptive_max_pool2d: [1 2 0 5]: height and width must be 1 or more",
		func() { counted(1, 2, 0, 5).AdaptiveMaxPool2d(1, 1) })
}
