package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestSliceCountsFromBothEnds(t *testing.T) {
	t.Parallel()
	x := counted(2, 4)
	requireTensor(t, []int{2, 2}, []float32{1, 2, 5, 6}, x.Slice(1, 1, 3))
	requireTensor(t, []int{2, 2}, []float32{1, 2, 5, 6}, x.Slice(-1, -3, -1))
	requireTensor(t, []int{2, 1}, []float32{3, 7}, x.Slice(1, -1, 4))
	requireTensor(t, []int{1, 4}, []float32{4, 5, 6, 7}, x.Slice(0, 1, 2))
	requireTensor(t, []int{2, 0}, []float32{}, x.Slice(1, 4, 4))
	requireTensor(t, []int{2, 0}, []float32{}, x.Slice(1, 0, 0))
}

func TestSliceRefusesPositionsOutside(t *testing.T) {
	t.Parallel()
	x := counted(2, 4)
	requireUsageError(t, "autograd: slice: from 0 to 5 is not within axis 1 of shape [2 4]", func() { x.Slice(1, 0, 5) })
	requireUsageError(t, "autograd: slice: from -5 to 2 is not within axis 1 of shape [2 4]", func() { x.Slice(1, -5, 2) })
	requireUsageError(t, "autograd: slice: from 3 to 2 is not within axis 1 of shape [2 4]", func() { x.Slice(-1, 3, 2) })
	requireUsageError(t, "autograd: slice: axis 2 of shape [2 4]: axes run from -2 to 1", func() { x.Slice(2, 0, 1) })
}

func TestSelectDropsTheAxis(t *testing.T) {
	t.Parallel()
	x := counted(2, 3, 2)
	requireTensor(t, []int{3, 2}, []float32{6, 7, 8, 9, 10, 11}, x.Select(0, 1))
	requireTensor(t, []int{2, 2}, []float32{4, 5, 10, 11}, x.Select(1, -1))
	requireTensor(t, []int{2, 3}, []float32{0, 2, 4, 6, 8, 10}, x.Select(-1, 0))
	requireTensor(t, []int{}, []float32{2}, counted(3).Select(0, 2))
	requireUsageError(t, "autograd: select: position 3 is not within axis 1 of shape [2 3 2]", func() { x.Select(1, 3) })
	requireUsageError(t, "autograd: select: position -4 is not within axis 1 of shape [2 3 2]", func() { x.Select(1, -4) })
}

func TestSplitCoversTheAxis(t *testing.T) {
	t.Parallel()
	x := counted(2, 4)
	parts := x.Split(-1, 1, 0, 3)
	require.Len(t, parts, 3)
	requireTensor(t, []int{2, 1}, []float32{0, 4}, parts[0])
	requireTensor(t, []int{2, 0}, []float32{}, parts[1])
	requireTensor(t, []int{2, 3}, []float32{1, 2, 3, 5, 6, 7}, parts[2])
	requireTensor(t, x.Shape(), x.Data(), autograd.Concat(1, parts...))
	requireUsageError(t, "autograd: split: sizes [1 2] add up to 3, but axis 1 of shape [2 4] has 4", func() { x.Split(1, 1, 2) })
	requireUsageError(t, "autograd: split: sizes [5 -1]: none can be negative", func() { x.Split(1, 5, -1) })
}
