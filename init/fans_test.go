package initializer_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

// linear is what a layer without bias and activation does: a matrix from what enters to what leaves.
type linear struct {
	matrix   *mat.Dense // [out, in]
	values   int        // of its weight
	together int        // matrices that the weight makes one below the other, each with a fan_out of its own
}

// through is the linear map of a layer at a sample of such a shape.
func through(s *nn.Scope, w *nn.Param, forward func(p *nn.Pass, x *nn.Tensor) *nn.Tensor, shape ...int) linear {
	n := 1
	for _, d := range shape {
		n *= d
	}
	x := autograd.From(make([]float32, n), append([]int{1}, shape...)...)
	return linear{lab.Jacobian(s.Store(), x, forward), len(w.Data), 1}
}

// transposed is a transposed convolution of one axis: x[i][t] w[i][o][k] is added to y[o][stride t + k].
func transposed(s *nn.Scope) linear {
	const in, out, groups, taps, stride, steps = 24, 32, 2, 6, 2, 7
	w := s.Param(initializer.Param{
		Name: "weight", Shape: []int{in, out / groups, taps}, FanIn: in / groups * taps / stride, FanOut: out / groups * taps,
		Parts: make([]initializer.Part, groups),
	})
	const long = stride*(steps-1) + taps
	m := mat.NewDense(out*long, in*steps, nil)
	for at, v := range w.Data {
		i, o, k := at/(out/groups*taps), at/taps%(out/groups), at%taps
		o += i / (in / groups) * (out / groups)
		for t := range steps {
			m.Set(o*long+stride*t+k, i*steps+t, float64(v))
		}
	}
	return linear{m, len(w.Data), 1}
}

// squares returns the mean over vectors of their sum of squares. A vector at a border, which meets less of the weight than
// others, does not count.
func squares(n int, vector func(i int) []float64) float64 {
	most, count, sum := 0, 0, 0.0
	for i := range n {
		met, length := 0, 0.0
		for _, v := range vector(i) {
			if v != 0 {
				met++
			}
			length += v * v
		}
		if met > most {
			most, count, sum = met, 0, 0
		}
		if met == most {
			count, sum = count+1, sum+length
		}
	}
	return sum / float64(count)
}

// up is by how much the map multiplies the mean square of a signal on its way up, down that of a gradient.
func (l linear) up() float64 {
	rows, _ := l.matrix.Dims()
	return squares(rows, l.matrix.RawRowView)
}

func (l linear) down() float64 {
	rows, columns := l.matrix.Dims()
	mean := 0.0
	for part := range l.together {
		m := l.matrix.Slice(part*rows/l.together, (part+1)*rows/l.together, 0, columns).(*mat.Dense)
		mean += squares(columns, func(j int) []float64 { return mat.Col(nil, j, m) }) / float64(l.together)
	}
	return mean
}

// TestKaimingKeepsSignalsByFanInAndGradientsByFanOutInEveryLayer: the mean square of what leaves a layer is gain² times
// that of what enters, where the variance goes by the fan of that way. Of n values drawn from a normal distribution the
// mean square has the relative standard error √(2/n), and 5 of them are allowed.
func TestKaimingKeepsSignalsByFanInAndGradientsByFanOutInEveryLayer(t *testing.T) {
	t.Parallel()
	layers := map[string]func(s *nn.Scope) linear{
		"linear": func(s *nn.Scope) linear {
			l := nn.NewLinear(s, 40, 60, nn.NoBias())
			return through(s, l.Weight, l.Forward, 40)
		},
		"convolution": func(s *nn.Scope) linear {
			l := nn.NewConv1d(s, 12, 20, 5, nn.NoBias())
			return through(s, l.Weight, l.Forward, 12, 11)
		},
		"grouped convolution": func(s *nn.Scope) linear {
			l := nn.NewConv2d(s, 12, 24, 3, nn.Groups(3), nn.NoBias())
			return through(s, l.Weight, l.Forward, 12, 6, 6)
		},
		"transposed convolution": transposed,
		"queries, keys and values in one": func(s *nn.Scope) linear {
			l := nn.NewSelfAttention(s, 32, 4, nn.NoBias()).QKV
			m := through(s, l.Weight, l.Forward, 32)
			m.together = 3
			return m
		},
		"grouped queries": func(s *nn.Scope) linear {
			l := nn.NewGroupedQueryAttention(s, 64, 8, 2, nn.HeadDim(12)).Query
			return through(s, l.Weight, l.Forward, 64)
		},
		"keys of grouped queries": func(s *nn.Scope) linear {
			l := nn.NewGroupedQueryAttention(s, 64, 8, 2, nn.HeadDim(12)).Key
			return through(s, l.Weight, l.Forward, 64)
		},
	}
	for name, declare := range layers {
		for _, slope := range []float64{0, 0.5} {
			for _, out := range []bool{false, true} {
				opts := []initializer.Option{initializer.Slope(slope)}
				way := linear.up
				if out {
					opts, way = append(opts, initializer.FanOut()), linear.down
				}
				for _, scheme := range []initializer.Scheme{initializer.KaimingNormal(opts...), initializer.KaimingUniform(opts...)} {
					l := declare(nn.NewStore(1, scheme).Root())
					require.InEpsilon(t, 2/(1+slope*slope), way(l), 5*math.Sqrt(2/float64(l.values)), "%s from %s", name, scheme)
				}
			}
		}
	}
}

// An embedding adds nothing up: its fan_in is the length of its vectors, whose own length is then the gain, and fan_out
// their number.
func TestKaimingGivesVectorsOfAnEmbeddingTheGainForALength(t *testing.T) {
	t.Parallel()
	const vectors, c = 300, 20
	for text, want := range map[string]float64{"kaiming-normal(slope=0.5)": 1.6, "kaiming-uniform(fan=out)": 2.0 * c / vectors} {
		w := nn.NewEmbedding(nn.NewStore(1, parse(t, text)).Root(), vectors, c).Weight
		sum := 0.0
		for _, v := range w.Data {
			sum += float64(v) * float64(v)
		}
		require.InEpsilon(t, want, sum/vectors, 5*math.Sqrt(2.0/vectors/c), text)
	}
}
