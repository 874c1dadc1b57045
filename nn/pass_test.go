package nn_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func TestOfMemoises(t *testing.T) {
	t.Parallel()
	s := newStore()
	w := vector(s, "w", 1, 2)
	p := nn.NewPass(s, nn.Training)
	first := p.Of(w)
	assert.Same(t, first, p.Of(w))
	assert.Equal(t, "w", first.Name())
	assert.Nil(t, p.Of(nil))
	p.Reset()
	assert.NotSame(t, first, p.Of(w))
}

func TestOfSeesParametersDeclaredAfterThePass(t *testing.T) {
	t.Parallel()
	s := newStore()
	p := nn.NewPass(s, nn.Training)
	a := vector(s, "a", 1)
	before := p.Of(a)
	b := vector(s, "b", 2)
	require.Equal(t, float32(2), p.Of(b).Item())
	require.Same(t, before, p.Of(a))
}

func TestAParameterOfAnotherStorePanics(t *testing.T) {
	t.Parallel()
	s, other := newStore(), newStore()
	vector(s, "w", 1)
	same, beyond := vector(other, "w", 1), vector(other, "w2", 1)
	p := nn.NewPass(s, nn.Training)
	requireUsageError(t, `parameter "w" belongs to another store than this pass`, func() { p.Of(same) })
	requireUsageError(t, `parameter "w2" belongs to another store than this pass`, func() { p.Of(beyond) })
	requireUsageError(t, `parameter "w2" belongs to another store than this pass`, func() { p.Update(beyond, []float32{1}, 1) })
}

func TestFrozenParametersAndBuffersGetNoGradient(t *testing.T) {
	t.Parallel()
	s := newStore()
	w, frozen, buffer := vector(s, "w", 2), vector(s, "frozen", 3), s.Root().Buffer("buffer", 5, 1)
	frozen.Frozen = true
	p := nn.NewPass(s, nn.Training)
	grads := p.Backward(p.Of(w).Mul(p.Of(frozen)).Mul(p.Of(buffer)))
	assert.Equal(t, []float32{15}, grads.Of(w))
	assert.Nil(t, grads.Of(frozen))
	assert.Nil(t, grads.Of(buffer))
	frozen.Frozen = false
	p.Reset()
	assert.Equal(t, []float32{10}, p.Backward(p.Of(w).Mul(p.Of(frozen)).Mul(p.Of(buffer))).Of(frozen))
}

// halves starts every weight at 1 and has the forward compute with half of it.
type halves struct{}

func (halves) String() string { return "halves" }

func (halves) Fill(p *initializer.Param, _ *rand.Rand, dst []float32) {
	for i := range dst {
		dst[i] = 1
	}
	p.Multiplier, p.LRMultiplier = 0.5, 0.25
}

func TestOfAppliesTheMultiplierThatASchemeSets(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, halves{})
	w := s.Root().Weight("w", 1, 2)
	p := nn.NewPass(s, nn.Training)
	assert.Equal(t, []float32{0.5, 0.5}, p.Of(w).Data())
	assert.Same(t, p.Of(w), p.Of(w))
	assert.Equal(t, []float32{0.5, 0.5}, p.Backward(p.Of(w).Sum()).Of(w))
	assert.Equal(t, []float32{1.5, 1.5}, p.Backward(p.Of(w).MulScalar(3).Sum()).Of(w), "a second forward in the same run")
	assert.Equal(t, []float32{1, 1}, w.Data)
}

func TestOptimizersApplyTheRateMultiplierThatASchemeSets(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, halves{})
	w := s.Root().Weight("w", 1, 1)
	p := nn.NewPass(s, nn.Training)
	optim.NewSGD(s, 1).Step(p.Backward(p.Of(w).Sum()))
	require.Equal(t, []float32{1 - 0.25*0.5}, w.Data)
}

func TestBackwardNeedsAResetAfterTheParametersChanged(t *testing.T) {
	t.Parallel()
	const reason = "the parameters changed since this run began: call Reset before each forward"
	s := newStore()
	w := vector(s, "w", 1)
	opt := optim.NewSGD(s, 0.1)
	p, late := nn.NewPass(s, nn.Training), nn.NewPass(s, nn.Training)
	stale := late.Of(w).Sum()
	opt.Step(p.Backward(p.Of(w).Sum()))
	requireUsageError(t, reason, func() { late.Backward(stale) })
	requireUsageError(t, reason, func() { late.BackwardFrom(stale, []float32{1}) })
	requireUsageError(t, reason, func() { p.Backward(p.Of(w).Sum()) })
	p.Reset()
	require.Equal(t, []float32{1}, p.Backward(p.Of(w).Sum()).Of(w))

	_, err := s.Load(tensorsOf(s.Tensors()...))
	require.NoError(t, err)
	requireUsageError(t, reason, func() { p.Backward(p.Of(w).Sum()) })
}

func TestTensorsAndGradsOfAnEarlierRunPanic(t *testing.T) {
	t.Parallel()
	s := newStore()
	w := vector(s, "w", 1, 2)
	p := nn.NewPass(s, nn.Training)
	y := p.Of(w).MulScalar(2)
	grads := p.Backward(y.Sum())
	p.Reset()
	requireUsageError(t, "tensor [2] of an earlier pass used after Reset", func() { y.Data() })
	requireUsageError(t, "tensor [2] of an earlier pass used after Reset", func() { p.Input(y) })
	const reason = "gradients of an earlier run used after Reset: Add copies them"
	for name, use := range map[string]func(){
		"Of":        func() { grads.Of(w) },
		"Raw":       func() { grads.Raw(w) },
		"Norm":      func() { grads.Norm() },
		"Scale":     func() { grads.Scale(2) },
		"ClipNorm":  func() { grads.ClipNorm(1) },
		"ClipValue": func() { grads.ClipValue(1) },
		"Add":       func() { grads.Add(p.Backward(p.Of(w).Sum())) },
		"added":     func() { new(nn.Grads).Add(grads) },
		"For":       func() { grads.For(s) },
		"Commit":    func() { s.Commit(grads) },
	} {
		t.Run(name, func(t *testing.T) { requireUsageError(t, reason, use) })
	}
	require.Zero(t, s.Step(), "a refused Commit is no step")
}

func TestInferenceRecordsNothingAndSaysSo(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := nn.NewMLP(s.Root(), 3, 4, 2)
	p := nn.NewPass(s, nn.Inference)
	require.False(t, p.Training())
	loss := net.Forward(p, p.Input(normal(1, 5, 3))).CrossEntropy(labels(1, 5, 2))
	require.False(t, loss.WantsGrad())
	requireUsageError(t, "this tape does not record: make the pass with Training, not Inference", func() { p.Backward(loss) })
}

func TestSeveralForwardsAndBackwardsFollowEachOtherInOneRun(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := nn.NewMLP(s.Root(), 3, 4, 2)
	w := s.Param("0.weight")
	backward := func(p *nn.Pass, seed uint64) nn.Grads {
		return p.Backward(net.Forward(p, p.Input(normal(seed, 5, 3))).CrossEntropy(labels(seed, 5, 2)))
	}
	p := nn.NewPass(s, nn.Training)
	first := backward(p, 1)
	second := backward(p, 2)
	alone := nn.NewPass(s, nn.Training)
	assert.Equal(t, bitsOf(backward(alone, 2).Of(w)), bitsOf(second.Of(w)))
	alone.Reset()
	assert.Equal(t, bitsOf(backward(alone, 1).Of(w)), bitsOf(first.Of(w)), "the first gradients last until Reset")

	x, y := net.Forward(p, p.Input(normal(1, 5, 3))), net.Forward(p, p.Input(normal(2, 5, 3)))
	both := p.Backward(x.CrossEntropy(labels(1, 5, 2)).Add(y.CrossEntropy(labels(2, 5, 2))))
	for i, v := range both.Of(w) {
		assert.InDelta(t, first.Of(w)[i]+second.Of(w)[i], v, 1e-6)
	}
}

func TestBackwardFromTakesAGradientOfAnySize(t *testing.T) {
	t.Parallel()
	s := newStore()
	w := vector(s, "w", 1, 2, 3)
	p := nn.NewPass(s, nn.Training)
	require.Equal(t, []float32{2, 20, 200}, p.BackwardFrom(p.Of(w).MulScalar(2), []float32{1, 10, 100}).Of(w))
	var e *autograd.ShapeError
	require.ErrorAs(t, autograd.Catch(func() { p.BackwardFrom(p.Of(w), []float32{1}) }), &e)
}

func TestInputCopiesNothingAndWantsNoGradient(t *testing.T) {
	t.Parallel()
	s := newStore()
	x := normal(1, 2, 3)
	p := nn.NewPass(s, nn.Training)
	in := p.Input(x)
	assert.Equal(t, x.Shape(), in.Shape())
	assert.Same(t, &x.Data()[0], &in.Data()[0])
	assert.False(t, in.WantsGrad())
}

func TestAnUpdateMustFitItsBuffer(t *testing.T) {
	t.Parallel()
	s := newStore()
	m := s.Root().Buffer("m", 0, 2)
	p := nn.NewPass(s, nn.Training)
	requireUsageError(t, `3 values for buffer "m" of shape [2]`, func() { p.Update(m, make([]float32, 3), 0.1) })
}

func TestPassesHandOnTheirPrecision(t *testing.T) {
	t.Parallel()
	s := newStore()
	medium := nn.MatmulPrecision(autograd.MatmulMedium)
	require.Equal(t, autograd.MatmulHighest, nn.NewPass(s, nn.Training).Tape().MatmulPrecision)
	require.Equal(t, autograd.MatmulMedium, nn.NewPass(s, nn.Inference, medium).Tape().MatmulPrecision)
	p := nn.NewPassShard(s, nn.Training, 1, 2, medium)
	p.Reset()
	require.Equal(t, autograd.MatmulMedium, p.Tape().MatmulPrecision)
}
