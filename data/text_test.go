package data_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
)

// counting returns a text whose ids count from 0.
func counting(n int) *data.Text {
	t := &data.Text{Name: "counting", IDs: make([]int32, n), Characters: n}
	for i := range t.IDs {
		t.IDs[i] = int32(i)
	}
	return t
}

func TestWindowsPredictEveryTokenButTheFirstOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 5, 13, 14, 24, 25, 26} {
		text := counting(n)
		var seen, predicted []int32
		for b := range text.Windows(2, 4) {
			require.Equal(t, b.IDs.Shape, b.Y.Shape)
			require.Equal(t, b.Len(), b.IDs.Shape[0])
			seen, predicted = append(seen, b.IDs.Data...), append(predicted, b.Y.Data...)
		}
		assert.Equal(t, text.Predicted(), len(predicted))
		assert.True(t, slices.Equal(text.IDs[:n-1], seen), "%d tokens: %v", n, seen)
		assert.True(t, slices.Equal(text.IDs[1:], predicted), "%d tokens: %v", n, predicted)
	}
}

func TestTheLastWindowIsShorter(t *testing.T) {
	t.Parallel()
	var shapes [][]int
	for b := range counting(4*3+1+2).Windows(2, 4) {
		shapes = append(shapes, b.IDs.Shape)
	}
	assert.Equal(t, [][]int{{2, 4}, {1, 4}, {1, 2}}, shapes)
}

func TestRandomWindowsAreConsecutiveAndReachBothEnds(t *testing.T) {
	t.Parallel()
	text := counting(7)
	first, last, batches := false, false, 0
	for b := range text.Random(3, 4, rand.New(rand.NewPCG(1, 1))) {
		for i, id := range b.IDs.Data {
			require.Equal(t, id+1, b.Y.Data[i])
			if i%4 > 0 {
				require.Equal(t, b.IDs.Data[i-1]+1, id)
			}
		}
		first = first || slices.Contains(b.IDs.Data, 0)
		last = last || slices.Contains(b.Y.Data, 6)
		if batches++; batches == 100 {
			break
		}
	}
	assert.True(t, first && last)
}

func TestTheSameStreamGivesTheSameWindows(t *testing.T) {
	t.Parallel()
	draw := func() (ids []int32) {
		for b := range counting(1000).Random(4, 8, rand.New(rand.NewPCG(3, 4))) {
			if ids = append(ids, b.IDs.Data...); len(ids) > 300 {
				return ids
			}
		}
		return nil
	}
	assert.Equal(t, draw(), draw())
}

func TestWindowsThatCannotBePanic(t *testing.T) {
	t.Parallel()
	var e *data.ArgumentError
	require.ErrorAs(t, caught(func() { counting(5).Windows(0, 4) }), &e)
	assert.Equal(t, "size", e.Arg)
	require.ErrorAs(t, caught(func() { counting(5).Random(1, 5, nil) }), &e)
	assert.Equal(t, "context", e.Arg)
	assert.EqualError(t, counting(5).Check(5), "counting has 5 tokens, but a context of 5 needs 6: give a longer text or a smaller context")
	assert.NoError(t, counting(5).Check(4))
}

func caught(f func()) (err error) {
	defer func() { err, _ = recover().(error) }()
	f()
	return nil
}

func TestTheHashNamesTheTokens(t *testing.T) {
	t.Parallel()
	// printf 'heft text v1\n\0\0\0\0\1\0\0\0\2\0\0\0' | sha256sum
	assert.Equal(t, "f4c7bdc984eecc7dffa28651d7a1f9a184c83636d36857353d6f40c92bee2ad1", counting(3).Hash())
	long, longer := counting(3000), counting(3001)
	assert.NotEqual(t, long.Hash(), longer.Hash())
}
