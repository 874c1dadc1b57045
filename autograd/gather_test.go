package autograd_test

import (
	"math"
	"testing"

	"github.com/heft-ml/heft/autograd"
)

// The example of torch.gather's documentation, and one for each other axis.
func TestGatherPicksAlongTheAxis(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{1, 2, 3, 4}, 2, 2)
	requireTensor(t, []int{2, 2}, []float32{1, 1, 4, 3}, x.Gather(1, autograd.LabelsOf([]int32{0, 0, 1, 0}, 2, 2)))
	requireTensor(t, []int{1, 2}, []float32{3, 2}, x.Gather(0, autograd.LabelsOf([]int32{1, 0}, 1, 2)))
	requireTensor(t, []int{3, 1}, []float32{1, 3, 3}, x.Gather(0, autograd.LabelsOf([]int32{0, 1, 1}, 3, 1)))
	requireTensor(t, []int{0, 2}, []float32{}, x.Gather(-2, autograd.LabelsOf([]int32{}, 0, 2)))
}

func TestGatherAddsTheGradientsOfRepeatedElements(t *testing.T) {
	t.Parallel()
	_, dx := through(func(x *tensor[float32]) *tensor[float32] {
		return x.Gather(0, autograd.LabelsOf([]int32{2, 0, 2, 2}))
	}, 5, 6, 7)
	requireSame(t, []float32{1, 0, 3}, dx)
}

func TestGatherRefusesWhatIsOutOfRange(t *testing.T) {
	t.Parallel()
	x := counted(2, 3)
	requireUsageError(t, "autograd: gather: index 3 at position [1 0] is out of range: there are 3, counted from 0",
		func() { x.Gather(1, autograd.LabelsOf([]int32{0, 2, 3, 0}, 2, 2)) })
	requireUsageError(t, "autograd: gather: index -1 at position [0 1] is out of range: there are 2, counted from 0",
		func() { x.Gather(0, autograd.LabelsOf([]int32{0, -1, 0}, 1, 3)) })
	const reason = ": the index needs x's rank, and no axis longer than x's but the one gathered along"
	requireShapeError(t, "autograd: gather: [2 3] and [3]"+reason, func() { x.Gather(0, autograd.LabelsOf(make([]int32, 3))) })
	requireShapeError(t, "autograd: gather: [2 3] and [3 1]"+reason, func() { x.Gather(1, autograd.LabelsOf(make([]int32, 3), 3, 1)) })
	requireShapeError(t, "autograd: gather: [2 2]: the shape must have 3 elements",
		func() { x.Gather(1, autograd.Labels{Data: make([]int32, 3), Shape: []int{2, 2}}) })
}

func TestEmbeddingLooksRowsUp(t *testing.T) {
	t.Parallel()
	table := counted(3, 2)
	requireTensor(t, []int{2, 2, 2}, []float32{4, 5, 0, 1, 4, 5, 2, 3}, table.Embedding(autograd.LabelsOf([]int32{2, 0, 2, 1}, 2, 2)))
	requireTensor(t, []int{2}, []float32{2, 3}, table.Embedding(autograd.Labels{Data: []int32{1}}))
	requireTensor(t, []int{0, 2}, []float32{}, table.Embedding(autograd.LabelsOf([]int32{})))
}

func TestEmbeddingAddsTheGradientsOfRepeatedRows(t *testing.T) {
	t.Parallel()
	_, dx := through(func(x *tensor[float32]) *tensor[float32] {
		return x.Reshape(3, 2).Embedding(autograd.LabelsOf([]int32{2, 0, 2}))
	}, 1, 2, 3, 4, 5, 6)
	requireSame(t, []float32{1, 1, 0, 0, 2, 2}, dx)
}

func TestEmbeddingRefusesWhatIsOutOfRange(t *testing.T) {
	t.Parallel()
	table := counted(3, 2)
	requireUsageError(t, "autograd: embedding: index 3 at position [1 1] is out of range: there are 3, counted from 0",
		func() { table.Embedding(autograd.LabelsOf([]int32{0, 1, 2, 3}, 2, 2)) })
	requireUsageError(t, "autograd: embedding: index 2147483647 at position [0] is out of range: there are 3, counted from 0",
		func() { table.Embedding(autograd.LabelsOf([]int32{math.MaxInt32})) })
	requireUsageError(t, "autograd: embedding: index -1 at position [] is out of range: there are 3, counted from 0",
		func() { table.Embedding(autograd.Labels{Data: []int32{-1}}) })
	requireShapeError(t, "autograd: embedding: [6]: the table must be [v, c]",
		func() { counted(6).Embedding(autograd.LabelsOf([]int32{0})) })
}
