package initializer_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
)

func TestGPT2StartsResidualWeightsSmaller(t *testing.T) {
	t.Parallel()
	deviation := func(p initializer.Param) float64 {
		w := make([]float32, 40_000)
		p.Shape = []int{len(w)}
		initializer.GPT2(0.02).Fill(&p, rand.New(rand.NewPCG(1, 2)), w)
		var squares float64
		for _, v := range w {
			squares += float64(v) * float64(v)
		}
		return math.Sqrt(squares / float64(len(w)))
	}
	require.InEpsilon(t, 0.02, deviation(initializer.Param{Kind: initializer.Weight}), 0.02)
	require.InEpsilon(t, 0.02, deviation(initializer.Param{Kind: initializer.Embedding}), 0.02)
	require.InEpsilon(t, 0.005, deviation(initializer.Param{Kind: initializer.Weight, Residual: true, Depth: 16}), 0.02)
	require.Zero(t, deviation(initializer.Param{Kind: initializer.Bias}))
	require.InEpsilon(t, 1, deviation(initializer.Param{Kind: initializer.Scale}), 1e-9)
}

func TestGPT2RefusesADeviationThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, std := range []float64{-1, math.NaN(), math.Inf(1)} {
		require.ErrorContains(t, autograd.Catch(func() { initializer.GPT2(std) }), "gpt2 needs a finite std of 0 or more")
	}
}
