package train_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

func TestAnotherOptimizerComesWithTheRateAndDecayThatSuitIt(t *testing.T) {
	t.Parallel()
	c := train.Default("digits")
	for name, by := range map[string][2]float64{"adamw": {1, 1}, "muon": {1, 1}, "nadam": {1, 1}, "lion": {0.2, 5}} {
		other := c.WithOptimizer(name)
		assert.Equal(t, name, other.Optimizer)
		assert.InDelta(t, c.LR*by[0], other.LR, 1e-12, name)
		assert.InDelta(t, c.WeightDecay*by[1], other.WeightDecay, 1e-12, name)
	}
}

func TestTheNewOptimizersLearnTheDigits(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"muon", "lion", "nadam"} {
		c := train.DefaultFor("digits", "mlp:64").WithOptimizer(name) // Muon's time grows as the cube of the width
		c.Epochs = 15
		r, err := train.Run(context.Background(), c, train.Options{})
		require.NoError(t, err)
		assert.GreaterOrEqual(t, r.Test.Accuracy, 0.93, name)
	}
}
