package initializer_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
)

// drawnMoments returns the second and fourth moments of what a scheme draws for a weight, over many draws.
func drawnMoments(s initializer.Scheme, p *initializer.Param) (second, fourth, n float64) {
	const draws = 60
	r := rand.New(rand.NewPCG(1, 2))
	dst := make([]float32, out*in)
	for range draws {
		s.Fill(p, r, dst)
		for _, v := range dst {
			x := float64(v)
			second += x * x
			fourth += x * x * x * x
		}
	}
	n = draws * float64(len(dst))
	return second / n, fourth / n, n
}

func TestWhatIsDrawnHasTheLawThatIsPromised(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"kaiming-normal", "kaiming-normal(fan=out,slope=0.2)", "kaiming-normal(truncate=2)", "kaiming-uniform", "xavier-normal",
		"xavier-uniform(for=tanh)", "xavier-normal(truncate=1)", "lecun-normal", "lecun-uniform", "lecun-normal(truncate=3)",
		"normal(0,0.3)", "uniform(-0.2,0.2)", "truncated-normal(0,1,-1.5,1.5)", "orthogonal(gain=1.4)", "gpt2(0.02)", "mup(32)",
		"pytorch-default", "sparse(0.75,0.5)", "zeros; *.weight=normal(0,2)",
	} {
		t.Run(text, func(t *testing.T) {
			t.Parallel()
			s, err := initializer.Parse(text)
			require.NoError(t, err)
			p := weight() // [96, 160]
			law, promised := initializer.LawOf(s, p)
			require.True(t, promised)
			second, fourth, n := drawnMoments(s, p)
			kurtosis := law.Kurtosis
			if law.Orthonormal {
				kurtosis = -6.0 / (in + 2) // of a coordinate of a random unit vector of so many
			}
			// The variance of x² is (2 + kurtosis) σ⁴.
			assert.InEpsilon(t, law.Variance, second, 5*math.Sqrt((2+kurtosis)/n))
			assert.InEpsilon(t, 3+kurtosis, fourth/(second*second), 0.03)
		})
	}
}

func TestWhatIsNotDrawnPromisesNothing(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"ones", "constant(0.1)", "identity", "normal(0.1,1)", "uniform(0,1)", "truncated-normal(0,1,-1,2)", "mup(64,zero=query)"} {
		s, err := initializer.Parse(text)
		require.NoError(t, err)
		p := weight()
		_, promised := initializer.LawOf(s, p)
		assert.False(t, promised, text)
	}
}

func TestLawOfBiases(t *testing.T) {
	t.Parallel()
	bias := initializer.Param{Name: "l.bias", Kind: initializer.Bias, Shape: []int{64}, FanIn: 12}
	for text, variance := range map[string]float64{"kaiming-normal": 0, "pytorch-default": 1.0 / 36, "zeros; *.bias=normal(0,0.5)": 0.25} {
		s, err := initializer.Parse(text)
		require.NoError(t, err)
		law, promised := initializer.LawOf(s, &bias)
		assert.True(t, promised, text)
		assert.InDelta(t, variance, law.Variance, 1e-15, text)
	}
}
