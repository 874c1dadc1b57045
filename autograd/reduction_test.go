package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

// line is an op over a vector: its value, and its gradient for a gradient of ones.
type line struct {
	name string
	f    func(x *tensor[float32]) *tensor[float32]
	x    []float32
	y    []float32
	dx   []float32
}

func requireLines(t *testing.T, lines []line) {
	t.Helper()
	for _, l := range lines {
		y, dx := through(l.f, l.x...)
		for i, want := range l.y {
			assertNear(t, float64(want), y[i], "%s: value %d", l.name, i)
		}
		for i, want := range l.dx {
			assertNear(t, float64(want), dx[i], "%s: gradient %d", l.name, i)
		}
		require.Len(t, y, len(l.y), l.name)
		require.Len(t, dx, len(l.dx), l.name)
	}
}

func TestExtremesShareTheGradientAmongTiesAndLetNaNWin(t *testing.T) {
	t.Parallel()
	largest := func(x *tensor[float32]) *tensor[float32] { return x.Max() }
	smallest := func(x *tensor[float32]) *tensor[float32] { return x.Min(0) }
	requireLines(t, []line{
		{"one", largest, []float32{1, 3, 2}, []float32{3}, []float32{0, 1, 0}},
		{"ties", largest, []float32{3, 1, 3, 3}, []float32{3}, []float32{1. / 3, 0, 1. / 3, 1. / 3}},
		{"zeros of both signs", largest, []float32{0, float32(negative)}, []float32{0}, []float32{0.5, 0.5}},
		{"+Inf", largest, []float32{inf32, 1, inf32}, []float32{inf32}, []float32{0.5, 0, 0.5}},
		{"only -Inf", largest, []float32{-inf32, -inf32}, []float32{-inf32}, []float32{0.5, 0.5}},
		{"NaN first", largest, []float32{nan32, inf32}, []float32{nan32}, []float32{nan32, nan32}},
		{"NaN last", largest, []float32{1, nan32}, []float32{nan32}, []float32{nan32, nan32}},
		{"least", smallest, []float32{1, -3, 2}, []float32{-3}, []float32{0, 1, 0}},
		{"least ties", smallest, []float32{2, 1, 1}, []float32{1}, []float32{0, 0.5, 0.5}},
		{"least -Inf", smallest, []float32{-inf32, 1}, []float32{-inf32}, []float32{1, 0}},
		{"least NaN", smallest, []float32{-inf32, nan32, 0}, []float32{nan32}, []float32{nan32, nan32, nan32}},
	})
}

func TestExtremesGoOverAnyAxes(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{1, 8, 3, 4, 5, 6, 7, 2}, 2, 2, 2)
	for _, c := range []struct {
		axes           []int
		shape          []int
		largest, least []float32
	}{
		{nil, nil, []float32{8}, []float32{1}},
		{[]int{0}, []int{2, 2}, []float32{5, 8, 7, 4}, []float32{1, 6, 3, 2}},
		{[]int{-2}, []int{2, 2}, []float32{3, 8, 7, 6}, []float32{1, 4, 5, 2}},
		{[]int{2, 0}, []int{2}, []float32{8, 7}, []float32{1, 2}},
	} {
		largest, least := x.Max(c.axes...), x.Min(c.axes...)
		assert.Equal(t, c.largest, largest.Data(), "max over %v", c.axes)
		assert.Equal(t, c.least, least.Data(), "min over %v", c.axes)
		assert.Equal(t, c.shape, append([]int(nil), largest.Shape()...))
		assert.Equal(t, c.shape, append([]int(nil), least.Shape()...))
	}
}

func TestArgMaxTakesTheFirstOfTiesAndNaNAsLargest(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{
		1, 5, 5,
		2, nan32, inf32,
		-inf32, -inf32, -inf32,
		0, 0, 1,
	}, 4, 3)
	assert.Equal(t, autograd.LabelsOf([]int32{1, 1, 0, 2}), x.ArgMax(-1))
	assert.Equal(t, autograd.LabelsOf([]int32{1, 1, 1}), x.ArgMax(0))
	assert.Equal(t, autograd.LabelsOf([]int32{1, 0, 0, 1}, 2, 2), autograd.From([]float32{1, 5, 2, 4, 3, 0, 2, 1}, 2, 2, 2).ArgMax(1))
}

func TestArgMaxRefusesTensorsOfAnEarlierPass(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](false)
	x := tape.Leaf("x", []float32{1, 2}, []int{2}, false)
	tape.Reset()
	requireUsageError(t, "autograd: tensor [2] of an earlier pass used after Reset", func() { x.ArgMax(0) })
}

func TestExtremesOfNothingPanic(t *testing.T) {
	t.Parallel()
	none := autograd.From([]float32{}, 2, 0)
	const reason = "nothing has no largest or smallest element"
	requireShapeError(t, "autograd: max: [2 0]: "+reason, func() { none.Max() })
	requireShapeError(t, "autograd: min: [2 0]: "+reason, func() { none.Min(1) })
	requireShapeError(t, "autograd: argmax: [2 0]: "+reason, func() { none.ArgMax(1) })
	assert.Empty(t, none.Max(0).Data())
	assert.Equal(t, []int{0}, none.ArgMax(0).Shape)
}

func TestReductionsRefuseWrongAxes(t *testing.T) {
	t.Parallel()
	x := of(1, 2, 3)
	const range1 = "axis 1 of shape [3]: axes run from -1 to 0"
	requireUsageError(t, "autograd: max: "+range1, func() { x.Max(1) })
	requireUsageError(t, "autograd: argmax: "+range1, func() { x.ArgMax(1) })
	requireUsageError(t, "autograd: var: "+range1, func() { x.Var(1, 1) })
	requireUsageError(t, "autograd: std: "+range1, func() { x.Std(1, 1) })
	requireUsageError(t, "autograd: logsumexp: "+range1, func() { x.LogSumExp(1) })
	requireUsageError(t, "autograd: softmax: "+range1, func() { x.Softmax(1) })
	requireUsageError(t, "autograd: log_softmax: "+range1, func() { x.LogSoftmax(1) })
	requireUsageError(t, "autograd: min: axis 0 is named twice", func() { x.Min(0, -1) })
}

func TestVarianceAtSpecialPoints(t *testing.T) {
	t.Parallel()
	sample := func(x *tensor[float32]) *tensor[float32] { return x.Var(1) }
	population := func(x *tensor[float32]) *tensor[float32] { return x.Var(0) }
	deviation := func(x *tensor[float32]) *tensor[float32] { return x.Std(0) }
	requireLines(t, []line{
		{"sample", sample, []float32{1, 2, 6}, []float32{7}, []float32{-2, -1, 3}},
		{"population", population, []float32{1, 2, 6}, []float32{14. / 3}, []float32{-4. / 3, -2. / 3, 2}},
		{"sample of one", sample, []float32{5}, []float32{nan32}, []float32{nan32}},
		{"population of one", population, []float32{5}, []float32{0}, []float32{0}},
		{"NaN", sample, []float32{1, nan32}, []float32{nan32}, []float32{nan32, nan32}},
		{"Inf", sample, []float32{1, inf32}, []float32{nan32}, []float32{-inf32, nan32}},
		{"deviation", deviation, []float32{1, 3}, []float32{1}, []float32{-0.5, 0.5}},
		{"deviation of equals", deviation, []float32{0.1, 0.1, 0.1}, []float32{0}, []float32{0, 0, 0}},
		{"deviation of NaN", deviation, []float32{1, nan32}, []float32{nan32}, []float32{nan32, nan32}},
	})
	y := of(1, 3).Var(5).Item()
	assert.Equal(t, inf32, y, "fewer elements than the correction")
}

func TestLogSumExpAtSpecialPoints(t *testing.T) {
	t.Parallel()
	f := func(x *tensor[float32]) *tensor[float32] { return x.LogSumExp() }
	requireLines(t, []line{
		{"equal", f, []float32{2, 2}, []float32{2 + 0.6931472}, []float32{0.5, 0.5}},
		{"far up", f, []float32{1e4, 1e4}, []float32{1e4 + 0.6931472}, []float32{0.5, 0.5}},
		{"far down", f, []float32{-1e4, -1e4 - 200}, []float32{-1e4}, []float32{1, 0}},
		{"masked", f, []float32{-inf32, 1}, []float32{1}, []float32{0, 1}},
		{"all masked", f, []float32{-inf32, -inf32}, []float32{-inf32}, []float32{nan32, nan32}},
		{"+Inf", f, []float32{inf32, 1}, []float32{inf32}, []float32{nan32, 0}},
		{"+Inf and -Inf", f, []float32{inf32, -inf32}, []float32{inf32}, []float32{nan32, 0}},
		{"NaN", f, []float32{nan32, inf32, 1}, []float32{nan32}, []float32{nan32, nan32, nan32}},
		{"one", f, []float32{-3}, []float32{-3}, []float32{1}},
	})
	assert.Equal(t, -inf32, autograd.From([]float32{}, 0).LogSumExp().Item(), "of nothing")
}

func TestSoftmaxAtSpecialPoints(t *testing.T) {
	t.Parallel()
	// One of the outputs is taken, for the gradient of their sum is 0.
	first := []float32{1, 0, 0}
	softmax := func(x *tensor[float32]) *tensor[float32] { return x.Softmax(0).Mul(of(first[:x.Len()]...)) }
	firstLog := func(x *tensor[float32]) *tensor[float32] { return x.LogSoftmax(0).Mul(of(first[:x.Len()]...)) }
	logSoftmax := func(x *tensor[float32]) *tensor[float32] { return x.LogSoftmax(0) }
	requireLines(t, []line{
		{"equal", softmax, []float32{7, 7}, []float32{0.5, 0}, []float32{0.25, -0.25}},
		{"far up", softmax, []float32{1e4, 1e4, -1e4}, []float32{0.5, 0, 0}, []float32{0.25, -0.25, 0}},
		{"single", softmax, []float32{-1e4}, []float32{1}, []float32{0}},
		{"masked", softmax, []float32{1, 1, -inf32}, []float32{0.5, 0, 0}, []float32{0.25, -0.25, 0}},
		{"all masked", softmax, []float32{-inf32, -inf32}, []float32{nan32, nan32}, []float32{nan32, nan32}},
		{"+Inf", softmax, []float32{1, inf32}, []float32{nan32, nan32}, []float32{nan32, nan32}},
		{"NaN", softmax, []float32{1, nan32}, []float32{nan32, nan32}, []float32{nan32, nan32}},
		{"log of equal", firstLog, []float32{7, 7}, []float32{-0.6931472, 0}, []float32{0.5, -0.5}},
		{"log far apart", logSoftmax, []float32{1e4, -1e4}, []float32{0, -2e4}, []float32{-1, 1}},
		{"log single", logSoftmax, []float32{3}, []float32{0}, []float32{0}},
		{"log masked", logSoftmax, []float32{0, -inf32}, []float32{0, -inf32}, []float32{-1, 1}},
		{"log all masked", logSoftmax, []float32{-inf32, -inf32}, []float32{nan32, nan32}, []float32{nan32, nan32}},
		{"log +Inf", logSoftmax, []float32{1, inf32}, []float32{nan32, nan32}, []float32{nan32, nan32}},
		{"log NaN", logSoftmax, []float32{nan32, 1}, []float32{nan32, nan32}, []float32{nan32, nan32}},
	})
}
