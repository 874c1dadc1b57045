package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/internal/golden"
)

// Inputs are around 1. The absolute part is for results that cancel, by a few roundings of such inputs: PyTorch itself
// computes 1 - tanh² as 0 where Heft still has digits.
var (
	wideTolerance   = golden.Tolerance{Relative: 1e-12, Absolute: 1e-15}
	narrowTolerance = golden.Tolerance{Relative: 1e-5, Absolute: 1e-6}
)

func TestOpsMatchPyTorchInFloat64(t *testing.T) {
	t.Parallel()
	testOpsMatchPyTorch[float64](t, wideTolerance)
}

func TestOpsMatchPyTorchInFloat32(t *testing.T) {
	t.Parallel()
	testOpsMatchPyTorch[float32](t, narrowTolerance)
}

// testOpsMatchPyTorch runs every case of ops.json and compares the value and the gradient of every input.
func testOpsMatchPyTorch[T autograd.Float](t *testing.T, tol golden.Tolerance) {
	ops := goldenOps[T]()
	used := map[string]bool{}
	for _, c := range golden.Ops(t).Cases {
		used[c.Op] = true
		op := ops[c.Op]
		if !assert.NotNil(t, op, "ops.json has op %q: bind it in goldenOps", c.Op) {
			continue
		}
		t.Run(c.Op+"/"+c.Name, func(t *testing.T) {
			t.Parallel()
			tape := autograd.NewTape[T](true)
			xs := make([]*tensor[T], len(c.Inputs))
			for i, x := range c.Inputs {
				xs[i] = tape.Leaf("", golden.As[T](x.Data), x.Shape, true)
			}
			y := op(goldenCase{&c}, xs)
			require.Empty(t, c.Args.Unread(), "arguments that the binding overlooks")
			require.Equal(t, c.Output.Shape, append([]int{}, y.Shape()...))
			assert.NoError(t, golden.Compare(c.Output.Data, y.Data(), tol), "value")
			tape.Backward(y, golden.As[T](c.Seed))
			for i, x := range xs {
				assert.NoError(t, golden.Compare(c.Grads[i], x.TakeGrad(), tol), "gradient of input %d", i)
			}
		})
	}
	for op := range ops {
		assert.True(t, used[op], "no case of ops.json runs the binding of %q", op)
	}
}

func TestBatchNormStatisticsMatchPyTorch(t *testing.T) {
	t.Parallel()
	cases := 0
	for _, c := range golden.Ops(t).Cases {
		if c.Op != "batch_norm" {
			continue
		}
		cases++
		momentum := golden.Arg(&c.Args, "momentum", 0.0)
		x := autograd.From(c.Inputs[0].Data, c.Inputs[0].Shape...)
		_, mean, variance := x.BatchNorm(nil, nil, golden.Arg(&c.Args, "eps", 0.0))
		for name, batch := range map[string][]float64{"running_mean": mean, "running_var": variance} {
			running := []float64(c.State[name].Data)
			for i, v := range batch {
				running[i] += momentum * (v - running[i])
			}
			assert.NoError(t, golden.Compare(c.StateAfter[name].Data, running, golden.Tolerance{Relative: 1e-12}), "%s of %s", name, c.Name)
		}
	}
	assert.Positive(t, cases)
}
