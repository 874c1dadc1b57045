package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestOpsTakeTensorsOfNoElements(t *testing.T) {
	t.Parallel()
	one := autograd.Scalar[float32](1)
	for name, f := range map[string]func(x *tensor[float32]) *tensor[float32]{
		"Add":       func(x *tensor[float32]) *tensor[float32] { return x.Add(one) },
		"Sub":       func(x *tensor[float32]) *tensor[float32] { return x.Sub(x) },
		"Mul":       func(x *tensor[float32]) *tensor[float32] { return x.Mul(of(1, 2, 3)) },
		"Div":       func(x *tensor[float32]) *tensor[float32] { return x.Div(one) },
		"Exp":       func(x *tensor[float32]) *tensor[float32] { return x.Exp().Log().Sqrt().Pow(2).Abs() },
		"Pow 0":     func(x *tensor[float32]) *tensor[float32] { return x.Pow(0) },
		"Sigmoid":   func(x *tensor[float32]) *tensor[float32] { return x.Sigmoid().LogSigmoid().SiLU().Tanh() },
		"ELU":       func(x *tensor[float32]) *tensor[float32] { return x.ELU(1).SELU().Softplus().ReLU().GELU() },
		"Where":     func(x *tensor[float32]) *tensor[float32] { return x.Where(x.Greater(one), one) },
		"Clamp":     func(x *tensor[float32]) *tensor[float32] { return x.Clamp(0, 1) },
		"Dropout":   func(x *tensor[float32]) *tensor[float32] { return x.Dropout(0.5, fixedRand()) },
		"Permute":   func(x *tensor[float32]) *tensor[float32] { return x.Permute(1, 0).Transpose(0, 1) },
		"Slice":     func(x *tensor[float32]) *tensor[float32] { return x.Slice(1, 1, 3) },
		"Slice 0":   func(x *tensor[float32]) *tensor[float32] { return x.Slice(0, 0, 0) },
		"Select":    func(x *tensor[float32]) *tensor[float32] { return x.Select(1, 2) },
		"Concat":    func(x *tensor[float32]) *tensor[float32] { return autograd.Concat(1, x, x) },
		"Concat 0":  func(x *tensor[float32]) *tensor[float32] { return autograd.Concat(0, x, counted(2, 3)) },
		"Stack":     func(x *tensor[float32]) *tensor[float32] { return autograd.Stack(-1, x, x) },
		"Gather":    func(x *tensor[float32]) *tensor[float32] { return x.Gather(1, autograd.LabelsOf(nil, 0, 5)) },
		"Embedding": func(x *tensor[float32]) *tensor[float32] { return x.Embedding(autograd.LabelsOf(nil)) },
		"MatMul":    func(x *tensor[float32]) *tensor[float32] { return x.MatMul(x, autograd.TransA()) },
		"Linear":    func(x *tensor[float32]) *tensor[float32] { return x.Linear(counted(2, 3), of(1, 2)) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tape := autograd.NewTape[float32](true)
			x := tape.Leaf("x", nil, []int{0, 3}, true)
			y := f(x)
			tape.Backward(y, ones(y.Len()))
			require.Empty(t, x.TakeGrad())
		})
	}
}

func TestEmbeddingOfAnEmptyTableRefusesEveryId(t *testing.T) {
	t.Parallel()
	requireUsageError(t, "autograd: embedding: index 0 at position [0] is out of range: there are 0, counted from 0",
		func() { counted(0, 3).Embedding(autograd.LabelsOf([]int32{0})) })
}
