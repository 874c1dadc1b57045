package optim_test

import (
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func TestNewMakesEveryOptimizerByName(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"adamw", "adam", "sgd", "rmsprop", "nadam", "lion", "muon"}, optim.OptimizerNames())
	for name, want := range map[string]optim.Optimizer{
		"adamw": &optim.AdamW{}, "adam": &optim.Adam{}, "sgd": &optim.SGD{}, "rmsprop": &optim.RMSprop{},
		"nadam": &optim.NAdam{}, "lion": &optim.Lion{}, "muon": &optim.Muon{},
	} {
		opt, err := optim.New(name, newStore(), 0.25, optim.WeightDecay(0.5))
		require.NoError(t, err)
		assert.IsType(t, want, opt)
		assert.Equal(t, 0.25, opt.LR())
	}
}

func TestNewSaysWhatItCannotMake(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		lr   float64
		opt  optim.Option
		want string
	}{
		{"ad\nam", 1, optim.WeightDecay(0), `no optimizer is called "ad\nam" (did you mean adam?): use one of adamw, adam, sgd, rmsprop, nadam, lion, muon`},
		{"adam", 1, optim.Momentum(0.9), "there is no Momentum here: use Betas, Eps, WeightDecay, Group, Scheduled"},
		{"sgd", 1, optim.Nesterov(), "Nesterov needs Momentum and no Dampening"},
		{"sgd", -1, optim.WeightDecay(0), "the learning rate is -1, but must be from 0 to below +Inf"},
		{"rmsprop", 1, optim.Momentum(1), "Momentum is 1, but must be from 0 to below 1"},
	} {
		opt, err := optim.New(c.name, newStore(), c.lr, c.opt)
		require.ErrorContains(t, err, c.want)
		assert.NotContains(t, err.Error(), "\n")
		assert.Nil(t, opt)
	}
}

func TestStepAdvancesTheStoreAndCommitsItsBuffers(t *testing.T) {
	t.Parallel()
	for _, o := range everyOptimizer(0.01) {
		s := newStore()
		m := s.Param("buffer")
		opt := o.make(s)
		p := nn.NewPass(s, nn.Training)
		p.Update(m, []float32{1, 2, 3, 4}, 1)
		opt.Step(gradients(p, s, noise(1, perStep)))
		assert.Equal(t, []float32{1, 2, 3, 4}, m.Data, o.name)
		assert.Equal(t, 1, s.Step(), o.name)
		opt.Step(nn.Grads{})
		assert.Equal(t, 2, s.Step(), "%s: a step without gradients is one too", o.name)
	}
}

func TestParametersDeclaredAfterTheOptimizerPanic(t *testing.T) {
	t.Parallel()
	s := newStore()
	opt := optim.NewSGD(s, 0.1)
	s.Root().Bias("late", 2)
	requireUsageError(t, "optim: step", "1 parameters were declared after the optimizer was made: make it last", func() { opt.Step(nn.Grads{}) })
	require.Zero(t, s.Step())
}

func TestGradientsOfAnotherStorePanic(t *testing.T) {
	t.Parallel()
	s, other := newStore(), newStore()
	opt := optim.NewSGD(s, 0.1)
	before := bits(s)
	g := gradients(nn.NewPass(other, nn.Training), other, noise(1, perStep))
	requireUsageError(t, "optim: step", "the gradients are of another store than the optimizer's", func() { opt.Step(g) })
	require.Equal(t, before, bits(s))
	require.Zero(t, s.Step())
}

func TestGradientsThatAStepTookPanic(t *testing.T) {
	t.Parallel()
	s := newStore()
	opt := optim.NewSGD(s, 0.1)
	p := nn.NewPass(s, nn.Training)
	g := gradients(p, s, noise(1, perStep))
	require.False(t, g.Taken())
	opt.Step(g)
	require.True(t, g.Taken())
	before := bits(s)
	requireUsageError(t, "optim: step", "the gradients were taken by an earlier step: call Backward for each step", func() { opt.Step(g) })
	require.Equal(t, before, bits(s))
	require.Equal(t, 1, s.Step())
	p.Reset()
	require.NotPanics(t, func() { opt.Step(gradients(p, s, noise(2, perStep))) }, "the memory serves again, the mark does not")
}

func TestWeightsWithoutAGradientStayAsTheyAre(t *testing.T) {
	t.Parallel()
	for _, o := range everyOptimizer(0.1) {
		s := newStore()
		opt := o.make(s, optim.WeightDecay(0.5))
		moved, still, frozen := s.Param("weight"), s.Param("embedding"), s.Param("bias")
		frozen.Frozen = true
		before := append(append([]float32(nil), still.Data...), frozen.Data...)
		start := append([]float32(nil), moved.Data...)
		p := nn.NewPass(s, nn.Training)
		for range 3 {
			p.Reset()
			opt.Step(p.Backward(p.Of(moved).Reshape(4).Mul(p.Of(frozen)).Sum()))
		}
		assert.NotEqual(t, start, moved.Data, o.name)
		assert.Equal(t, before, append(append([]float32(nil), still.Data...), frozen.Data...), o.name)
	}
}

func TestAParameterThatGetsItsFirstGradientLateStartsAfresh(t *testing.T) {
	t.Parallel()
	for _, o := range everyOptimizer(0.1) {
		early, late := newStore(), newStore()
		optEarly, optLate := o.make(early), o.make(late)
		for range 5 {
			optLate.Step(nn.Grads{})
		}
		assert.Equal(t, walk(early, optEarly, 0, 3, nil), walk(late, optLate, 0, 3, nil), "%s: averages count their own gradients", o.name)
	}
}

func TestEveryOptimizerAppliesThePendingFactor(t *testing.T) {
	t.Parallel()
	for _, o := range everyOptimizer(0.01) {
		scaled, given := newStore(), newStore()
		got := walk(scaled, o.make(scaled), 0, 10, func(g nn.Grads) { g.Scale(0.25) })
		opt := o.make(given)
		p := nn.NewPass(given, nn.Training)
		for step := range 10 {
			p.Reset()
			quarter := noise(uint64(step), perStep)
			for i := range quarter {
				quarter[i] *= 0.25 // a power of 2: no rounding, so bits must agree
			}
			opt.Step(gradients(p, given, quarter))
		}
		assert.Equal(t, bits(given), got, o.name)
	}
}

func TestEveryOptimizerHonoursClipping(t *testing.T) {
	t.Parallel()
	for _, o := range everyOptimizer(0.01) {
		clipped, settled, free := newStore(), newStore(), newStore()
		walk(clipped, o.make(clipped), 0, 10, func(g nn.Grads) { g.ClipNorm(1) })
		walk(settled, o.make(settled), 0, 10, func(g nn.Grads) {
			g.ClipNorm(1)
			g.Of(settled.Param("weight")) // to look settles the factor
		})
		assert.NotEqual(t, walk(free, o.make(free), 0, 10, nil), bits(clipped), "%s: clipping shows", o.name)
		for i, p := range clipped.Params() {
			assert.InDeltaSlice(t, settled.Params()[i].Data, p.Data, 1e-5, "%s: %s", o.name, p.Name)
		}
	}
}

// quarters is a scheme that starts everything at 1 and has optimizers learn at a quarter of their rate.
type quarters struct{}

func (quarters) String() string { return "quarters" }

func (quarters) Fill(p *initializer.Param, _ *rand.Rand, dst []float32) {
	for i := range dst {
		dst[i] = 1
	}
	p.LRMultiplier = 0.25
}

func TestEveryOptimizerAppliesTheParametersRateMultiplier(t *testing.T) {
	t.Parallel()
	const lr = 0.5
	slow := everyOptimizer(lr / 4)
	for i, o := range everyOptimizer(lr) {
		run := func(scheme initializer.Scheme, o setting) []uint32 {
			s := nn.NewStore(1, scheme)
			for _, k := range []initializer.Kind{initializer.Weight, initializer.Bias, initializer.Scale, initializer.Embedding} {
				s.Root().Param(initializer.Param{Name: k.String(), Kind: k, Shape: shapeOf(k)})
			}
			for _, p := range s.Params() {
				for j := range p.Data {
					p.Data[j] = 1
				}
			}
			return walk(s, o.make(s), 0, 10, nil)
		}
		assert.Equal(t, run(initializer.Ones(), slow[i]), run(quarters{}, o), o.name)
	}
}

func TestLRFollowsTheScheduleAndTheStoresStep(t *testing.T) {
	t.Parallel()
	s := newStore()
	opt := optim.NewSGD(s, 0.5, optim.Scheduled(optim.StepDecay(2, 0.5)))
	w := s.Param("weight")
	p := nn.NewPass(s, nn.Training)
	var rates, moves []float64
	for range 5 {
		rates = append(rates, opt.LR())
		p.Reset()
		before := w.Data[0]
		opt.Step(p.Backward(p.Of(w).Sum()))
		moves = append(moves, float64(before-w.Data[0]))
	}
	require.Equal(t, []float64{0.5, 0.5, 0.25, 0.25, 0.125}, rates)
	require.InDeltaSlice(t, rates, moves, 1e-6, "each step moves at the rate that LR told before")
	again := optim.NewSGD(s, 0.5, optim.Scheduled(optim.StepDecay(2, 0.5)))
	require.Equal(t, 0.125, again.LR(), "the store holds the step")
	require.Equal(t, 0.5, optim.NewSGD(s, 0.5, optim.Scheduled(nil)).LR())
}

// Not parallel: allocations are counted for the whole process.
func TestAStepAllocatesNothingInSteadyState(t *testing.T) {
	for _, o := range everyOptimizer(0.01) {
		s := newStore()
		opt := o.make(s, optim.Scheduled(optim.Warmup(3, 0.1, optim.Cosine(100, 0))))
		const runs = 20
		var given []nn.Grads
		for range runs + 2 { // and one to warm up, here and in AllocsPerRun
			given = append(given, gradients(nn.NewPass(s, nn.Training), s, noise(1, perStep)))
		}
		step := func() {
			opt.Step(given[0])
			given = given[1:]
		}
		step()
		assert.LessOrEqual(t, testing.AllocsPerRun(runs, step), 0.0, o.name)
	}
}
