package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
)

func TestMatMulShapesAreNumPys(t *testing.T) {
	t.Parallel()
	ta, tb := autograd.TransA(), autograd.TransB()
	for _, c := range []struct {
		x, z, y []int
		opts    []autograd.MatMulOption
	}{
		{x: []int{3}, z: []int{3}, y: []int{}},
		{x: []int{3}, z: []int{3, 4}, y: []int{4}},
		{x: []int{2, 3}, z: []int{3}, y: []int{2}},
		{x: []int{2, 3}, z: []int{3, 4}, y: []int{2, 4}},
		{x: []int{3, 2}, z: []int{3, 4}, y: []int{2, 4}, opts: []autograd.MatMulOption{ta}},
		{x: []int{3}, z: []int{4, 3}, y: []int{4}, opts: []autograd.MatMulOption{tb}},
		{x: []int{5, 2, 3}, z: []int{3, 4}, y: []int{5, 2, 4}},
		{x: []int{5, 2, 3}, z: []int{1, 1, 3, 4}, y: []int{1, 5, 2, 4}},
		{x: []int{2, 3}, z: []int{5, 3, 4}, y: []int{5, 2, 4}},
		{x: []int{3}, z: []int{5, 3, 4}, y: []int{5, 4}},
		{x: []int{5, 2, 3}, z: []int{3}, y: []int{5, 2}},
		{x: []int{6, 1, 2, 3}, z: []int{5, 3, 4}, y: []int{6, 5, 2, 4}},
		{x: []int{0, 3}, z: []int{3, 4}, y: []int{0, 4}},
		{x: []int{2, 0}, z: []int{0, 4}, y: []int{2, 4}},
		{x: []int{0, 2, 3}, z: []int{1, 3, 4}, y: []int{0, 2, 4}},
	} {
		y := counted(c.x...).MatMul(counted(c.z...), c.opts...)
		requireShape(t, c.y, y)
	}
}

// Every product of a batch is the product of its two matrices, whichever way the batch was laid out.
func TestMatMulOfABatchIsThatOfItsMatrices(t *testing.T) {
	t.Parallel()
	x, z := gradcheck.Normal(1, 2, 1, 3, 5), gradcheck.Normal(2, 4, 5, 3)
	y := x.MatMul(z)
	swapped := x.Transpose(-1, -2).MatMul(z.Transpose(-1, -2), autograd.TransA(), autograd.TransB())
	require.Equal(t, []int{2, 4, 3, 3}, y.Shape())
	for i := range 2 {
		for j := range 4 {
			want := naiveProduct(x.Select(0, i).Select(0, 0), z.Select(0, j))
			require.InDeltaSlice(t, want, y.Select(0, i).Select(0, j).Data(), 1e-14)
			require.InDeltaSlice(t, want, swapped.Select(0, i).Select(0, j).Data(), 1e-14)
		}
	}
	folded := x.MatMul(z.Select(0, 1))
	require.InDeltaSlice(t, y.Select(1, 1).Data(), folded.Data(), 1e-14)
}

// naiveProduct multiplies x [m, k] and z [k, n] from the definition.
func naiveProduct(x, z *tensor[float64]) []float64 {
	m, k, n := x.Dim(0), x.Dim(1), z.Dim(1)
	y := make([]float64, m*n)
	for i := range y {
		for q := range k {
			y[i] += x.Data()[i/n*k+q] * z.Data()[q*n+i%n]
		}
	}
	return y
}

// A flag is the same as a transposed copy, whatever the batches are.
func TestMatMulFlagsEqualTransposedCopies(t *testing.T) {
	t.Parallel()
	ta, tb := autograd.TransA(), autograd.TransB()
	for _, c := range [][2][]int{
		{{3, 5}, {5, 4}}, {{2, 3, 5}, {5, 4}}, {{3, 5}, {2, 5, 4}}, {{2, 3, 5}, {2, 5, 4}}, {{2, 1, 3, 5}, {4, 5, 2}}, {{2, 3, 5}, {1, 5, 4}},
	} {
		x, z := gradcheck.Normal(1, c[0]...), gradcheck.Normal(2, c[1]...)
		xt, zt := x.Transpose(-1, -2), z.Transpose(-1, -2)
		want := x.MatMul(z)
		for name, got := range map[string]*tensor[float64]{
			"A":       xt.MatMul(z, ta),
			"B":       x.MatMul(zt, tb),
			"A and B": xt.MatMul(zt, ta, tb),
		} {
			require.Equal(t, want.Shape(), got.Shape(), "%v, %s", c, name)
			require.InDeltaSlice(t, want.Data(), got.Data(), 1e-14, "%v, %s", c, name)
		}
	}
}

func TestMatMulOfEmptyBatchGivesZeroGradients(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	for _, c := range [][2][]int{{{1, 2, 3}, {0, 3, 4}}, {{0, 2, 3}, {1, 3, 4}}, {{2, 0}, {0, 4}}, {{0, 3}, {3, 4}}, {{2, 3}, {3, 0}}} {
		x := tape.Leaf("x", ones(counted(c[0]...).Len()), c[0], true)
		z := tape.Leaf("z", ones(counted(c[1]...).Len()), c[1], true)
		y := x.MatMul(z)
		for _, v := range y.Data() {
			require.Zero(t, v)
		}
		tape.Backward(y, ones(y.Len()))
		requireSame(t, make([]float32, x.Len()), x.TakeGrad())
		requireSame(t, make([]float32, z.Len()), z.TakeGrad())
	}
}

func TestMatMulLetsNaNThrough(t *testing.T) {
	t.Parallel()
	zero := autograd.From([]float32{0, 0}, 1, 2)
	for _, bad := range []float32{nan32, inf32} {
		column := autograd.From([]float32{bad, 1}, 2, 1)
		requireSame(t, []float32{nan32}, zero.MatMul(column).Data())
		requireSame(t, []float32{nan32}, column.MatMul(zero, autograd.TransA(), autograd.TransB()).Data())
	}
}

func TestMatMulRefusesShapesThatDoNotFit(t *testing.T) {
	t.Parallel()
	x := counted(2, 3)
	requireShapeError(t, "autograd: matmul: [2 3] and [2 3]: the inner axes must be equal", func() { x.MatMul(x) })
	requireShapeError(t, "autograd: matmul: [2 3] and [2]: the inner axes must be equal", func() { x.MatMul(counted(2)) })
	requireShapeError(t, "autograd: matmul: [2 2 3] and [3 3 4]: the axes before the last two must broadcast",
		func() { counted(2, 2, 3).MatMul(counted(3, 3, 4)) })
	requireShapeError(t, "autograd: matmul: [] and [2 3]: a scalar is no matrix: use Mul",
		func() { autograd.Scalar[float32](1).MatMul(x) })
	requireShapeError(t, "autograd: matmul: [2] and [2 3]: a single axis cannot be transposed",
		func() { counted(2).MatMul(x, autograd.TransA()) })
	requireShapeError(t, "autograd: matmul: [2 3] and [3]: a single axis cannot be transposed",
		func() { x.MatMul(counted(3), autograd.TransB()) })
}
