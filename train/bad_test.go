package train_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

func TestTrainingThatBreaksAtItsLastStepSaysSo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		lr   float64
		want string
	}{
		"a parameter":    {1e39, "training broke at its last step: parameter 0.weight is "},
		"the test score": {1e30, "every parameter is finite, but the loss of the test part is "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := quick()
			config.Activation, config.Optimizer, config.LR, config.WeightDecay = "relu", "sgd", c.lr, 0
			config.Epochs, config.Batch, config.Validation, config.Schedule = 1, 4096, 0, "constant"
			dir := t.TempDir()
			_, err := train.Run(context.Background(), config, train.Options{Out: dir})
			var broken *train.BrokenError
			require.ErrorAs(t, err, &broken)
			assert.ErrorContains(t, err, c.want)
			_, again := train.Resume(context.Background(), dir, train.Options{})
			assert.Equal(t, err, again)
		})
	}
}
