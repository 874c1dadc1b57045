package gradcheck_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
	_ "github.com/heft-ml/heft/internal/testmode"
)

type tensor = gradcheck.Tensor

// halved is x/2 with a gradient of the caller's choice.
func halved(x *tensor, back func(dx, dy []float64)) *tensor {
	y := x.Like()
	for i, v := range x.Data() {
		y.Data()[i] = v / 2
	}
	return y.Record("halved", func(dy []float64) { back(x.Grad(), dy) })
}

func TestCheckAcceptsRightGradients(t *testing.T) {
	t.Parallel()
	right := func(dx, dy []float64) {
		for i := range dx {
			dx[i] += dy[i] / 2
		}
	}
	x, z := gradcheck.Normal(1, 3, 4), gradcheck.Normal(2, 4)
	require.NoError(t, gradcheck.Check(func(x ...*tensor) *tensor { return halved(x[0], right).Mul(x[1]).Tanh() }, x, z))
	worst := gradcheck.Worst(func(x ...*tensor) *tensor { return halved(x[0], right) }, x)
	assert.Less(t, worst.Relative(), 1e-9)
	require.NoError(t, gradcheck.Check(func(x ...*tensor) *tensor { return x[0] }, x), "an input itself")
	require.NoError(t, gradcheck.Check(func(x ...*tensor) *tensor { return x[0].Exp() }, gradcheck.Normal(1, 0, 4)), "no elements")
}

func TestCheckNamesTheWrongElement(t *testing.T) {
	t.Parallel()
	x, z := gradcheck.Normal(1, 3), gradcheck.Normal(2, 5)
	oneWrong := func(x ...*tensor) *tensor {
		y := halved(x[1], func(dx, dy []float64) {
			for i := range dx {
				dx[i] += dy[i] / 2
			}
			dx[3] += 1e-5
		})
		return autograd.Concat(0, x[0], y)
	}
	worst := gradcheck.Worst(oneWrong, x, z)
	assert.Equal(t, 1, worst.Input)
	assert.Equal(t, 3, worst.Index)
	assert.InDelta(t, 1e-5, worst.Gradient-worst.Numeric, 1e-9)
	err := gradcheck.Check(oneWrong, x, z)
	require.ErrorContains(t, err, "gradcheck: input 1, element 3: gradient ")
	require.ErrorContains(t, err, fmt.Sprintf("central difference %.12g", worst.Numeric))
}

func TestCheckFindsEveryKindOfWrongGradient(t *testing.T) {
	t.Parallel()
	for name, back := range map[string]func(dx, dy []float64){
		"forgotten": func(dx, dy []float64) {},
		"negated": func(dx, dy []float64) {
			for i := range dx {
				dx[i] -= dy[i] / 2
			}
		},
		"slightly off": func(dx, dy []float64) {
			for i := range dx {
				dx[i] += dy[i] / 2 * (1 + 1e-6)
			}
		},
		"NaN": func(dx, dy []float64) {
			for i := range dx {
				dx[i] += dy[i] / 2
			}
			dx[0] = math.NaN()
		},
		"overwritten": func(dx, dy []float64) {
			for i := range dx {
				dx[i] = dy[i] / 2
			}
		},
	} {
		f := func(x ...*tensor) *tensor { return halved(x[0], back).Add(x[0].Exp()) }
		assert.Error(t, gradcheck.Check(f, gradcheck.Normal(1, 4)), name)
	}
}

func TestCheckFindsAnInputThatGetsNoGradient(t *testing.T) {
	t.Parallel()
	cut := func(x ...*tensor) *tensor { return x[0].Mul(x[1].Detach()) }
	err := gradcheck.Check(cut, gradcheck.Normal(1, 2), gradcheck.Normal(2, 2))
	require.ErrorContains(t, err, "input 1, element ")
	require.ErrorContains(t, err, "gradient 0, ")
}

func TestCheckLeavesItsInputsAlone(t *testing.T) {
	t.Parallel()
	x := gradcheck.Normal(1, 4)
	require.NoError(t, gradcheck.Check(func(x ...*tensor) *tensor { return x[0].Exp() }, x))
	require.Equal(t, gradcheck.Normal(1, 4).Data(), x.Data())
	require.NotEqual(t, gradcheck.Normal(2, 4).Data(), x.Data())
}

func ExampleCheck() {
	err := gradcheck.Check(func(x ...*gradcheck.Tensor) *gradcheck.Tensor {
		return x[0].MatMul(x[1]).Tanh().Mean()
	}, gradcheck.Normal(1, 3, 5), gradcheck.Normal(2, 5, 2))
	fmt.Println(err)
	// Output: <nil>
}
