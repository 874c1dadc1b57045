package paper

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

type experiment func(ctx context.Context, c Config) (Outcome, error)

// smallNet is a fast cousin of glorotNet. Deviations from theory are about five times as large.
var smallNet = deepTanh{depth: 5, width: 100, in: 100, classes: 9, samples: 100}

// cousins are the experiments with networks and trainings of milliseconds. Their rules are weaker than the papers', for
// fewer units vary more.
var cousins = map[string]experiment{
	"glorot-activations":      glorotActivations(smallNet, below(0.2), above(0.35)).run,
	"glorot-gradients":        glorotGradients(smallNet, below(0.2), above(0.25)).run,
	"glorot-weight-gradients": glorotWeightGradients(smallNet, below(1.8), below(1.8)).run,
	"glorot-jacobian":         glorotJacobian(smallNet, within(0.35, 0.6), within(0.55, 0.9)).run,
	"glorot-sigmoid": glorotSigmoid{
		depth: 4, width: 100, batch: 10, steps: 120, every: 20, rate: 1, probe: 20, lowest: below(0.1),
	}.run,
	"he-start":    heStart{depths: []int{8, 12}, width: 64, samples: 8, nets: 16, near: 0.4}.run,
	"he-training": smallTraining.run,
	"lsuv":        lsuvStart{activations: []string{"tanh", "gelu"}, depth: 6, width: 32}.run,
	"saxe-linear": saxeLinear{
		depths: []int{5, 20}, width: 64, explained: 0.5, most: 150, rate: 0.1, steady: below(2), growing: above(1.2),
	}.run,
	"zero-start": zeroStart{lab.Setup{Data: "digits", Depth: 3, Width: 8, Optimizer: "sgd", LR: 0.1, Batch: 16, Steps: 30}}.run,
}

var smallTraining = heTraining{
	setup: lab.Setup{Data: "digits", Width: 32, Activation: "relu", Optimizer: "sgd", LR: 1e-2, Momentum: 0.9, Batch: 16, Steps: 150},
	deep:  24, shallow: 2, last: 20, apart: 1.2, near: 1.5,
}

func TestSmallExperimentsHoldWeakerRules(t *testing.T) {
	t.Parallel()
	for name, run := range cousins {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, err := Named(name)
			require.NoError(t, err)
			p.Run = run
			r, err := p.Reproduce(t.Context(), Config{Seeds: 3})
			require.NoError(t, err)
			assert.True(t, r.Holds(), r.Verdict())
			for _, row := range r.Rows {
				assert.Len(t, row.Values, 3, row.Label)
			}
		})
	}
}

func TestOutcomesDoNotDependOnJobs(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"zero-start", "glorot-jacobian"} {
		one, err := cousins[name](t.Context(), Config{Seeds: 2, Jobs: 1})
		require.NoError(t, err)
		many, err := cousins[name](t.Context(), Config{Seeds: 2, Jobs: 4})
		require.NoError(t, err)
		assert.Equal(t, one, many)
		more, err := cousins[name](t.Context(), Config{Seeds: 3})
		require.NoError(t, err)
		for i, row := range more.Rows {
			assert.Equal(t, one.Rows[i].Values, row.Values[:2], "a seed is the same whatever others there are")
		}
	}
}

func TestRulesOfSwappedStartsBreak(t *testing.T) {
	t.Parallel()
	o, err := glorotActivations(smallNet, above(0.35), below(0.2)).run(t.Context(), Config{Seeds: 2})
	require.NoError(t, err)
	r := Result{Paper: Paper{Name: "glorot-activations"}, Outcome: o}
	assert.False(t, r.Holds())
	assert.Regexp(t, "does not hold: standard, last layer / first layer is 0.[0-9]+, not above 0.350; normalized, ", r.Verdict())
}

func TestStoppedExperimentsReturnTheReason(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, run := range cousins {
		_, err := run(ctx, Config{Seeds: 2})
		assert.ErrorIs(t, err, context.Canceled, name)
	}
}

func TestMissingDataAreTold(t *testing.T) {
	t.Parallel()
	h := smallTraining
	h.setup.Data = "no such set"
	_, err := h.run(t.Context(), Config{Seeds: 2})
	assert.ErrorContains(t, err, "no such set")
}

// Three samples of two features, which are all the same up to a factor: rank 1. The loss of W = 0 that can be explained, and
// gradients, are those of all samples.
func TestRegressionHasTheGradientsOfAllSamples(t *testing.T) {
	t.Parallel()
	set := &data.Set{
		X: autograd.From([]float32{1, 2, 2, 4, -1, -2}, 3, 2), Y: autograd.LabelsOf([]int32{0, 0, 1}), Classes: []string{"a", "b"},
	}
	r := regressionOf(set)
	require.Equal(t, []int{1, 2}, r.x.Shape())
	// Y projected on (1, 2, -1)/√6 is (3, -1)/√6: ½ (9 + 1)/6/3.
	assert.InDelta(t, 10.0/36, r.zero, 1e-6)

	s := nn.NewStore(1, initializer.Constant(0.25))
	m := nn.NewLinear(s.Root().At("w"), 2, 2, nn.NoBias())
	gradient := func(x, y *nn.Tensor, samples float64) []float32 {
		p := nn.NewPass(s, nn.Training)
		loss := m.Forward(p, p.Input(x)).MSE(p.Input(y), autograd.Reduction(autograd.ReduceSum)).MulScalar(float32(0.5 / samples))
		return append([]float32(nil), p.Backward(loss).Of(m.Weight)...)
	}
	all := gradient(set.X, autograd.From([]float32{1, 0, 1, 0, 0, 1}, 3, 2), 3)
	assert.InDeltaSlice(t, floats(all), floats(gradient(r.x, r.y, 1)), 1e-6)
}

func floats(x []float32) (y []float64) {
	for _, v := range x {
		y = append(y, float64(v))
	}
	return y
}

func TestUnitsAreComparedNumberByNumber(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Zeros())
	l := nn.NewLinear(s.Root().At("l"), 2, 3)
	copy(l.Weight.Data, []float32{1, 5, 1, 5, 1, 5})
	assert.Zero(t, unitsApart(l.Weight))
	l.Weight.Data[5] = 5.5
	assert.Equal(t, 0.5, unitsApart(l.Weight))
	l.Weight.Data[0] = float32(math.NaN())
	assert.True(t, math.IsNaN(unitsApart(l.Weight)))
	copy(l.Bias.Data, []float32{0, -1, 2})
	assert.Equal(t, 3.0, unitsApart(l.Bias))
	assert.Equal(t, 2.0, largest(l.Bias.Data, nil))
	assert.Equal(t, 1.5, largest(l.Bias.Data, []float32{0, 0.5, 2}))
}
