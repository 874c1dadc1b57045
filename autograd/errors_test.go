package autograd_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestCatchReturnsMistakesAsErrors(t *testing.T) {
	t.Parallel()
	require.NoError(t, autograd.Catch(func() {}))

	tape := autograd.NewTape[float32](true)
	weight := tape.Leaf("fc.weight", make([]float32, 6), []int{2, 3}, true)
	var shape *autograd.ShapeError
	require.ErrorAs(t, autograd.Catch(func() { counted(4, 2).Linear(weight, nil) }), &shape)
	require.Equal(t, "linear", shape.Op)
	require.Equal(t, []autograd.Operand{{Shape: []int{4, 2}}, {Name: "fc.weight", Shape: []int{2, 3}}}, shape.Operands)
	require.Equal(t, "autograd: linear: [4 2] and fc.weight [2 3]: the weight must be [out, in] with in the last axis of x", shape.Error())

	var usage *autograd.UsageError
	require.ErrorAs(t, autograd.Catch(func() { of(1).Sum(3) }), &usage)
	require.Equal(t, "autograd: sum", usage.Op)
	require.Equal(t, "autograd: sum: axis 3 of shape [1]: axes run from -1 to 0", usage.Error())
}

func TestCatchLetsOtherPanicsGoOn(t *testing.T) {
	t.Parallel()
	require.PanicsWithValue(t, "boom", func() { _ = autograd.Catch(func() { panic("boom") }) })
	other := errors.New("other")
	require.PanicsWithValue(t, other, func() { _ = autograd.Catch(func() { panic(other) }) })
	require.Panics(t, func() { _ = autograd.Catch(func() { _ = of(1).Data()[1] }) })
}

func TestConstructorsRefuseShapesOfAnotherSize(t *testing.T) {
	t.Parallel()
	requireShapeError(t, "autograd: from: [2 2]: the shape must have 3 elements", func() { autograd.From(make([]float32, 3), 2, 2) })
	requireShapeError(t, "autograd: labels: [2]: the shape must have 3 elements", func() { autograd.LabelsOf(make([]int32, 3), 2) })
	requireShapeError(t, "autograd: mask: [4]: the shape must have 3 elements", func() { autograd.MaskOf(make([]bool, 3), 4) })
	requireShapeError(t, "autograd: reshape: [2 -2]: no axis can be negative", func() { counted(4).Reshape(2, -2) })
	requireShapeError(t, "autograd: reshape: [4] and [3 1]: the number of elements must stay", func() { counted(4).Reshape(3, -1) })
	requireShapeError(t, "autograd: item: [2]: exactly one element is needed", func() { of(1, 2).Item() })
	require.Equal(t, []int{3}, autograd.LabelsOf(make([]int32, 3)).Shape)
	require.Equal(t, []int{3}, autograd.MaskOf(make([]bool, 3)).Shape)
	require.Equal(t, float32(2), autograd.From([]float32{2}).Item())
}

func TestShapesOfConstantsAreTheirOwn(t *testing.T) {
	t.Parallel()
	shape := []int{2, 1}
	x := autograd.From(make([]float32, 2), shape...)
	labels := autograd.LabelsOf(make([]int32, 2), shape...)
	shape[0] = 9
	require.Equal(t, []int{2, 1}, x.Shape())
	require.Equal(t, []int{2, 1}, labels.Shape)
	require.Equal(t, 2, x.Dim(-2))
	require.Equal(t, 2, x.Rank())
	require.Equal(t, 2, x.Len())
}

func TestTypedErrorsNameOpsWhereKnown(t *testing.T) {
	t.Parallel()
	require.Equal(t, "lost", (&autograd.UsageError{Reason: "lost"}).Error())
	require.Equal(t, "autograd: op: [1]", (&autograd.ShapeError{Op: "op", Operands: []autograd.Operand{{Shape: []int{1}}}}).Error())
}
