package lab_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab"
)

func precise(t *testing.T, p lab.Precision, jobs int) map[string]lab.PrecisionRun {
	t.Helper()
	f, err := p.Run(context.Background(), jobs, nil)
	require.NoError(t, err)
	runs := map[string]lab.PrecisionRun{}
	for i, format := range lab.Formats() {
		require.Equal(t, format, f.Runs[i][0].Format)
		runs[format.Name] = f.Runs[i][0]
	}
	return runs
}

func briefly() lab.Precision {
	p := lab.DefaultPrecision()
	p.Setup.Depth, p.Setup.Width, p.Setup.Steps, p.Seeds = 4, 16, 40, 1
	return p
}

// In float32 nothing is rounded: the run is that of an experiment without any of this, to the bit.
func TestFloat32IsAPlainTraining(t *testing.T) {
	t.Parallel()
	p := briefly()
	run := precise(t, p, 1)["fp32"]
	e, err := lab.New(p.Setup)
	require.NoError(t, err)
	for range p.Setup.Steps {
		e.Step()
	}
	assert.Equal(t, e.Loss(), run.Final())
	assert.Equal(t, e.Accuracy(), run.Accuracy)
	assert.Zero(t, run.Activations.Underflow+run.Activations.Overflow+run.Left)
	assert.Positive(t, run.Activations.Values)
}

func TestNarrowWeightsLoseUpdatesAndACopyInFloat32DoesNot(t *testing.T) {
	t.Parallel()
	runs := precise(t, briefly(), 2)
	share := func(name string) float64 { return float64(runs[name].Lost) / float64(runs[name].Updates) }
	assert.Less(t, share("fp32"), 0.01)
	assert.Greater(t, share("fp16"), 10*share("fp32"))
	assert.Greater(t, share("bf16"), share("fp16"), "it has three bits less")
	assert.Less(t, share("fp16, loss scaled, fp32 weights"), 0.01)
}

// Gradients of a deep network with too small a start are below what half precision has; times 2^16 they are not all.
func TestScalingTheLossSavesGradientsFromUnderflow(t *testing.T) {
	t.Parallel()
	p := briefly()
	p.Setup.Scheme, p.Setup.Depth = "xavier-normal(gain=0.3)", 8
	runs := precise(t, p, 2)
	lost := func(name string) float64 {
		return float64(runs[name].WeightGrads.Underflow) / float64(runs[name].WeightGrads.Values)
	}
	assert.Greater(t, lost("fp16"), 0.1)
	assert.Less(t, lost("fp16, loss scaled"), lost("fp16")/2)
	assert.Less(t, lost("bf16"), 0.001, "its range is that of float32")
}

// Activations above 65504 are infinite in half precision, and only there.
func TestHalfPrecisionOverflows(t *testing.T) {
	t.Parallel()
	p := briefly()
	p.Setup.Scheme, p.Setup.Depth, p.Setup.Width, p.Setup.LR, p.Setup.Steps = "normal(0,1)", 8, 64, 1e-12, 3
	runs := precise(t, p, 2)
	assert.Positive(t, runs["fp16"].Activations.Overflow)
	assert.NotEqual(t, 0.0, runs["fp16"].Final()-runs["fp16"].Final(), "the loss is not finite")
	assert.Zero(t, runs["bf16"].Activations.Overflow)
	assert.False(t, math.IsNaN(runs["bf16"].Final()))
	assert.Equal(t, 0.0, runs["fp16"].Accuracy)
}

// What overflows in float32 itself counts where it begins, and not in all that follows from it.
func TestFloat32OverflowsToo(t *testing.T) {
	t.Parallel()
	p := briefly()
	p.Setup.Scheme, p.Setup.Depth, p.Setup.Width, p.Setup.Steps = "normal(0,1e6)", 8, 16, 1
	runs := precise(t, p, 2)
	for _, name := range []string{"fp32", "bf16"} {
		assert.Positive(t, runs[name].Activations.Overflow, name)
		assert.Less(t, runs[name].Activations.Overflow, runs[name].Activations.Values/8, name)
		assert.Zero(t, runs[name].Gradients.Overflow+runs[name].WeightGrads.Overflow, name)
	}
}

func TestOverflowAfterTheFirstStepIsCounted(t *testing.T) {
	t.Parallel()
	p := briefly()
	p.Setup.Depth, p.Setup.Width, p.Setup.LR = 3, 8, 1e9
	run := precise(t, p, 2)["fp32"]
	assert.True(t, math.IsNaN(run.Final()) || math.IsInf(run.Final(), 0))
	assert.Positive(t, run.Activations.Overflow+run.Gradients.Overflow+run.WeightGrads.Overflow+run.Weights.Overflow)
}

// Each layer makes a signal a hundred times smaller: half precision has none left in the last layers, so nothing reaches the weights.
func TestNetworksWhoseActivationsAreAllZeroAreDead(t *testing.T) {
	t.Parallel()
	p := briefly()
	p.Setup.Scheme, p.Setup.Depth, p.Setup.LR, p.Setup.Steps = "normal(0,0.003)", 8, 1e-30, 5
	runs := precise(t, p, 2)
	assert.Equal(t, -1, runs["fp32"].Dead)
	assert.Equal(t, -1, runs["bf16"].Dead)
	assert.Zero(t, runs["fp16"].Dead, "from the start")
	assert.Zero(t, runs["fp16, loss scaled"].Dead, "scaling the loss does not help activations")
	assert.Equal(t, -1, precise(t, briefly(), 2)["fp16"].Dead)
}

// A step whose scaled gradients overflow is left out, and the next one has half the scale.
func TestOverflowHalvesTheScaleOfTheLoss(t *testing.T) {
	t.Parallel()
	p := briefly()
	p.Setup.Scheme, p.Setup.LR = "normal(0,0.7)", 1e-6
	run := precise(t, p, 2)["fp16, loss scaled"]
	assert.Positive(t, run.Left)
	assert.InDelta(t, 65536*math.Pow(0.5, float64(run.Left)), run.Scale, 0)
	assert.False(t, math.IsNaN(run.Final()))
}

func TestPrecisionDoesNotDependOnJobs(t *testing.T) {
	t.Parallel()
	p := briefly()
	p.Setup.Steps, p.Seeds = 20, 2
	one, err := p.Run(context.Background(), 1, nil)
	require.NoError(t, err)
	most := 0
	three, err := p.Run(context.Background(), 3, func(done, total int) {
		most = done
		assert.Equal(t, 5*2*20, total)
	})
	require.NoError(t, err)
	assert.Equal(t, one, three)
	assert.Equal(t, 5*2*20, most)
}

func TestPrecisionsThatCannotBeNameTheirField(t *testing.T) {
	t.Parallel()
	p := briefly()
	p.Seeds = 0
	_, err := p.Run(context.Background(), 1, nil)
	require.ErrorContains(t, err, "seeds is 0")
	p = briefly()
	p.Setup.Scheme = "he"
	_, err = p.Run(context.Background(), 1, nil)
	require.ErrorContains(t, err, `"he"`)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err = briefly().Run(ctx, 1, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestPrecisionKnowsItsCommand(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "heft lab precision", lab.DefaultPrecision().Command())
	p := briefly()
	p.Setup.Scheme = "orthogonal(gain=1.4)"
	assert.Equal(t, "heft lab precision --depth 4 --width 16 --scheme 'orthogonal(gain=1.4)' --steps 40 --seeds 1", p.Command())
}
