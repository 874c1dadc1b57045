package initializer_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"

	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
)

// moments is what a scheme promises of a weight [out, in]: mean, standard deviation, and the standardized fourth moment,
// which tells a normal (3) from a uniform (1.8) distribution.
type moments struct {
	scheme          initializer.Scheme
	mean, std, kurt float64
}

const (
	out, in    = 96, 160
	normalKurt = 3
	uniform    = 1.8
)

func promises() []moments {
	i, o := float64(in), float64(out)
	fiveThirds := 5.0 / 3
	return []moments{
		{initializer.Normal(0.5, 0.2), 0.5, 0.2, normalKurt},
		{initializer.Uniform(-1, 3), 1, 4 / math.Sqrt(12), uniform},
		{initializer.XavierNormal(), 0, math.Sqrt(2 / (i + o)), normalKurt},
		{initializer.XavierUniform(), 0, math.Sqrt(2 / (i + o)), uniform},
		{initializer.XavierUniform(initializer.For("tanh")), 0, fiveThirds * math.Sqrt(2/(i+o)), uniform},
		{initializer.KaimingNormal(), 0, math.Sqrt(2 / i), normalKurt},
		{initializer.KaimingUniform(), 0, math.Sqrt(2 / i), uniform},
		{initializer.KaimingNormal(initializer.FanOut()), 0, math.Sqrt(2 / o), normalKurt},
		{initializer.KaimingNormal(initializer.Slope(0.5)), 0, math.Sqrt(2 / 1.25 / i), normalKurt},
		{initializer.KaimingUniform(initializer.WithGain(3)), 0, 3 / math.Sqrt(i), uniform},
		{initializer.LeCunNormal(), 0, 1 / math.Sqrt(i), normalKurt},
		{initializer.LeCunUniform(), 0, 1 / math.Sqrt(i), uniform},
		{initializer.PyTorchDefault(), 0, 1 / math.Sqrt(3*i), uniform},
	}
}

func weight() *initializer.Param {
	return &initializer.Param{Name: "fc.weight", Kind: initializer.Weight, Shape: []int{out, in}, FanIn: in, FanOut: out}
}

// TestMomentsAreThePromisedOnes draws many matrices and compares mean, variance and kurtosis with the promise in
// standard errors. With a familywise error of 1e-6 over all comparisons (Bonferroni), a right scheme practically never
// fails, and one that is off by 1% in its variance always does.
func TestMomentsAreThePromisedOnes(t *testing.T) {
	t.Parallel()
	const draws = 60
	cases := promises()
	limit := distuv.UnitNormal.Quantile(1 - 1e-6/float64(2*3*len(cases)))
	for _, c := range cases {
		t.Run(c.scheme.String(), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(7, 7))
			dst := make([]float32, out*in)
			var s1, s2, s4 float64
			for range draws {
				c.scheme.Fill(weight(), r, dst)
				for _, v := range dst {
					z := (float64(v) - c.mean) / c.std
					s1, s2, s4 = s1+z, s2+z*z, s4+z*z*z*z
				}
			}
			n := float64(draws * out * in)
			eighth := 9.0 // the standardized eighth moment of the uniform distribution
			if c.kurt == normalKurt {
				eighth = 105
			}
			assert.Less(t, math.Abs(s1/n)*math.Sqrt(n), limit, "mean, in standard errors")
			assert.Less(t, math.Abs(s2/n-1)/math.Sqrt((c.kurt-1)/n), limit, "variance, in standard errors")
			assert.Less(t, math.Abs(s4/n-c.kurt)/math.Sqrt((eighth-c.kurt*c.kurt)/n), limit, "fourth moment, in standard errors")
		})
	}
}

func TestTruncatedNormalStaysWithinBoundsWithItsVariance(t *testing.T) {
	t.Parallel()
	const std, bound = 0.5, 1.0 // two standard deviations
	scheme := initializer.TruncatedNormal(0, std, -bound, bound)
	dst := make([]float32, 400_000)
	scheme.Fill(weight(), rand.New(rand.NewPCG(1, 2)), dst)
	var sum float64
	for _, v := range dst {
		require.LessOrEqual(t, math.Abs(float64(v)), bound)
		sum += float64(v) * float64(v)
	}
	// Var = std² (1 - 2a φ(a) / (2Φ(a) - 1)) at a = 2: 0.87962566² std², the constant of Keras.
	want := math.Pow(0.87962566*std, 2)
	assert.InDelta(t, want, sum/float64(len(dst)), 5*want*math.Sqrt(2/float64(len(dst))))
}

func TestOrthogonalRowsOrColumnsAreOrthonormalTimesGain(t *testing.T) {
	t.Parallel()
	for _, shape := range [][]int{{40, 40}, {64, 17}, {17, 64}, {8, 3, 3, 3}, {1, 5}, {5, 1}} {
		n := 1
		for _, d := range shape {
			n *= d
		}
		p := &initializer.Param{Name: "w", Shape: shape}
		dst := make([]float32, n)
		initializer.Orthogonal(initializer.WithGain(1.5)).Fill(p, rand.New(rand.NewPCG(3, 1)), dst)
		rows := shape[0]
		cols := n / rows
		at := func(i, j int) float64 { return float64(dst[i*cols+j]) }
		k := rows
		if rows > cols {
			k, at = cols, func(i, j int) float64 { return float64(dst[j*cols+i]) }
		}
		for a := range k {
			for b := range k {
				var dot float64
				for j := range n / k {
					dot += at(a, j) * at(b, j)
				}
				want := 0.0
				if a == b {
					want = 1.5 * 1.5
				}
				require.InDelta(t, want, dot, 1e-6, "shape %v, vectors %d and %d", shape, a, b)
			}
		}
	}
}

// A Haar matrix has entries of mean 0 whichever their place: without the signs of R's diagonal, Q's first column would
// lean one way.
func TestOrthogonalHasNoPreferredDirection(t *testing.T) {
	t.Parallel()
	const n, draws = 4, 4000
	r := rand.New(rand.NewPCG(5, 5))
	p := &initializer.Param{Name: "w", Shape: []int{n, n}}
	dst := make([]float32, n*n)
	sums := make([]float64, n*n)
	for range draws {
		initializer.Orthogonal().Fill(p, r, dst)
		for i, v := range dst {
			sums[i] += float64(v)
		}
	}
	for i, s := range sums {
		assert.Less(t, math.Abs(s)/math.Sqrt(draws/float64(n)), 5.0, "entry %d, in standard errors", i)
	}
}

func TestConstantSchemesAreExact(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float32{"zeros": 0, "ones": 1, "constant(-0.25)": -0.25} {
		scheme, err := initializer.Parse(text)
		require.NoError(t, err)
		dst := make([]float32, out*in)
		scheme.Fill(weight(), nil, dst)
		for _, v := range dst {
			require.Equal(t, want, v)
		}
	}
}
