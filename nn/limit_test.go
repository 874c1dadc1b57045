package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

func TestNoMoreNumbersAreDeclaredThanTheLimit(t *testing.T) {
	t.Parallel()
	s := newStore()
	s.Limit(10)
	s.Root().Bias("a", 4)
	var tooMany *nn.LimitError
	for _, shape := range [][]int{{7}, {math.MaxInt}, {math.MaxInt, 0, math.MaxInt}, {1 << 16, 1 << 16}} {
		err := autograd.Catch(func() { s.Root().Buffer("b", 0, shape...) })
		require.ErrorAs(t, err, &tooMany, "%v", shape)
	}
	assert.Equal(t, `nn: store: with parameter "b" [65536 65536] the model has more than 10 numbers`, tooMany.Error())
	s.Root().Buffer("b", 0, 2, 3)
	s.Root().Buffer("c", 0, 0)
	require.ErrorAs(t, autograd.Catch(func() { s.Root().Bias("d", 1) }), &tooMany)
	require.Equal(t, []string{"a", "b", "c"}, names(s))
}
