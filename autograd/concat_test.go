package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestConcatJoinsAlongAnyAxis(t *testing.T) {
	t.Parallel()
	a, b := counted(2, 2), counted(2, 1).MulScalar(10)
	requireTensor(t, []int{2, 3}, []float32{0, 1, 0, 2, 3, 10}, autograd.Concat(1, a, b))
	requireTensor(t, []int{2, 3}, []float32{0, 0, 1, 10, 2, 3}, autograd.Concat(-1, b, a))
	requireTensor(t, []int{4, 2}, []float32{0, 1, 2, 3, 0, 1, 2, 3}, autograd.Concat(0, a, a))
	requireTensor(t, []int{2, 2}, []float32{0, 1, 2, 3}, autograd.Concat(0, a))
}

func TestStackMakesAnAxis(t *testing.T) {
	t.Parallel()
	a, b := counted(2), counted(2).MulScalar(10)
	requireTensor(t, []int{2, 2}, []float32{0, 1, 0, 10}, autograd.Stack(0, a, b))
	requireTensor(t, []int{2, 2}, []float32{0, 0, 1, 10}, autograd.Stack(1, a, b))
	requireTensor(t, []int{2, 2}, []float32{0, 0, 1, 10}, autograd.Stack(-1, a, b))
	requireTensor(t, []int{3}, []float32{7, 8, 9}, autograd.Stack(0, autograd.Scalar[float32](7), autograd.Scalar[float32](8), autograd.Scalar[float32](9)))
}

func TestConcatKeepsItsOwnList(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	a := tape.Leaf("a", []float32{1}, []int{1}, true)
	b := tape.Leaf("b", []float32{2}, []int{1}, true)
	list := []*tensor[float32]{a, b}
	y := autograd.Concat(0, list...)
	list[0] = b
	tape.Backward(y, []float32{3, 5})
	requireSame(t, []float32{3}, a.TakeGrad())
	requireSame(t, []float32{5}, b.TakeGrad())
}

func TestConcatRefusesShapesThatDoNotFit(t *testing.T) {
	t.Parallel()
	x := counted(2, 3)
	requireShapeError(t, "autograd: concat: [2 3] and [2 3] and [3 3]: every axis but the joined one must be equal",
		func() { autograd.Concat(1, x, x, counted(3, 3)) })
	requireShapeError(t, "autograd: concat: [2 3] and [3]: every axis but the joined one must be equal",
		func() { autograd.Concat(0, x, counted(3)) })
	requireShapeError(t, "autograd: stack: [2 3] and [3 2]: shapes must be equal",
		func() { autograd.Stack(0, x, counted(3, 2)) })
	requireUsageError(t, "autograd: concat: axis 2 of shape [2 3]: axes run from -2 to 1", func() { autograd.Concat(2, x) })
	requireUsageError(t, "autograd: concat: at least one tensor is needed", func() { autograd.Concat[float32](0) })
	requireUsageError(t, "autograd: stack: at least one tensor is needed", func() { autograd.Stack[float32](0) })
	require.Error(t, autograd.Catch(func() { autograd.Stack(3, x) }))
}
