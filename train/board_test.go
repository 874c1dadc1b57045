package train_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
	"github.com/heft-ml/heft/train/tensorboard"
)

func TestEventsTellEveryEpochOnceAlsoAfterResume(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := quick()
	_, err := train.Run(ctx, c, train.Options{Out: dir, Board: true, Progress: &stopper{cancel: cancel, after: 30}})
	require.ErrorIs(t, err, context.Canceled)
	r, err := train.Resume(context.Background(), dir, train.Options{Board: true})
	require.NoError(t, err)
	events, err := tensorboard.Load(dir)
	require.NoError(t, err)
	scalars := map[string][]float32{}
	histograms := map[string]int{}
	for _, e := range events {
		switch v := e.Value.(type) {
		case tensorboard.Scalar:
			scalars[e.Tag] = append(scalars[e.Tag], float32(v))
		case *tensorboard.Histogram:
			histograms[e.Tag]++
		}
	}
	var want []float32
	for _, e := range r.Epochs {
		want = append(want, float32(e.Validation.Loss))
	}
	assert.Equal(t, want, scalars["loss/validation"])
	assert.Len(t, scalars["accuracy/train"], c.Epochs)
	assert.Len(t, scalars["lr"], c.Epochs)
	assert.Equal(t, c.Epochs, histograms["weights/0.weight"])
	assert.Equal(t, c.Epochs, histograms["gradients/4.bias"])
}
