package train_test

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

func TestLinesTellEveryEpochOnce(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	_, err := train.Run(context.Background(), quick(), train.Options{Progress: train.NewLines(&out)})
	require.NoError(t, err)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 3)
	assert.Regexp(t, `^epoch 1/3  train loss \d\.\d{4}  accuracy +\d+\.\d%  validation loss \d\.\d{4}  accuracy +\d+\.\d%  \d+ samples/s$`, lines[0])
	assert.NotContains(t, out.String(), "\r")
}

func TestBarShowsSpeedLossAndTimeLeftAndEndsWithALine(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	c := train.Default("digits")
	c.Epochs = 4
	_, err := train.Run(context.Background(), c, train.Options{Progress: train.NewBar(&out, 0)})
	require.NoError(t, err)
	text := out.String()
	assert.Contains(t, text, "loss 0.")
	assert.Contains(t, text, "samples/s")
	assert.Contains(t, text, "\r")
	last := text[strings.LastIndex(text, "\r")+1:]
	assert.True(t, strings.HasPrefix(last, "epoch 4/4  train loss"), "%q", last)
}
