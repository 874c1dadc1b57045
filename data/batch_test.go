package data

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func source(seed uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, 0)) }

// epoch returns the rows of one run over a set made by counted or line, batch after batch.
func epoch(s *Set, size int, r *rand.Rand) [][]int {
	var batches [][]int
	for b := range s.Batches(size, r) {
		batches = append(batches, rowsOf(b.X))
	}
	return batches
}

func TestBatchesWithoutASourceKeepTheOrder(t *testing.T) {
	t.Parallel()
	s := counted(t, 7, 2)
	assert.Equal(t, [][]int{{0, 1, 2}, {3, 4, 5}, {6}}, epoch(s, 3, nil))
	assert.Equal(t, [][]int{{0, 1, 2, 3, 4, 5, 6}}, epoch(s, 7, nil))
	assert.Equal(t, [][]int{{0, 1, 2, 3, 4, 5, 6}}, epoch(s, 1<<60, nil), "a batch larger than the set is the set")
	assert.Len(t, epoch(s, 1, nil), 7)
}

func TestBatchesCarryWholeSamplesAndTheirLabels(t *testing.T) {
	t.Parallel()
	s := counted(t, 50, 7)
	for b := range s.Batches(8, source(1)) {
		size := b.X.Dim(0)
		require.Equal(t, []int{size, 2, 3}, b.X.Shape())
		require.Equal(t, []int{size}, b.Y.Shape)
		require.Nil(t, b.Target)
		for i, row := range rowsOf(b.X) {
			require.Equal(t, s.X.Data()[6*row:6*row+6], b.X.Data()[6*i:6*i+6])
			require.Equal(t, s.Y.Data[row], b.Y.Data[i])
		}
	}
}

func TestBatchesCarryTargets(t *testing.T) {
	t.Parallel()
	for b := range line(t, 10).Batches(4, source(1)) {
		require.Zero(t, b.Y)
		require.Equal(t, b.X.Shape(), b.Target.Shape())
		for i, x := range b.X.Data() {
			require.Equal(t, 10*x, b.Target.Data()[i])
		}
	}
}

func TestShuffledEpochHasEverySampleOnce(t *testing.T) {
	t.Parallel()
	s := counted(t, 103, 5)
	for _, size := range []int{1, 10, 103, 200} {
		rows := slices.Concat(epoch(s, size, source(3))...)
		require.NotEqual(t, s.rows(), rows, "size %d: not shuffled", size)
		slices.Sort(rows)
		require.Equal(t, s.rows(), rows, "size %d", size)
	}
}

func TestSameSourceGivesTheSameBatches(t *testing.T) {
	t.Parallel()
	s := counted(t, 40, 4)
	assert.Equal(t, epoch(s, 8, source(5)), epoch(s, 8, source(5)))
	assert.NotEqual(t, epoch(s, 8, source(5)), epoch(s, 8, source(6)))
}

func TestEachRunShufflesAfresh(t *testing.T) {
	t.Parallel()
	s := counted(t, 40, 4)
	batches := s.Batches(40, source(5))
	var runs [][]int
	for range 2 {
		for b := range batches {
			runs = append(runs, rowsOf(b.X))
		}
	}
	assert.NotEqual(t, runs[0], runs[1])
}

// Every row must come first about equally often: a shuffle that favours some would fail by far.
func TestShuffleIsUniform(t *testing.T) {
	t.Parallel()
	s, r := counted(t, 5, 1), source(9)
	first := make([]int, 5)
	for range 5000 {
		for b := range s.Batches(5, r) {
			first[rowsOf(b.X)[0]]++
		}
	}
	for row, n := range first {
		assert.InDelta(t, 1000, n, 150, "row %d", row) // more than 5 standard deviations of 28
	}
}

func TestBatchesMayBeLeftEarly(t *testing.T) {
	t.Parallel()
	n := 0
	for range counted(t, 40, 4).Batches(8, source(1)) {
		if n++; n == 2 {
			break
		}
	}
	assert.Equal(t, 2, n)
}

func TestBatchesOfARunShareMemoryAndRunsDoNot(t *testing.T) {
	t.Parallel()
	s := counted(t, 10, 2)
	var first, other *float32
	for b := range s.Batches(4, nil) {
		if first == nil {
			first = &b.X.Data()[0]
			for inner := range s.Batches(4, nil) {
				other = &inner.X.Data()[0]
				require.Equal(t, []int{0, 1, 2, 3}, rowsOf(b.X), "an inner run moved the outer batch")
			}
		}
		require.Same(t, first, &b.X.Data()[0])
	}
	assert.NotSame(t, first, other)
}

func TestWritingABatchLeavesTheSetAlone(t *testing.T) {
	t.Parallel()
	s := counted(t, 10, 2)
	before := s.Hash()
	for b := range s.Batches(4, nil) {
		clear(b.X.Data())
		b.Y.Data[0] = 77
	}
	assert.Equal(t, before, s.Hash())
}

func TestBatchesRefuseASizeBelowOne(t *testing.T) {
	t.Parallel()
	s := counted(t, 10, 2)
	for _, size := range []int{0, -1} {
		requireArgumentError(t, "Batches", "size", func() { s.Batches(size, nil) })
	}
}

func BenchmarkBatches(b *testing.B) {
	s, r := DigitsFull(), source(1)
	b.SetBytes(int64(4 * s.Len() * s.Features()))
	b.ReportAllocs()
	for b.Loop() {
		for batch := range s.Batches(64, r) {
			_ = batch
		}
	}
}
