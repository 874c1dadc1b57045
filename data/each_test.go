package data

import (
	"fmt"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEachDoesAllWorkOnce(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 3, 1000} {
		done := make([]atomic.Int32, n)
		require.NoError(t, each(n, func(i int) error { done[i].Add(1); return nil }))
		for i := range done {
			assert.EqualValues(t, 1, done[i].Load(), "%d of %d", i, n)
		}
	}
}

func TestEachReturnsTheErrorOfTheLowestNumber(t *testing.T) {
	t.Parallel()
	for range 100 {
		err := each(100, func(i int) error {
			if i%7 == 5 {
				return fmt.Errorf("%d", i)
			}
			return nil
		})
		require.EqualError(t, err, "5")
	}
}
