package main

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/train"
)

func TestRunTestsEveryDigitOnce(t *testing.T) {
	t.Parallel()
	c := train.Default("digits")
	c.Model, c.Epochs = "mlp:32", 2
	var out bytes.Buffer
	accuracy, err := run(t.Context(), &out, c)
	require.NoError(t, err)
	assert.Greater(t, accuracy, 0.6)

	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, folds+1)
	var right float64
	total := 0
	for i, line := range lines[:folds] {
		var fold, of, digits int
		var percent float64
		_, err := fmt.Sscanf(line, "fold %d of %d: %d digits, accuracy %f%%", &fold, &of, &digits, &percent)
		require.NoError(t, err)
		assert.Equal(t, i+1, fold)
		right += percent / 100 * float64(digits)
		total += digits
	}
	assert.Equal(t, 1797, total)
	assert.InDelta(t, right/float64(total), accuracy, 0.001)
	assert.Equal(t, fmt.Sprintf("together: 1797 digits, accuracy %.2f%%", 100*accuracy), lines[folds])
}

func TestDefaultRecipeReaches97Percent(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("run with -long to train the five networks")
	}
	accuracy, err := run(t.Context(), &bytes.Buffer{}, train.Default("digits"))
	require.NoError(t, err)
	assert.GreaterOrEqual(t, accuracy, 0.97)
}

func TestRunStopsWhenInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := run(ctx, &bytes.Buffer{}, train.Default("digits"))
	assert.ErrorIs(t, err, context.Canceled)
}
