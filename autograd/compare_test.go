package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestComparisonsAreThoseOfIEEE754(t *testing.T) {
	t.Parallel()
	x := of(1, 2, 3, 0, nan32, nan32, inf32)
	z := of(2, 2, 2, float32(negative), nan32, 1, inf32)
	for name, c := range map[string]struct {
		got  autograd.Mask
		want []bool
	}{
		"greater":       {x.Greater(z), []bool{false, false, true, false, false, false, false}},
		"greater equal": {x.GreaterEqual(z), []bool{false, true, true, true, false, false, true}},
		"less":          {x.Less(z), []bool{true, false, false, false, false, false, false}},
		"less equal":    {x.LessEqual(z), []bool{true, true, false, true, false, false, true}},
		"equal":         {x.Equal(z), []bool{false, true, false, true, false, false, true}},
		"not equal":     {x.NotEqual(z), []bool{true, false, true, false, true, true, false}},
		"NaN":           {x.IsNaN(), []bool{false, false, false, false, true, true, false}},
		"finite":        {x.IsFinite(), []bool{true, true, true, true, false, false, false}},
	} {
		require.Equal(t, c.want, c.got.Data, name)
		require.Equal(t, []int{7}, c.got.Shape, name)
	}
}

func TestComparisonsBroadcast(t *testing.T) {
	t.Parallel()
	column := autograd.From([]float32{1, 2}, 2, 1)
	m := column.Less(of(0, 2, 3))
	require.Equal(t, []int{2, 3}, m.Shape)
	require.Equal(t, []bool{false, true, true, false, false, true}, m.Data)
	m = column.Greater(autograd.Scalar[float32](1))
	require.Equal(t, []int{2, 1}, m.Shape)
	require.Equal(t, []bool{false, true}, m.Data)
	requireShapeError(t, "autograd: less: [2] and [3]: axes must be equal, or 1, counted from the last",
		func() { of(1, 2).Less(of(1, 2, 3)) })
}

func TestComparingRecordsNothingAndWorksAfterBackward(t *testing.T) {
	t.Parallel()
	tape := autograd.NewTape[float32](true)
	x := tape.Leaf("x", []float32{1, -1}, []int{2}, true)
	y := x.MulScalar(2)
	tape.Observe = func(op string, _ *tensor[float32]) { t.Errorf("comparison recorded as %s", op) }
	require.Equal(t, []bool{true, false}, y.Greater(x).Data)
	tape.Observe = nil
	tape.Backward(y.Sum(), nil)
	require.Equal(t, []bool{true, false}, y.Greater(x).Data)
	require.Equal(t, []bool{true, true}, y.IsFinite().Data)
	tape.Reset()
	requireUsageError(t, "autograd: tensor [2] of an earlier pass used after Reset", func() { y.IsFinite() })
	requireUsageError(t, "autograd: tensor [2] of an earlier pass used after Reset", func() { of(1, 2).Less(y) })
}

func TestMasksCombine(t *testing.T) {
	t.Parallel()
	row := autograd.MaskOf([]bool{true, false, true})
	column := autograd.MaskOf([]bool{true, false}, 2, 1)
	both := row.And(column)
	require.Equal(t, []int{2, 3}, both.Shape)
	require.Equal(t, []bool{true, false, true, false, false, false}, both.Data)
	either := column.Or(row)
	require.Equal(t, []int{2, 3}, either.Shape)
	require.Equal(t, []bool{true, true, true, true, false, true}, either.Data)
	require.Equal(t, []bool{false, true, false}, row.Not().Data)
	require.Equal(t, []bool{true, false, true}, row.Data, "Not must not write its operand")
}

func TestMasksThatDoNotFitPanic(t *testing.T) {
	t.Parallel()
	two, three := autograd.MaskOf(make([]bool, 2)), autograd.MaskOf(make([]bool, 3))
	broken := autograd.Mask{Data: make([]bool, 5), Shape: []int{2, 3}}
	requireShapeError(t, "autograd: and: [2] and [3]: axes must be equal, or 1, counted from the last", func() { two.And(three) })
	requireShapeError(t, "autograd: or: [3] and [2]: axes must be equal, or 1, counted from the last", func() { three.Or(two) })
	requireShapeError(t, "autograd: and: [2 3]: the shape must have 5 elements", func() { three.And(broken) })
}
