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

// promise is what a scheme says of the values of a weight [out, in]: mean, standard deviation, and the standardized fourth
// and eighth moments of their distribution. place says where the weight stands; nil is anywhere.
type promise struct {
	scheme                  initializer.Scheme
	place                   func(p *initializer.Param)
	mean, std, kurt, eighth float64
}

const out, in = 96, 160

func normal(scheme initializer.Scheme, std float64) promise {
	return promise{scheme: scheme, std: std, kurt: 3, eighth: 105}
}

func uniform(scheme initializer.Scheme, std float64) promise {
	return promise{scheme: scheme, std: std, kurt: 9.0 / 5, eighth: 9}
}

// truncated is of a normal distribution cut at a standard deviations, whose own is then std.
func truncated(scheme initializer.Scheme, std, a float64) promise {
	var moments [5]float64 // 0, 2, 4, 6 and 8, by the trapezoidal rule
	const steps = 20_000
	for i := range steps + 1 {
		x := a * float64(i) / steps
		weight := math.Exp(-x * x / 2)
		if i == 0 || i == steps {
			weight /= 2
		}
		for k := range moments {
			moments[k] += weight * math.Pow(x, float64(2*k))
		}
	}
	variance := moments[1] / moments[0]
	return promise{
		scheme: scheme, std: std, kurt: moments[2] / moments[0] / math.Pow(variance, 2),
		eighth: moments[4] / moments[0] / math.Pow(variance, 4),
	}
}

// at is a promise of a weight that stands somewhere.
func (p promise) at(place func(p *initializer.Param)) promise {
	p.place = place
	return p
}

func inBranch(p *initializer.Param)    { p.Depth, p.Layers = 16, 3 }
func endsBranch(p *initializer.Param)  { p.Depth, p.Residual = 16, true }
func inWideNet(p *initializer.Param)   { p.Width = 256 }
func inEmbedding(p *initializer.Param) { p.Kind, p.Residual, p.Depth = initializer.Embedding, true, 16 }
func isHead(p *initializer.Param)      { p.Width, p.Parts = 256, []initializer.Part{initializer.Head} }

func promises() []promise {
	i, o := float64(in), float64(out)
	xavier := math.Sqrt(2 / (i + o))
	kaiming := math.Sqrt(2 / i)
	const nonzero = 9.0 / 96 // of 96 rows, ceil(0.9 × 96) = 87 are 0
	mean := uniform(initializer.Uniform(-1, 3), 4/math.Sqrt(12))
	mean.mean = 1
	shifted := normal(initializer.Normal(0.5, 0.2), 0.2)
	shifted.mean = 0.5
	return []promise{
		shifted, mean,
		truncated(initializer.TruncatedNormal(0, 0.5, -1, 1), 0.87962566*0.5, 2), // the constant of Keras
		{scheme: initializer.Sparse(0.9, 2), std: 2 * math.Sqrt(nonzero), kurt: 3 / nonzero, eighth: 105 / math.Pow(nonzero, 3)},
		normal(initializer.XavierNormal(), xavier),
		uniform(initializer.XavierUniform(), xavier),
		uniform(initializer.XavierUniform(initializer.For("tanh")), 5.0/3*xavier),
		truncated(initializer.XavierNormal(initializer.Truncate(2)), xavier, 2),
		normal(initializer.KaimingNormal(), kaiming),
		uniform(initializer.KaimingUniform(), kaiming),
		normal(initializer.KaimingNormal(initializer.FanOut()), math.Sqrt(2/o)),
		normal(initializer.KaimingNormal(initializer.Slope(0.5)), math.Sqrt(2/1.25/i)),
		truncated(initializer.KaimingNormal(initializer.Truncate(1.5)), kaiming, 1.5),
		uniform(initializer.KaimingUniform(initializer.WithGain(3)), 3/math.Sqrt(i)),
		normal(initializer.LeCunNormal(), 1/math.Sqrt(i)),
		truncated(initializer.LeCunNormal(initializer.Truncate(2)), 1/math.Sqrt(i), 2),
		uniform(initializer.LeCunUniform(), 1/math.Sqrt(i)),
		uniform(initializer.PyTorchDefault(), 1/math.Sqrt(3*i)),
		normal(initializer.GPT2(0.02), 0.02).at(inBranch),
		normal(initializer.GPT2(0.02), 0.02/4).at(endsBranch),
		normal(initializer.GPT2(0.02), 0.02).at(inEmbedding),
		normal(initializer.Fixup(), kaiming/2).at(inBranch), // 16^(-1/4)
		normal(initializer.ZeroResidual(), kaiming).at(inBranch),
		uniform(initializer.TFixupEncoder(), 0.67*math.Pow(8, -0.25)*xavier).at(inBranch),
		uniform(initializer.TFixupDecoder(), math.Pow(9*16.0/3, -0.25)*xavier).at(endsBranch),
		normal(initializer.TFixupEncoder(), math.Pow(9*8, -0.25)/math.Sqrt(i)).at(inEmbedding),
		normal(initializer.DeepNet(), math.Pow(8*8, -0.25)*xavier).at(endsBranch),
		normal(initializer.DeepNet(), 1/math.Sqrt(i)).at(inEmbedding),
		normal(initializer.MuP(64), 1/math.Sqrt(i)).at(inWideNet),
		normal(initializer.MuP(64, initializer.For("relu")), math.Sqrt(4*2/i)).at(isHead),
		normal(initializer.MuP(64), 1).at(inEmbedding),
	}
}

func weight() *initializer.Param {
	return &initializer.Param{Name: "fc.weight", Kind: initializer.Weight, Shape: []int{out, in}, FanIn: in, FanOut: out}
}

// TestMomentsAreThePromisedOnes draws 60 matrices and compares mean, variance and fourth moment of their n values with the
// promise. What finite n leaves of chance is stated for each: the standard errors are σ/√n of the mean, σ² sqrt((κ-1)/n) of
// the variance and σ⁴ sqrt((μ₈-κ²)/n) of the fourth moment. The limit is three of them, or rather the quantile that a
// familywise error of the same 0.27% over all comparisons leaves (Bonferroni).
func TestMomentsAreThePromisedOnes(t *testing.T) {
	t.Parallel()
	const draws = 60
	cases := promises()
	family := 2 * distuv.UnitNormal.CDF(-3)
	limit := distuv.UnitNormal.Quantile(1 - family/float64(2*3*len(cases)))
	for i, c := range cases {
		t.Run(c.scheme.String(), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(7, uint64(i)))
			dst := make([]float32, out*in)
			var s1, s2, s4 float64
			for range draws {
				p := weight()
				if c.place != nil {
					c.place(p)
				}
				c.scheme.Fill(p, r, dst)
				for _, v := range dst {
					z := (float64(v) - c.mean) / c.std
					s1, s2, s4 = s1+z, s2+z*z, s4+z*z*z*z
				}
			}
			n := float64(draws * out * in)
			assert.Less(t, math.Abs(s1/n)*math.Sqrt(n), limit, "mean, in standard errors")
			assert.Less(t, math.Abs(s2/n-1)/math.Sqrt((c.kurt-1)/n), limit, "variance, in standard errors")
			assert.Less(t, math.Abs(s4/n-c.kurt)/math.Sqrt((c.eighth-c.kurt*c.kurt)/n), limit, "fourth moment, in standard errors")
		})
	}
}

func TestTruncatedValuesStayWithinTheirBounds(t *testing.T) {
	t.Parallel()
	dst := make([]float32, out*in)
	for bound, scheme := range map[float64]initializer.Scheme{
		1:                              initializer.TruncatedNormal(0, 0.5, -1, 1),
		2 / 0.87962566 / math.Sqrt(in): initializer.LeCunNormal(initializer.Truncate(2)),
	} {
		scheme.Fill(weight(), rand.New(rand.NewPCG(1, 2)), dst)
		largest := 0.0
		for _, v := range dst {
			largest = max(largest, math.Abs(float64(v)))
		}
		require.LessOrEqual(t, largest, bound*(1+1e-7), scheme.String())
		require.Greater(t, largest, 0.99*bound, scheme.String())
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
