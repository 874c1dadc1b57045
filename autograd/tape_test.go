package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

// leaf puts a vector that wants gradients on the tape.
func leaf(t *autograd.Tape[float32], v ...float32) *tensor[float32] {
	return t.Leaf("", v, []int{len(v)}, true)
}

func TestTensorsOfAnEarlierPassPanic(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1)
	y := x.MulScalar(2)
	view, cut := y.Reshape(1, 1), y.Detach()
	tape.Reset()
	fresh := leaf(tape, 1)
	const stale = "autograd: tensor [1] of an earlier pass used after Reset"
	for _, use := range []func(){
		func() { x.Exp() },
		func() { y.Exp() },
		func() { fresh.Add(y) },
		func() { cut.Exp() },
		func() { y.Reshape(1) },
		func() { y.Detach() },
		func() { y.Data() },
		func() { y.Item() },
		func() { x.PeekGrad() },
		func() { x.TakeGrad() },
		func() { tape.Backward(y, nil) },
	} {
		requireUsageError(t, stale, use)
	}
	requireUsageError(t, "autograd: tensor [1 1] of an earlier pass used after Reset", func() { view.Exp() })
	assert.Equal(t, float32(2), fresh.MulScalar(2).Item())
}

// Headers are not reused, or a stale tensor would look like a fresh one after enough work.
func TestStaleTensorsStayStale(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	old := leaf(tape, 1).MulScalar(2)
	for range 100 {
		tape.Reset()
		leaf(tape, 3).MulScalar(2)
		require.Error(t, autograd.Catch(func() { old.Item() }))
	}
}

func TestResultsWithoutAWayBackPanic(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	y := leaf(tape, 1, 2).Like()
	copy(y.Data(), []float32{1, 2})
	const pending = "autograd: tensor [2] is the result of an op that recorded no way back: call Record"
	for _, use := range []func(){
		func() { y.Exp() },
		func() { of(1, 2).Add(y) },
		func() { y.Reshape(2, 1) },
		func() { y.Detach() },
		func() { y.IsNaN() },
		func() { tape.Backward(y, []float32{1, 1}) },
	} {
		requireUsageError(t, pending, use)
	}
	y.Record("copy", func([]float32) {})
	requireSame(t, []float32{1, 2}, y.MulScalar(1).Data())
}

func TestResultsOfConstantsNeedNoWayBack(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	still := tape.Leaf("", []float32{1, 2}, []int{2}, false)
	for _, x := range []*tensor[float32]{still, of(1, 2)} {
		y := x.Like()
		copy(y.Data(), x.Data())
		requireSame(t, []float32{2, 4}, y.Add(y).Data())
		require.False(t, y.WantsGrad())
	}
}

func TestTensorsOfTwoTapesDoNotMeet(t *testing.T) {
	t.Parallel()
	a, b := autograd.NewTape[float32](true), autograd.NewTape[float32](true)
	x, y := leaf(a, 1), leaf(b, 2)
	const message = "autograd: tensors of two tapes meet (shapes [1] and others): an input belongs to the pass that computes with it"
	requireUsageError(t, message, func() { x.Add(y) })
	requireUsageError(t, message, func() { x.Greater(y) })
	requireUsageError(t, "autograd: backward: tensor [1] is not on this tape", func() { a.Backward(y, nil) })
}

func TestConstantsMixWithTapeTensors(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 2, 3)
	y := of(10, 100).Mul(x).Add(autograd.Scalar[float32](1))
	requireSame(t, []float32{21, 301}, y.Data())
	require.True(t, y.WantsGrad())
	tape.Backward(y.Sum(), nil)
	requireSame(t, []float32{10, 100}, x.TakeGrad())
	require.Nil(t, of(1).PeekGrad())
}

func TestMissingInputsAreAllowed(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := leaf(tape, 1)
	y := autograd.New([]int{1}, nil, x, nil)
	copy(y.Data(), x.Data())
	require.True(t, y.Record("copy", func([]float32) {}).WantsGrad())
	require.Zero(t, autograd.New[float32]([]int{1}, nil).Item())
}

func TestATapeThatDoesNotRecordComputesValuesOnly(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](false)
	require.False(t, tape.Recording())
	x := leaf(tape, 1, 2)
	y := x.MulScalar(3).Sum()
	require.Equal(t, float32(9), y.Item())
	require.False(t, y.WantsGrad())
	tape.Watch(y, func([]float32) { t.Error("watched") })
	requireUsageError(t, "autograd: backward: this tape does not record: make the pass with Training, not Inference",
		func() { tape.Backward(y, nil) })
}

func TestLeavesAliasTheirData(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	data := []float32{1, 2}
	w := tape.Leaf("fc.weight", data, []int{2}, true)
	data[0] = 7
	require.Equal(t, float32(9), w.Sum().Item())
	require.Same(t, &data[0], &w.Data()[0])
	require.Equal(t, "fc.weight", w.Name())
	requireShapeError(t, "autograd: leaf: fc.weight [2 2]: the shape must have 3 elements",
		func() { tape.Leaf("fc.weight", make([]float32, 3), []int{2, 2}, true) })
	requireShapeError(t, "autograd: leaf: [-1]: no axis can be negative",
		func() { tape.Leaf("", nil, []int{-1}, true) })
}

func TestObserveSeesEveryOpOnce(t *testing.T) {
	t.Parallel()
	for _, recording := range []bool{true, false} {
		tape := autograd.NewTape[float32](recording)
		var seen []string
		var last float32
		tape.Observe = func(op string, y *tensor[float32]) {
			seen = append(seen, op)
			last = y.Data()[0]
		}
		x := leaf(tape, 4)
		still := tape.Leaf("", []float32{2}, []int{1}, false)
		x.Sqrt().Reshape(1, 1).Add(still)
		require.Equal(t, float32(4), last)
		still.Exp()
		of(1).Exp() // a constant is on no tape
		require.Equal(t, []string{"sqrt", "add", "exp"}, seen)
	}
}
