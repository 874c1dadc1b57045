package autograd_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestBackwardTakesASeed(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1, 2, 3)
	seed := []float32{1, 10, 100}
	tape.Backward(x.MulScalar(2), seed)
	requireSame(t, []float32{2, 20, 200}, x.TakeGrad())
	requireSame(t, []float32{1, 10, 100}, seed)
	tape.Backward(x, seed)
	requireSame(t, seed, x.TakeGrad())
	requireShapeError(t, "autograd: backward: [3]: only a single element has an implicit gradient: reduce it with Mean or Sum, or give one",
		func() { tape.Backward(x.MulScalar(2), nil) })
	requireShapeError(t, "autograd: backward: [3]: the shape must have 2 elements",
		func() { tape.Backward(x.MulScalar(2), []float32{1, 2}) })
}

func TestBackwardNeedsSomethingToGoBackTo(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	still := tape.Leaf("", []float32{1}, []int{1}, false)
	requireUsageError(t, "autograd: backward: no gradient flows to tensor [1]: it is made of constants",
		func() { tape.Backward(still.Exp(), nil) })
	requireUsageError(t, "autograd: backward: tensor [1] is not on this tape", func() { tape.Backward(of(1), nil) })
}

func TestASpentWayBackPanics(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1)
	h := x.Exp()
	y := h.MulScalar(2)
	tape.Backward(y, nil)
	requireUsageError(t, "autograd: backward: the way back from tensor [1] was spent by an earlier Backward: set Retain to go again",
		func() { tape.Backward(y, nil) })
	const spent = "autograd: tensor [1] was spent by an earlier Backward: compute it again, or set Retain"
	requireUsageError(t, spent, func() { h.Exp() })
	requireUsageError(t, spent, func() { h.Reshape(1).Exp() })
	require.Equal(t, float32(2*math.E), y.Item(), "values stay readable")
	require.Equal(t, float32(2*math.E), y.Detach().MulScalar(1).Item(), "and usable without a gradient")
}

func TestLeavesGatherOverSeveralBackwards(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x, unused := leaf(tape, 1, 2), leaf(tape, 5)
	tape.Backward(x.MulScalar(2).Sum(), nil)
	tape.Backward(x.Mul(x).Sum(), nil)
	requireSame(t, []float32{4, 6}, x.PeekGrad())
	first := x.TakeGrad()
	require.Nil(t, x.TakeGrad())
	require.Nil(t, unused.TakeGrad())
	tape.Backward(x.MulScalar(3).Sum(), nil)
	requireSame(t, []float32{3, 3}, x.TakeGrad())
	requireSame(t, []float32{4, 6}, first)
}

func TestRetainGivesTheRowsOfAJacobian(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	tape.Retain = true
	x := leaf(tape, 2, 3, 5)
	y := x.Mul(x.Sum()) // dy_i/dx_j = x_i + [i = j] sum
	want := [][]float32{{12, 2, 2}, {3, 13, 3}, {5, 5, 15}}
	for range 2 {
		for i, row := range want {
			seed := make([]float32, 3)
			seed[i] = 1
			tape.Backward(y, seed)
			requireSame(t, row, x.TakeGrad())
		}
	}
	elements, _ := tape.Memory()
	for range 1000 {
		tape.Backward(y, []float32{1, 1, 1})
	}
	after, _ := tape.Memory()
	require.Equal(t, elements, after, "gradients of intermediate values are recycled")
}

func TestBackwardLeavesOtherBranchesAlone(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x, z := leaf(tape, 2), leaf(tape, 3)
	h := x.Mul(x)
	side := h.Mul(z)
	tape.Backward(h.MulScalar(5), nil)
	requireSame(t, []float32{20}, x.TakeGrad())
	require.Nil(t, z.TakeGrad())
	require.Error(t, autograd.Catch(func() { tape.Backward(side, nil) }), "the whole tape is spent")
}

func TestDetachCuts(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 3)
	cut := x.Mul(x).Detach()
	require.False(t, cut.WantsGrad())
	tape.Backward(x.Mul(cut), nil)
	requireSame(t, []float32{9}, x.TakeGrad())
	require.Same(t, &x.Data()[0], &x.Detach().Data()[0])
	constant := of(1)
	require.Same(t, constant, constant.Detach())
}

func TestViewsShareTheGradient(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1, 2, 3, 4)
	view := x.Reshape(2, 2)
	loss := view.Select(0, 0).Sum().Add(x.MulScalar(10).Sum()).Add(view.Flatten(0).Slice(0, 3, 4).Sum())
	tape.Backward(loss, nil)
	requireSame(t, []float32{11, 11, 10, 11}, view.PeekGrad())
	requireSame(t, []float32{11, 11, 10, 11}, x.TakeGrad())
	require.Nil(t, view.TakeGrad())

	h := x.MulScalar(2) // not a leaf
	tape.Backward(h.Reshape(2, 2).Mul(h.Reshape(2, 2)).Sum(), nil)
	requireSame(t, []float32{8, 16, 24, 32}, x.TakeGrad())
}

func TestWatchSeesTheWholeGradient(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1, 2)
	h := x.MulScalar(2)
	calls := 0
	var seen []float32
	tape.Watch(h.Reshape(2, 1), func(dy []float32) {
		calls++
		seen = slices.Clone(dy)
	})
	other := x.MulScalar(3)
	tape.Watch(other, func([]float32) { t.Error("not on the way back") })
	tape.Backward(h.Add(h).Add(h.Mul(h)).Sum(), nil)
	require.Equal(t, 1, calls)
	requireSame(t, []float32{2 + 2*2, 2 + 2*4}, seen)
	requireSame(t, []float32{12, 20}, x.TakeGrad())
}

func TestBackwardWorksInFloat64(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float64](true)
	x := tape.Leaf("x", []float64{1, 2, 3}, []int{3}, true)
	y := x.Tanh().Mean()
	tape.Backward(y, nil)
	for i, dx := range x.TakeGrad() {
		c := math.Cosh(x.Data()[i])
		require.InDelta(t, 1/(3*c*c), dx, 1e-16)
	}
}

func TestGradientsReachInputsInEveryForm(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1, 2)
	same := func(back func(x *tensor[float32], dy []float32)) *tensor[float32] {
		y := x.Like()
		copy(y.Data(), x.Data())
		return y.Record("same", func(dy []float32) { back(x, dy) })
	}
	viaAdd := func(x *tensor[float32], dy []float32) { x.AddGrad(dy) }
	viaGrad := func(x *tensor[float32], dy []float32) {
		dx := x.Grad()
		for i := range dx {
			dx[i] += dy[i]
		}
	}
	for _, back := range []func(x *tensor[float32], dy []float32){viaAdd, viaGrad} {
		tape.Backward(same(back).Add(same(back)), []float32{1, 10})
		requireSame(t, []float32{2, 20}, x.TakeGrad())
	}
	still := tape.Leaf("", []float32{1, 2}, []int{2}, false)
	still.AddGrad([]float32{1, 1})
	require.Nil(t, still.Grad())
	require.Nil(t, still.PeekGrad())
}
