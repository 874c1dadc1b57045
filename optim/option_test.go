package optim_test

import (
	"math"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// movedBy takes one step of SGD at rate 1 with a gradient of 1 for everything, and returns how far the first number of
// every trainable parameter moved: rate * (1 + decay * where it was).
func movedBy(t *testing.T, opts ...optim.Option) map[string]float64 {
	t.Helper()
	s := newStore()
	before := map[string]float64{}
	for _, p := range s.Params() {
		p.Data[0] = 2
		before[p.Name] = 2
	}
	opt := optim.NewSGD(s, 1, opts...)
	ones := make([]float32, perStep)
	for i := range ones {
		ones[i] = 1
	}
	opt.Step(gradients(nn.NewPass(s, nn.Training), s, ones))
	moved := map[string]float64{}
	for _, p := range s.Params() {
		if p.Trainable() {
			moved[p.Name] = before[p.Name] - float64(p.Data[0])
		}
	}
	return moved
}

func TestWeightDecayIsForWeightsAndEmbeddings(t *testing.T) {
	t.Parallel()
	require.Equal(t, map[string]float64{"weight": 2, "embedding": 2, "bias": 1, "scale": 1}, movedBy(t, optim.WeightDecay(0.5)))
	s := newStore()
	still := append([]float32(nil), s.Param("bias").Data...)
	optim.NewAdamW(s, 0.1, optim.WeightDecay(0.5)).Step(gradients(nn.NewPass(s, nn.Training), s, make([]float32, perStep)))
	require.Equal(t, still, s.Param("bias").Data, "not for biases, even decoupled")
}

func TestGroupsHaveSettingsOfTheirOwn(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		opts []optim.Option
		want map[string]float64
	}{
		{"a rate by kind", []optim.Option{optim.Group(optim.Kinds(initializer.Bias, initializer.Scale), optim.LR(0.5))},
			map[string]float64{"weight": 1, "embedding": 1, "bias": 0.5, "scale": 0.5}},
		{"a rate by name", []optim.Option{optim.Group(optim.Names(regexp.MustCompile("^(weight|bias)$")), optim.LR(0.25))},
			map[string]float64{"weight": 0.25, "embedding": 1, "bias": 0.25, "scale": 1}},
		{"own decay, for whatever it matches", []optim.Option{optim.WeightDecay(0.5), optim.Group(optim.Kinds(initializer.Bias, initializer.Embedding), optim.WeightDecay(0.25))},
			map[string]float64{"weight": 2, "embedding": 1.5, "bias": 1.5, "scale": 1}},
		{"a group without decay keeps the habit", []optim.Option{optim.WeightDecay(0.5), optim.Group(optim.All(), optim.LR(0.5))},
			map[string]float64{"weight": 1, "embedding": 1, "bias": 0.5, "scale": 0.5}},
		{"later groups win", []optim.Option{
			optim.Group(optim.All(), optim.LR(0.5), optim.WeightDecay(1)),
			optim.Group(optim.Kinds(initializer.Scale), optim.LR(0.25)),
			optim.Group(optim.Kinds(initializer.Scale), optim.WeightDecay(0)),
		}, map[string]float64{"weight": 1.5, "embedding": 1.5, "bias": 1.5, "scale": 0.25}},
		{"options of the optimizer never win over groups", []optim.Option{optim.Group(optim.All(), optim.WeightDecay(0)), optim.WeightDecay(0.5)},
			map[string]float64{"weight": 1, "embedding": 1, "bias": 1, "scale": 1}},
		{"the schedule multiplies a group's rate too", []optim.Option{optim.Group(optim.Kinds(initializer.Bias), optim.LR(0.5)), optim.Scheduled(optim.Warmup(2, 0.5, optim.ConstantLR()))},
			map[string]float64{"weight": 0.5, "embedding": 0.5, "bias": 0.25, "scale": 0.5}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, movedBy(t, c.opts...))
		})
	}
}

func TestAForeignOptionPanicsListingTheOptimizersOwn(t *testing.T) {
	t.Parallel()
	s := newStore()
	none := optim.Names(regexp.MustCompile("no such name"))
	for _, c := range []struct {
		op, reason string
		make       func(opts ...optim.Option)
		foreign    []optim.Option
	}{
		{"optim: SGD", "use Momentum, Dampening, Nesterov, WeightDecay, Group, Scheduled", func(o ...optim.Option) { optim.NewSGD(s, 1, o...) },
			[]optim.Option{optim.Betas(0.9, 0.9), optim.Alpha(0.9), optim.Eps(1), optim.Centered(), optim.LR(1)}},
		{"optim: Adam", "use Betas, Eps, WeightDecay, Group, Scheduled", func(o ...optim.Option) { optim.NewAdam(s, 1, o...) },
			[]optim.Option{optim.Momentum(0.9), optim.Dampening(0), optim.Nesterov(), optim.Alpha(0.9), optim.Centered(), optim.LR(1)}},
		{"optim: AdamW", "use Betas, Eps, WeightDecay, Group, Scheduled", func(o ...optim.Option) { optim.NewAdamW(s, 1, o...) },
			[]optim.Option{optim.Momentum(0.9)}},
		{"optim: RMSprop", "use Alpha, Eps, Momentum, Centered, WeightDecay, Group, Scheduled", func(o ...optim.Option) { optim.NewRMSprop(s, 1, o...) },
			[]optim.Option{optim.Betas(0.9, 0.9), optim.Dampening(0), optim.Nesterov(), optim.LR(1)}},
		{"optim: NAdam", "use Betas, Eps, MomentumDecay, WeightDecay, Decoupled, Group, Scheduled", func(o ...optim.Option) { optim.NewNAdam(s, 1, o...) },
			[]optim.Option{optim.Momentum(0.9), optim.ByAdamW()}},
		{"optim: Lion", "use Betas, WeightDecay, Group, Scheduled", func(o ...optim.Option) { optim.NewLion(s, 1, o...) },
			[]optim.Option{optim.Eps(1), optim.Momentum(0.9), optim.Decoupled()}},
		{"optim: Muon", "use Momentum, Betas, Eps, WeightDecay, ByAdamW, OriginalScale, Group, Scheduled", func(o ...optim.Option) { optim.NewMuon(s, 1, o...) },
			[]optim.Option{optim.Nesterov(), optim.MomentumDecay(0), optim.Dampening(0)}},
	} {
		for _, o := range c.foreign {
			requireForeign(t, c.op, c.reason, func() { c.make(o) })
		}
		inGroup := regexp.MustCompile("Group, Scheduled$").ReplaceAllString(c.reason, "LR")
		requireForeign(t, c.op, inGroup, func() { c.make(optim.Group(optim.All(), optim.Scheduled(nil))) })
		requireForeign(t, c.op, inGroup, func() { c.make(optim.Group(none, optim.Group(none))) })
	}
}

// requireForeign runs f, which must panic because an option is foreign, and name those that are not.
func requireForeign(t *testing.T, op, listed string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		err, ok := recover().(error)
		require.True(t, ok, "%s panics with an error", op)
		require.Regexp(t, "^"+op+": there is no [A-Z][A-Za-z]+ here: "+listed+"$", err.Error())
	}()
	f()
}

func TestSettingsOutOfRangePanic(t *testing.T) {
	t.Parallel()
	s := newStore()
	for _, bad := range []float64{-1e-9, math.NaN(), math.Inf(1), math.Inf(-1)} {
		for op, f := range map[string]func(){
			"optim: SGD":     func() { optim.NewSGD(s, bad) },
			"optim: Adam":    func() { optim.NewAdam(s, 1, optim.WeightDecay(bad)) },
			"optim: AdamW":   func() { optim.NewAdamW(s, 1, optim.Eps(bad)) },
			"optim: NAdam":   func() { optim.NewNAdam(s, 1, optim.MomentumDecay(bad)) },
			"optim: RMSprop": func() { optim.NewRMSprop(s, 1, optim.Group(optim.All(), optim.LR(bad))) },
		} {
			requireOutOfRange(t, op, f)
		}
	}
	for _, bad := range []float64{-0.1, 1, math.NaN()} {
		for op, fs := range map[string][]func(){
			"optim: SGD": {
				func() { optim.NewSGD(s, 1, optim.Momentum(bad)) },
				func() { optim.NewSGD(s, 1, optim.Momentum(0.9), optim.Dampening(bad)) },
			},
			"optim: Adam": {
				func() { optim.NewAdam(s, 1, optim.Betas(bad, 0.9)) },
				func() { optim.NewAdam(s, 1, optim.Betas(0.9, bad)) },
			},
			"optim: RMSprop": {
				func() { optim.NewRMSprop(s, 1, optim.Alpha(bad)) },
				func() { optim.NewRMSprop(s, 1, optim.Group(optim.All(), optim.Momentum(bad))) },
			},
		} {
			for _, f := range fs {
				requireOutOfRange(t, op, f)
			}
		}
	}
}

// requireOutOfRange runs f, which must panic because a value is out of its range.
func requireOutOfRange(t *testing.T, op string, f func()) {
	t.Helper()
	defer func() {
		t.Helper()
		err, ok := recover().(error)
		require.True(t, ok, "%s panics with an error", op)
		require.Regexp(t, "^"+op+": .* is .*, but must be from 0 to below (1|\\+Inf)$", err.Error())
	}()
	f()
}

func TestNesterovNeedsMomentumForEveryParameter(t *testing.T) {
	t.Parallel()
	s := newStore()
	const reason = "Nesterov needs Momentum and no Dampening"
	requireUsageError(t, "optim: SGD", reason, func() { optim.NewSGD(s, 1, optim.Nesterov()) })
	requireUsageError(t, "optim: SGD", reason, func() {
		optim.NewSGD(s, 1, optim.Nesterov(), optim.Momentum(0.9), optim.Dampening(0.1))
	})
	requireUsageError(t, "optim: SGD", reason, func() { optim.NewSGD(s, 1, optim.Group(optim.All(), optim.Nesterov())) })
	require.NotPanics(t, func() {
		optim.NewSGD(s, 1, optim.Group(optim.All(), optim.Nesterov()), optim.Group(optim.All(), optim.Momentum(0.9)))
	})
}
