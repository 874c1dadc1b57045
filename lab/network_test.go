package lab_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

// residual is a residual network of a few milliseconds.
func residual(kind, scheme string) lab.Setup {
	s := small(scheme)
	s.Residual, s.Depth, s.Width = kind, 6, 32
	return s
}

func TestResidualNetworksHaveTheNamesThatRulesMayFit(t *testing.T) {
	t.Parallel()
	for _, kind := range lab.Residuals() {
		e := open(t, residual(kind, "kaiming-normal"))
		for _, p := range e.Store.Params() {
			s := residual(kind, "kaiming-normal; "+p.Name+"=zeros")
			require.NoError(t, s.Check(), "%s, %s", kind, p.Name)
		}
		assert.Len(t, e.Hidden(e.Measure()), e.Setup.Depth)
		s := residual(kind, "kaiming-normal; 2.*=zeros")
		require.ErrorContains(t, s.Check(), "fits no parameter of a network of depth 6, which has in.weight, in.bias, blocks.0.")
	}
	s := residual("dense", "zeros")
	require.ErrorContains(t, s.Check(), `residual is "dense", but must be one of plain, pre-norm, post-norm, deepnet, or empty`)
}

// Schemes that go by the branches see them: the last weight of each block is what they say it is.
func TestResidualNetworksSayWhereTheirBranchesEnd(t *testing.T) {
	t.Parallel()
	const depth, width = 6, 32
	std := func(e *lab.Experiment, name string) float64 { return lab.StatsOf(e.Store.Param(name).Data, 1).Std }
	plain := open(t, residual(lab.PlainResidual, "kaiming-normal"))
	up := std(plain, "blocks.3.up.weight")
	assert.InEpsilon(t, up, std(plain, "blocks.3.down.weight"), 0.15)

	zero := open(t, residual(lab.PreNormResidual, "zero-residual"))
	assert.Zero(t, std(zero, "blocks.3.down.weight"))
	assert.Equal(t, float32(1), zero.Store.Param("blocks.3.norm.weight").Data[0])

	fixup := open(t, residual(lab.PlainResidual, "fixup"))
	assert.Zero(t, std(fixup, "blocks.3.down.weight"))
	assert.Zero(t, std(fixup, "out.weight"))
	assert.InEpsilon(t, up*math.Pow(depth, -0.5), std(fixup, "blocks.3.up.weight"), 1e-5, "two weights in a row: L^(-1/2)")

	gpt := open(t, residual(lab.PreNormResidual, "gpt2(0.1)"))
	assert.InEpsilon(t, 0.1, std(gpt, "blocks.3.up.weight"), 0.15)
	assert.InEpsilon(t, 0.1/math.Sqrt(depth), std(gpt, "blocks.3.down.weight"), 0.15)
}

// A block whose branch ends in 0 hands its input on: then a network of any depth does what its first layer does.
func TestZeroResidualBlocksHandTheirInputOn(t *testing.T) {
	t.Parallel()
	layers := func(kind string) []lab.Layer {
		e := open(t, residual(kind, "zero-residual"))
		return e.Hidden(e.Measure())
	}
	for _, kind := range []string{lab.PlainResidual, lab.PreNormResidual} {
		all := layers(kind)
		for _, l := range all {
			assert.Equal(t, all[0].Activation, l.Activation, kind)
			assert.Equal(t, all[0].Gradient, l.Gradient, kind)
		}
	}
}

// DeepNet's alpha is a division of the branch, and a norm sees no size: so the network is the one of the paper.
func TestDeepNetBlocksAreThoseOfThePaper(t *testing.T) {
	t.Parallel()
	e := open(t, residual(lab.DeepNetResidual, "deepnet"))
	block := e.HiddenModule(1).(*nn.Residual)
	x := gaussian(4, 32, 1)
	p := nn.NewPass(e.Store, nn.Inference)
	got := block.Forward(p, p.Input(x)).Data()
	sum := p.Input(x).MulScalar(float32(initializer.DeepNetAlpha(6))).Add(block.Branch.Forward(p, p.Input(x)))
	for i, v := range block.Norm.Forward(p, sum).Data() {
		assert.InDelta(t, v, got[i], 1e-4, "the eps of the norm is beside a smaller variance")
	}
}

// What a residual network computes is what its parts do, from any hidden layer to any other.
func TestResidualJacobiansChain(t *testing.T) {
	t.Parallel()
	e := open(t, residual(lab.PlainResidual, "xavier-normal"))
	whole, first, second := e.LayerJacobian(3, 1, 5), e.LayerJacobian(3, 1, 3), e.LayerJacobian(3, 3, 5)
	rows, columns := whole.Dims()
	require.Equal(t, 32, rows)
	require.Equal(t, 32, columns)
	for i := range 32 {
		for j := range 32 {
			sum := 0.0
			for k := range 32 {
				sum += second.At(i, k) * first.At(k, j)
			}
			require.InDelta(t, sum, whole.At(i, j), 1e-4)
		}
	}
	_, in := e.LayerJacobian(3, 0, 1).Dims()
	assert.Equal(t, 2, in)
}

func TestBrokenNamesTheFirstLayerThatIsNotFinite(t *testing.T) {
	t.Parallel()
	e := open(t, small("kaiming-normal"))
	assert.Zero(t, e.Broken(e.Measure()))
	e.Store.Param("4.weight").Data[0] = float32(math.NaN())
	assert.Equal(t, 3, e.Broken(e.Measure()))
	e = open(t, residual(lab.PreNormResidual, "kaiming-normal"))
	e.Store.Param("out.weight").Data[0] = float32(math.Inf(1))
	assert.Equal(t, 7, e.Broken(e.Measure()))
	e.Store.Param("blocks.2.up.weight").Data[0] = float32(math.Inf(1))
	assert.Equal(t, 3, e.Broken(e.Measure()))
}

// Without its branches' ends scaled down, a plain residual network grows by a factor in every block; with them it does not.
func TestResidualSchemesKeepTheStreamInSize(t *testing.T) {
	t.Parallel()
	growth := func(scheme string) float64 {
		s := residual(lab.PlainResidual, scheme)
		s.Depth = 20
		e := open(t, s)
		h := e.Hidden(e.Measure())
		return h[len(h)-1].Activation.Std / h[0].Activation.Std
	}
	assert.Greater(t, growth("kaiming-normal"), 100.0)
	assert.InDelta(t, 1, growth("fixup"), 1e-6)
	assert.Less(t, growth("gpt2(0.1)"), 1.5)
}
