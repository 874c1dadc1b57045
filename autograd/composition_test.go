package autograd_test

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

type op = func(x ...*tensor[float64]) *tensor[float64]

// composition is a fused op beside the same thing made of simple ops.
type composition struct {
	name            string
	shapes          [][]int
	fused, composed op
}

// centred returns the distances of x from a mean that broadcasts to it, and their squares.
func centred(x, mean *tensor[float64]) (d, squares *tensor[float64]) {
	d = x.Sub(mean)
	return d, d.Mul(d)
}

func logSoftmaxComposed(x *tensor[float64], axis int) *tensor[float64] {
	return x.Sub(x.Exp().Sum(axis).Log().Unsqueeze(axis))
}

// oneHot gives the label's class 1 - smoothing + smoothing/c and others smoothing/c; rows with label -1 stay 0.
func oneHot(labels []int32, c int, smoothing float64) *tensor[float64] {
	q := make([]float64, len(labels)*c)
	for r, label := range labels {
		if label < 0 {
			continue
		}
		for j := range c {
			q[r*c+j] = smoothing / float64(c)
		}
		q[r*c+int(label)] += 1 - smoothing
	}
	return autograd.From(q, len(labels), c)
}

func reductionCompositions() []composition {
	shape := shapes([]int{3, 5, 4})
	return []composition{
		{"softmax", shape,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Softmax(1) },
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Exp().Div(x[0].Exp().Sum(1).Unsqueeze(1)) }},
		{"log-softmax", shape,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].LogSoftmax(-1) },
			func(x ...*tensor[float64]) *tensor[float64] { return logSoftmaxComposed(x[0], -1) }},
		{"log-sum-exp", shape,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].LogSumExp(0, 2) },
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Exp().Sum(0, 2).Log() }},
		{"variance", shape,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Var(1, -1) },
			func(x ...*tensor[float64]) *tensor[float64] {
				_, squares := centred(x[0], x[0].Mean(-1).Unsqueeze(-1))
				return squares.Sum(-1).MulScalar(1. / 3)
			}},
		{"standard deviation", shape,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Std(0, 0, 1) },
			func(x ...*tensor[float64]) *tensor[float64] {
				_, squares := centred(x[0], x[0].Mean(0, 1))
				return squares.Mean(0, 1).Sqrt()
			}},
		{"minimum", shape,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Min(1) },
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Neg().Max(1).Neg() }},
	}
}

func layerCompositions() []composition {
	rows, batch := shapes([]int{2, 3, 7}, []int{7}, []int{7}), shapes([]int{4, 3, 5}, []int{3}, []int{3})
	return []composition{
		{"linear", shapes([]int{2, 3, 5}, []int{4, 5}, []int{4}),
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Linear(x[1], x[2]) },
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].MatMul(x[1].Transpose(0, 1)).Add(x[2]) }},
		{"layer norm", rows,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].LayerNorm(x[1], x[2], 1e-5) },
			func(x ...*tensor[float64]) *tensor[float64] {
				d, squares := centred(x[0], x[0].Mean(-1).Unsqueeze(-1))
				return d.Div(squares.Mean(-1).Unsqueeze(-1).AddScalar(1e-5).Sqrt()).Mul(x[1]).Add(x[2])
			}},
		{"rms norm", rows[:2],
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].RMSNorm(x[1], 1e-6) },
			func(x ...*tensor[float64]) *tensor[float64] {
				return x[0].Div(x[0].Mul(x[0]).Mean(-1).Unsqueeze(-1).AddScalar(1e-6).Sqrt()).Mul(x[1])
			}},
		{"batch norm", batch,
			func(x ...*tensor[float64]) *tensor[float64] {
				y, _, _ := x[0].BatchNorm(x[1], x[2], 1e-5)
				return y
			},
			func(x ...*tensor[float64]) *tensor[float64] {
				d, squares := centred(x[0], x[0].Mean(0, 2).Unsqueeze(1))
				std := squares.Mean(0, 2).AddScalar(1e-5).Sqrt().Unsqueeze(1)
				return d.Div(std).Mul(x[1].Unsqueeze(1)).Add(x[2].Unsqueeze(1))
			}},
		{"batch norm in inference", append(batch, []int{3}, []int{3}),
			func(x ...*tensor[float64]) *tensor[float64] {
				return x[0].BatchNormInference(x[1], x[2], x[3], x[4].Mul(x[4]), 0.1)
			},
			func(x ...*tensor[float64]) *tensor[float64] {
				std := x[4].Mul(x[4]).AddScalar(0.1).Sqrt().Unsqueeze(1)
				return x[0].Sub(x[3].Unsqueeze(1)).Div(std).Mul(x[1].Unsqueeze(1)).Add(x[2].Unsqueeze(1))
			}},
	}
}

func lossCompositions() []composition {
	classes, pair := shapes([]int{4, 5}), shapes([]int{4, 5}, []int{4, 5})
	labels := []int32{3, -1, 0, 4}
	return []composition{
		{"cross-entropy", classes,
			func(x ...*tensor[float64]) *tensor[float64] {
				return x[0].CrossEntropy(autograd.LabelsOf(labels), autograd.IgnoreIndex(-1))
			},
			func(x ...*tensor[float64]) *tensor[float64] {
				return logSoftmaxComposed(x[0], 1).Mul(oneHot(labels, 5, 0)).Sum().MulScalar(-1. / 3)
			}},
		{"cross-entropy, smoothed", classes,
			func(x ...*tensor[float64]) *tensor[float64] {
				return x[0].CrossEntropy(autograd.LabelsOf(labels), autograd.IgnoreIndex(-1), autograd.LabelSmoothing(0.3), autograd.Reduction(autograd.ReduceNone))
			},
			func(x ...*tensor[float64]) *tensor[float64] {
				return logSoftmaxComposed(x[0], 1).Mul(oneHot(labels, 5, 0.3)).Sum(1).Neg()
			}},
		{"binary cross-entropy", pair,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].BCEWithLogits(x[1], autograd.PosWeight(2)) },
			func(x ...*tensor[float64]) *tensor[float64] {
				positive := x[1].MulScalar(-2).Mul(x[0].Neg().Exp().AddScalar(1).Log().Neg())
				negative := x[1].Neg().AddScalar(1).Mul(x[0].Exp().AddScalar(1).Log())
				return positive.Add(negative).Mean()
			}},
		{"squared error", pair,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].MSE(x[1]) },
			func(x ...*tensor[float64]) *tensor[float64] {
				d := x[0].Sub(x[1])
				return d.Mul(d).Mean()
			}},
		{"absolute error", pair,
			func(x ...*tensor[float64]) *tensor[float64] {
				return x[0].L1(x[1], autograd.Reduction(autograd.ReduceSum))
			},
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Sub(x[1]).Abs().Sum() }},
		{"Huber's loss", pair,
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].Huber(x[1], 0.7) },
			func(x ...*tensor[float64]) *tensor[float64] {
				d := x[0].Sub(x[1]).Abs()
				inside := d.Clamp(0, 0.7)
				return inside.Mul(d.Sub(inside.MulScalar(0.5))).Mean()
			}},
	}
}

func TestFusedOpsEqualTheirCompositions(t *testing.T) {
	t.Parallel()
	all := slices.Concat(reductionCompositions(), layerCompositions(), lossCompositions(), gluCompositions())
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			inputs := points(row[float64]{shapes: c.shapes})
			want, got := run(c.composed, inputs), run(c.fused, inputs)
			for k := range want {
				require.Len(t, got[k], len(want[k]))
				for i, w := range want[k] {
					assert.LessOrEqual(t, math.Abs(w-got[k][i]), 1e-12*max(1, math.Abs(w)), "result %d (0: the value), element %d", k, i)
				}
			}
		})
	}
}
