package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestWhereChoosesAndRoutesGradients(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := tape.Leaf("x", []float32{1, nan32, 3}, []int{3}, true)
	z := tape.Leaf("z", []float32{10, 20}, []int{2, 1}, true)
	mask := autograd.MaskOf([]bool{true, false, false})
	y := x.Where(mask, z)
	require.Equal(t, []int{2, 3}, y.Shape())
	requireSame(t, []float32{1, 10, 10, 1, 20, 20}, y.Data())
	tape.Backward(y, []float32{1, 2, 4, 8, 16, 32})
	requireSame(t, []float32{9, 0, 0}, x.TakeGrad())
	requireSame(t, []float32{6, 48}, z.TakeGrad())
}

// The usual use: a function that is not defined everywhere must not spoil the gradient where it is.
func TestWhereStopsGradientsOfWhatWasNotChosen(t *testing.T) {
	t.Parallel()
	positive := autograd.MaskOf([]bool{true, false})
	y, dx := through(func(x *tensor[float32]) *tensor[float32] {
		safe := x.Where(positive, autograd.Scalar[float32](1))
		return safe.Log().Where(positive, autograd.Scalar[float32](0))
	}, 2, -1)
	requirePoints(t, []point{{"log", (*tensor[float32]).Log, 2, float64(y[0]), 0.5}})
	requireSame(t, []float32{0.5, 0}, dx)
	require.Zero(t, y[1])
}

func TestWhereRefusesShapesThatDoNotBroadcast(t *testing.T) {
	t.Parallel()
	x := of(1, 2, 3)
	requireShapeError(t, "autograd: where: [3] and [1] and [2]: the mask must broadcast with the tensors",
		func() { x.Where(autograd.MaskOf(make([]bool, 2)), of(0)) })
	requireShapeError(t, "autograd: where: [3] and [2]: axes must be equal, or 1, counted from the last",
		func() { x.Where(autograd.MaskOf(make([]bool, 3)), of(0, 1)) })
	requireShapeError(t, "autograd: where: [2]: the shape must have 3 elements",
		func() { x.Where(autograd.Mask{Data: make([]bool, 3), Shape: []int{2}}, x) })
}

func TestClampAtSpecialPoints(t *testing.T) {
	t.Parallel()
	clamp := func(x *tensor[float32]) *tensor[float32] { return x.Clamp(-1, 2) }
	above := func(x *tensor[float32]) *tensor[float32] { return x.Clamp(0, inf32) }
	requirePoints(t, []point{
		{"clamp", clamp, -1, -1, 0},
		{"clamp", clamp, -1.5, -1, 0},
		{"clamp", clamp, 2, 2, 0},
		{"clamp", clamp, 2.5, 2, 0},
		{"clamp", clamp, 0.5, 0.5, 1},
		{"clamp", clamp, inf, 2, 0},
		{"clamp", clamp, -inf, -1, 0},
		{"clamp", clamp, nan, nan, 1},
		{"clamp from 0", above, -3, 0, 0},
		{"clamp from 0", above, 0, 0, 0},
		{"clamp from 0", above, 1e30, 1e30, 1},
		{"clamp from 0", above, inf, inf, 0},
	})
	requireUsageError(t, "autograd: clamp: the range from 2 to 1 is empty", func() { of(1).Clamp(2, 1) })
	requireUsageError(t, "autograd: clamp: the range from NaN to 1 is empty", func() { of(1).Clamp(nan32, 1) })
}
