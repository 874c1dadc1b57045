package train_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

func TestFindLRSuggestsARateThatLearns(t *testing.T) {
	t.Parallel()
	for name, factor := range map[string]float64{"digits": 0.5, "spiral": 0.98} {
		for _, optimizer := range []string{"adamw", "sgd"} {
			c := train.Default(name)
			c.Optimizer, c.Model = optimizer, "mlp:32,32"
			curve, err := train.FindLR(context.Background(), c, train.Options{})
			require.NoError(t, err)
			assert.Greater(t, len(curve.Points), 60)
			assert.Greater(t, curve.Suggested, 1e-5)
			assert.Less(t, curve.Suggested, 1.0)
			c.LR, c.Epochs = curve.Suggested, 30
			r, err := train.Run(context.Background(), c, train.Options{})
			require.NoError(t, err)
			assert.Less(t, r.Epochs[29].Train.Loss, factor*r.Epochs[0].Train.Loss, "%s %s at %v", name, optimizer, curve.Suggested)
		}
	}
}

func TestFindLRLeavesItsCurve(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := train.FindLR(context.Background(), train.Default("moons"), train.Options{Out: dir})
	require.NoError(t, err)
	assert.Equal(t, []string{".lock", train.LRFile, train.LRPlotFile}, names(t, dir))
}

func TestOverfitLearnsABatchByHeart(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"digits", "moons", "spiral"} {
		r, err := train.Overfit(context.Background(), train.Default(name), train.Options{})
		require.NoError(t, err)
		assert.True(t, r.Learned, r.String())
		assert.Empty(t, r.Still)
	}
}

func TestChecksRefuseAnAverageThatTheyWouldNotLookAt(t *testing.T) {
	t.Parallel()
	c := train.Default("moons")
	c.EMA = 0.9
	_, err := train.FindLR(context.Background(), c, train.Options{})
	assert.EqualError(t, err, "ema is 0.9, but a search for a learning rate looks at the weights themselves: leave it out")
	_, err = train.Overfit(context.Background(), c, train.Options{})
	assert.EqualError(t, err, "ema is 0.9, but learning a batch by heart looks at the weights themselves: leave it out")
}

func TestOverfitNamesParametersThatNoGradientReaches(t *testing.T) {
	t.Parallel()
	c := train.DefaultFor("digits", "mlp:16")
	c.Init = "zeros"
	r, err := train.Overfit(context.Background(), c, train.Options{})
	require.NoError(t, err)
	assert.False(t, r.Learned)
	assert.Contains(t, r.Still, "0.weight")
	assert.Contains(t, r.String(), "no gradient reached 0.weight")
}
