package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
)

// Hard points of float32: where formulas written down naively overflow, cancel or lose the answer.

var extremeLogits = map[string][]float32{
	"1e4":        {1e4, 1e4 - 1, 0},
	"-1e4":       {-1e4, -1e4 - 1, -2e4},
	"far apart":  {-1e4, 1e4, 0},
	"all equal":  {3, 3, 3},
	"all zero":   {0, 0, 0},
	"single":     {1e4},
	"masked":     {0.5, -inf32, 1},
	"mostly off": {-inf32, -1e4, -inf32},
	"largest":    {3e38, -3e38, 3e38},
}

// softmaxOf is the answer in float64, where these logits are easy.
func softmaxOf(x []float32) (p, logp []float64) {
	top := float64(x[0])
	for _, v := range x {
		top = max(top, float64(v))
	}
	var sum float64
	for _, v := range x {
		sum += math.Exp(float64(v) - top)
	}
	for _, v := range x {
		p = append(p, math.Exp(float64(v)-top)/sum)
		logp = append(logp, float64(v)-top-math.Log(sum))
	}
	return p, logp
}

func TestSoftmaxFamilyHoldsAtExtremeLogits(t *testing.T) {
	t.Parallel()
	for name, x := range extremeLogits {
		p, logp := softmaxOf(x)
		got, _ := through(func(x *tensor[float32]) *tensor[float32] { return x.Softmax(0) }, x...)
		gotLog, _ := through(func(x *tensor[float32]) *tensor[float32] { return x.LogSoftmax(0) }, x...)
		_, dx := through(func(x *tensor[float32]) *tensor[float32] { return x.LogSumExp() }, x...)
		for i := range x {
			assertNear(t, p[i], got[i], "%s: softmax %d", name, i)
			assertNear(t, logp[i], gotLog[i], "%s: log-softmax %d", name, i)
			assertNear(t, p[i], dx[i], "%s: gradient of log-sum-exp %d", name, i)
		}
	}
}

func TestCrossEntropyHoldsAtExtremeLogits(t *testing.T) {
	t.Parallel()
	for name, x := range extremeLogits {
		p, logp := softmaxOf(x)
		for label := range x {
			y, dx := through(labelled(int32(label)), x...)
			assertNear(t, -logp[label], y[0], "%s: label %d", name, label)
			for i := range x {
				want := p[i]
				if i == label {
					want--
				}
				assertNear(t, want, dx[i], "%s: label %d, gradient %d", name, label, i)
			}
		}
	}
}

// A masked row among others must not spoil them.
func TestSoftmaxKeepsNaNToItsLine(t *testing.T) {
	t.Parallel()
	y := autograd.From([]float32{-inf32, -inf32, 0, 0}, 2, 2).Softmax(1)
	requireSame(t, []float32{nan32, nan32, 0.5, 0.5}, y.Data())
	y = autograd.From([]float32{-inf32, 0, -inf32, 0}, 2, 2).Softmax(0)
	requireSame(t, []float32{nan32, 0.5, nan32, 0.5}, y.Data())
}

// The loss of a sure and right prediction is far below float32's 6e-8 beside 1, yet has all its digits.
func TestCrossEntropyKeepsTheDigitsOfSmallLosses(t *testing.T) {
	t.Parallel()
	for _, gap := range []float32{1, 10, 20, 30, 60, 80} {
		small := math.Log1p(math.Exp(-float64(gap)))
		other := math.Exp(-float64(gap) - small)
		y, dx := through(labelled(0), 5, 5-gap)
		assertNear(t, small, y[0], "gap %v", gap)
		assertNear(t, -other, dx[0], "gap %v: label", gap)
		assertNear(t, other, dx[1], "gap %v: other", gap)
	}
}

// noisy returns normal values around an offset, as float32 holds them.
func noisy(n int, offset float64) []float32 {
	data := gradcheck.Normal(9, n).Data()
	x := make([]float32, n)
	for i, v := range data {
		x[i] = float32(v + offset)
	}
	return x
}

func TestVarianceHoldsFarFromZero(t *testing.T) {
	t.Parallel()
	x := noisy(1000, 1e6)
	var mean, squares float64
	for _, v := range x {
		mean += float64(v) / 1000
	}
	for _, v := range x {
		squares += (float64(v) - mean) * (float64(v) - mean)
	}
	require.InDelta(t, 1, squares/999, 0.2, "the noise is of variance 1")
	y, dx := through(func(x *tensor[float32]) *tensor[float32] { return x.Var(1) }, x...)
	assertNear(t, squares/999, y[0], "variance")
	for i, v := range x {
		assert.InDelta(t, 2./999*(float64(v)-mean), dx[i], 1e-9, "gradient %d", i)
	}
	y, _ = through(func(x *tensor[float32]) *tensor[float32] { return x.Std(1) }, x...)
	assertNear(t, math.Sqrt(squares/999), y[0], "standard deviation")
}

func TestNormsHoldFarFromZero(t *testing.T) {
	t.Parallel()
	const n, c = 4, 64
	x := noisy(n*c, 1e6)
	wide := norms[float64]()
	for name, f := range norms[float32]() {
		got := run(f, []*tensor[float32]{autograd.From(x, n, c)})
		want := run(wide[name], []*tensor[float64]{autograd.From(convert[float64](x), n, c)})
		for k := range want {
			for i, w := range want[k] {
				require.InDelta(t, w, got[k][i], 2e-6, "%s norm: result %d (0: the value), element %d", name, k, i)
			}
		}
	}
}

func norms[T autograd.Float]() map[string]func(x ...*tensor[T]) *tensor[T] {
	return map[string]func(x ...*tensor[T]) *tensor[T]{
		"layer": func(x ...*tensor[T]) *tensor[T] { return x[0].LayerNorm(nil, nil, 1e-5) },
		"batch": func(x ...*tensor[T]) *tensor[T] {
			y, _, _ := x[0].BatchNorm(nil, nil, 1e-5)
			return y
		},
	}
}

func TestNormsOfConstantRowsGiveTheShift(t *testing.T) {
	t.Parallel()
	x := of(0.1, 0.1, 0.1, 1e6, 1e6, 1e6).Reshape(2, 3)
	assert.Equal(t, []float32{4, 5, 6, 4, 5, 6}, x.LayerNorm(of(1, 2, 3), of(4, 5, 6), 1e-5).Data())
	y, _, variance := x.Transpose(0, 1).BatchNorm(of(7, 8), of(4, 5), 1e-5)
	assert.Equal(t, []float32{4, 5, 4, 5, 4, 5}, y.Data())
	assert.Equal(t, []float32{0, 0}, variance)
}

func TestMeanOfAMillionHasAllItsDigits(t *testing.T) {
	t.Parallel()
	x := make([]float32, 1_000_000)
	for i := range x {
		x[i] = 0.1
	}
	y, dx := through(func(x *tensor[float32]) *tensor[float32] { return x.Mean() }, x...)
	assert.Equal(t, float32(0.1), y[0])
	assert.Equal(t, float32(1e-6), dx[0])
	square := autograd.From(x, len(x)).RMSNorm(nil, 0)
	assert.Equal(t, float32(1), square.Data()[0])
	column := autograd.From(x, len(x)/2, 2)
	_, mean, _ := column.BatchNorm(nil, nil, 1e-5)
	assert.Equal(t, []float32{0.1, 0.1}, mean)
}

// The gradients of gain and shift are sums over all rows: here the addends of float32 would stop counting.
func TestGainAndShiftGradientsOfManyRowsHaveAllTheirDigits(t *testing.T) {
	t.Parallel()
	const n = 100_000
	data := make([]float32, 2*n)
	for i := range data {
		data[i] = float32(i % 2)
	}
	tape := autograd.NewTape[float32](true)
	gain, shift := tape.Leaf("gain", []float32{1, 1}, []int{2}, true), tape.Leaf("shift", []float32{0, 0}, []int{2}, true)
	y := autograd.From(data, n, 2).LayerNorm(gain, shift, 0)
	seed := make([]float32, 2*n)
	for i := range seed {
		seed[i] = 0.1
	}
	tape.Backward(y, seed)
	want := float32(float64(seed[0]) * n)
	assert.Equal(t, []float32{-want, want}, gain.TakeGrad())
	assert.Equal(t, []float32{want, want}, shift.TakeGrad())
}

func TestReductionsNormsAndLossesTakeEmptyTensors(t *testing.T) {
	t.Parallel()
	labels := autograd.Labels{Data: []int32{}, Shape: []int{0}}
	unreduced := autograd.Reduction(autograd.ReduceNone)
	for name, f := range map[string]func(x, gain, shift *tensor[float32]) *tensor[float32]{
		"max":         func(x, _, _ *tensor[float32]) *tensor[float32] { return x.Max(1) },
		"min":         func(x, _, _ *tensor[float32]) *tensor[float32] { return x.Min(1) },
		"var":         func(x, _, _ *tensor[float32]) *tensor[float32] { return x.Var(1, 0) },
		"std":         func(x, _, _ *tensor[float32]) *tensor[float32] { return x.Std(1) },
		"log-sum-exp": func(x, _, _ *tensor[float32]) *tensor[float32] { return x.LogSumExp(0) },
		"softmax":     func(x, _, _ *tensor[float32]) *tensor[float32] { return x.Softmax(0) },
		"log-softmax": func(x, _, _ *tensor[float32]) *tensor[float32] { return x.LogSoftmax(1) },
		"layer norm":  func(x, g, s *tensor[float32]) *tensor[float32] { return x.LayerNorm(g, s, 1e-5) },
		"rms norm":    func(x, g, s *tensor[float32]) *tensor[float32] { return x.RMSNorm(g, 1e-5).Add(s) },
		"inference":   func(x, g, s *tensor[float32]) *tensor[float32] { return x.BatchNormInference(g, s, g, s, 1e-5) },
		"cross-entropy": func(x, _, _ *tensor[float32]) *tensor[float32] {
			return x.CrossEntropy(labels, unreduced)
		},
		"bce":   func(x, _, _ *tensor[float32]) *tensor[float32] { return x.BCEWithLogits(x, unreduced) },
		"mse":   func(x, _, _ *tensor[float32]) *tensor[float32] { return x.MSE(x, unreduced) },
		"l1":    func(x, _, _ *tensor[float32]) *tensor[float32] { return x.L1(x, unreduced) },
		"huber": func(x, _, _ *tensor[float32]) *tensor[float32] { return x.Huber(x, 1, unreduced) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tape := autograd.NewTape[float32](true)
			x := tape.Leaf("x", nil, []int{0, 3}, true)
			gain, shift := tape.Leaf("gain", make([]float32, 3), []int{3}, true), tape.Leaf("shift", make([]float32, 3), []int{3}, true)
			tape.Backward(f(x, gain, shift).Sum(), nil)
			assert.Empty(t, x.TakeGrad())
			for _, g := range [][]float32{gain.TakeGrad(), shift.TakeGrad()} {
				assert.Subset(t, []float32{0}, g, "no rows, no gradient")
			}
		})
	}
}

func TestNormsTakeRowsWithoutElements(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := tape.Leaf("x", nil, []int{4, 0}, true)
	gain := tape.Leaf("gain", nil, []int{0}, true)
	y, mean, variance := x.BatchNorm(gain, gain, 1e-5)
	assert.Empty(t, mean)
	assert.Empty(t, variance)
	tape.Backward(y.LayerNorm(gain, gain, 1e-5).RMSNorm(gain, 1e-5).Sum(), nil)
	ignored := autograd.LabelsOf([]int32{-100, -100, -100, -100})
	assert.Zero(t, x.CrossEntropy(ignored, autograd.Reduction(autograd.ReduceSum)).Item())
	require.ErrorContains(t, autograd.Catch(func() { x.CrossEntropy(autograd.LabelsOf(make([]int32, 4))) }), "none of the 0 classes")
}
