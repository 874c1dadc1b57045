package initializer_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
)

// fused is the weight that makes queries, keys and values, each of fan_out c, in a branch of two weights.
func fused(c, branches int) *initializer.Param {
	return &initializer.Param{
		Name: "c_attn.weight", Kind: initializer.Weight, Shape: []int{3 * c, c}, FanIn: c, FanOut: c, Depth: branches, Layers: 2,
		Parts: []initializer.Part{initializer.Query, initializer.Key, initializer.Value},
	}
}

// valuesOf fills a weight as a scheme does, always from the same stream.
func valuesOf(scheme initializer.Scheme, p *initializer.Param) []float32 {
	n := 1
	for _, d := range p.Shape {
		n *= d
	}
	dst := make([]float32, n)
	scheme.Fill(p, seeded(), dst)
	return dst
}

// requireTimes checks that got is want times a factor.
func requireTimes(t *testing.T, factor float64, want, got []float32, what string) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		require.InDelta(t, factor*float64(want[i]), float64(got[i]), 1e-6, "%s, value %d", what, i)
	}
}

func TestSchemesForDeepNetworksScaleValuesAndLeaveQueriesAndKeys(t *testing.T) {
	t.Parallel()
	const c, branches = 16, 24 // twelve layers of two branches, or eight of three
	for _, x := range []struct {
		scheme, plain initializer.Scheme
		factor        float64
	}{
		{initializer.Fixup(), initializer.KaimingNormal(), math.Pow(branches, -0.5)},
		{initializer.Fixup(initializer.For("tanh")), initializer.KaimingNormal(initializer.For("tanh")), math.Pow(branches, -0.5)},
		{initializer.TFixupEncoder(), initializer.XavierUniform(), 0.67 * math.Pow(12, -0.25)},
		{initializer.TFixupDecoder(), initializer.XavierUniform(), math.Pow(9*8, -0.25)},
		{initializer.DeepNet(), initializer.XavierNormal(), math.Pow(8*12, -0.25)},
	} {
		name := x.scheme.String()
		want, got := valuesOf(x.plain, fused(c, branches)), valuesOf(x.scheme, fused(c, branches))
		require.Equal(t, want[:2*c*c], got[:2*c*c], "queries and keys of %s", name)
		requireTimes(t, x.factor, want[2*c*c:], got[2*c*c:], name+", values")

		outside := fused(c, 0)
		require.Equal(t, valuesOf(x.plain, outside), valuesOf(x.scheme, outside), "%s outside of branches", name)
	}
}

func TestFixupStartsEndsAndHeadAtZeroAndScalesByThePlaceInTheBranch(t *testing.T) {
	t.Parallel()
	w := func(change func(p *initializer.Param)) *initializer.Param {
		p := weight()
		change(p)
		return p
	}
	zeros := make([]float32, out*in)
	require.Equal(t, zeros, valuesOf(initializer.Fixup(), w(endsBranch)))
	require.Equal(t, zeros, valuesOf(initializer.Fixup(), w(isHead)))
	plain := valuesOf(initializer.KaimingNormal(), weight())
	for layers, factor := range map[int]float64{2: 1.0 / 4, 3: 1.0 / 2, 5: math.Pow(16, -1.0/8)} { // L^(-1/(2m-2)) of 16 branches
		got := valuesOf(initializer.Fixup(), w(func(p *initializer.Param) { p.Depth, p.Layers = 16, layers }))
		requireTimes(t, factor, plain, got, "fixup")
	}
	require.ErrorContains(t, autograd.Catch(func() {
		valuesOf(initializer.Fixup(), w(func(p *initializer.Param) { p.Depth, p.Layers = 16, 0 }))
	}), "fc.weight: fixup needs to know how many weights the branch has")
}

func TestZeroResidualStartsBranchesAtZeroByTheirLastWeightOrScale(t *testing.T) {
	t.Parallel()
	end := weight()
	endsBranch(end)
	require.Equal(t, make([]float32, out*in), valuesOf(initializer.ZeroResidual(), end))
	inside := weight()
	inBranch(inside)
	require.Equal(t, valuesOf(initializer.KaimingNormal(), weight()), valuesOf(initializer.ZeroResidual(), inside))
	for residual, want := range map[bool]float32{true: 0, false: 1} {
		p := &initializer.Param{Name: "bn2.weight", Kind: initializer.Scale, Shape: []int{2}, Residual: residual, Depth: 9}
		require.Equal(t, []float32{want, want}, valuesOf(initializer.ZeroResidual(), p))
		require.Equal(t, []float32{1, 1}, valuesOf(initializer.KaimingNormal(), p), "other schemes leave scales alone")
	}
	opened := &initializer.Param{Name: "wte.weight", Kind: initializer.Embedding, Shape: []int{3, 2}, FanIn: 2, FanOut: 3, Residual: true, Depth: 9}
	require.Equal(t, valuesOf(initializer.KaimingNormal(), opened), valuesOf(initializer.ZeroResidual(), opened), "a stream that is 0 would stay 0")
}

func TestDeepNetsAlphaAndBetaAreThoseOfThePaper(t *testing.T) {
	t.Parallel()
	const layers, c = 18, 8
	require.InDelta(t, math.Pow(2*layers, 0.25), initializer.DeepNetAlpha(2*layers), 1e-12)
	require.InDelta(t, math.Pow(3*layers, 0.25), initializer.DeepNetAlpha(3*layers), 1e-12, "a decoder beside an encoder")
	plain := valuesOf(initializer.XavierNormal(), fused(c, 0))[2*c*c:]
	for branches, beta := range map[int]float64{2: math.Pow(8*layers, -0.25), 3: math.Pow(12*layers, -0.25)} {
		requireTimes(t, beta, plain, valuesOf(initializer.DeepNet(), fused(c, branches*layers))[2*c*c:], "values")
	}
}
