package main

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/serialize/safetensors"
)

var small = task{batch: 4, widths: []int{6, 5, 3}, warmup: 1, steps: 2}

// scripted is a contestant with known times.
type scripted struct {
	label   string
	seconds []float64
	loss    float64
	turns   *[]string
}

func (s *scripted) name() string { return s.label }

func (s *scripted) turn(task, string) (float64, float64, error) {
	seconds := s.seconds[0]
	s.seconds = s.seconds[1:]
	*s.turns = append(*s.turns, s.label)
	return seconds, s.loss, nil
}

func TestCompeteComparesWithinEachRound(t *testing.T) {
	t.Parallel()
	var turns []string
	results, err := compete(t.Context(), []contestant{
		&scripted{"a", []float64{2, 20, 200}, 1, &turns},
		&scripted{"b", []float64{1, 40, 100}, math.NaN(), &turns},
	}, small, 3, 0)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "b", "a", "a", "b"}, turns)
	assert.Equal(t, result{"a", []float64{1, 10, 100}, []float64{1, 1, 1}}, results[0])
	assert.Equal(t, result{"b", []float64{0.5, 20, 50}, []float64{0.5, 2, 0.5}}, results[1])
}

func TestCompeteRefusesContestantsThatComputeSomethingElse(t *testing.T) {
	t.Parallel()
	var turns []string
	_, err := compete(t.Context(), []contestant{
		&scripted{"a", []float64{1}, 1, &turns}, &scripted{"b", []float64{1}, 1.02, &turns},
	}, small, 1, 0)
	assert.EqualError(t, err, "b came to a loss of 1.02 and a to 1: they do not compute the same")
}

func TestCompeteEndsWhenInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := compete(ctx, []contestant{heftPeer{}}, small, 1, 1<<40)
	assert.ErrorIs(t, err, context.Canceled)
}

func TestHeftAndGonumTakeTime(t *testing.T) {
	t.Parallel()
	results, err := compete(t.Context(), []contestant{heftPeer{}, gonumPeer{}}, small, 2, 0)
	require.NoError(t, err)
	for _, r := range results {
		assert.Len(t, r.seconds, 2)
		assert.Positive(t, r.seconds[0], r.name)
		assert.Positive(t, r.ratios[1], r.name)
	}
}

func TestStartHoldsParametersAndBatch(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "start.safetensors")
	require.NoError(t, writeStart(path, small))
	f, err := safetensors.Open(path)
	require.NoError(t, err)
	defer f.Close()
	shapes := map[string][]int{}
	for _, info := range f.Tensors() {
		shapes[info.Name] = info.Shape
	}
	assert.Equal(t, map[string][]int{
		"0.weight": {5, 6}, "0.bias": {5}, "2.weight": {3, 5}, "2.bias": {3}, "x": {4, 6}, "y": {4},
	}, shapes)
}

func TestQuantileInterpolates(t *testing.T) {
	t.Parallel()
	values := []float64{4, 1, 3, 2}
	assert.Equal(t, 2.5, quantile(values, 0.5))
	assert.Equal(t, 1.75, quantile(values, 0.25))
	assert.Equal(t, 4.0, quantile(values, 1))
	assert.Equal(t, 7.0, quantile([]float64{7}, 0.5))
	assert.Equal(t, []float64{4, 1, 3, 2}, values, "values keep their order")
}

func TestLayerMultipliesAsItsFormulasSay(t *testing.T) {
	t.Parallel()
	l := newLayer(1, 2, 1, false, true)
	l.x, l.w, l.dy = []float32{2, 3}, []float32{5, 7}, []float32{10}
	l.multiply()
	assert.Equal(t, []float32{31}, l.y)
	assert.Equal(t, []float32{20, 30}, l.dw)
	assert.Equal(t, []float32{50, 70}, l.dx)
}

func TestWarnOfLoadSaysWhenTheMachineIsBusy(t *testing.T) {
	t.Parallel()
	for text, warns := range map[string]bool{"0.20 1.50 2.00 1/99 12": false, "5.25 8.32 7.76 1/99 12": true, "?": false} {
		path := filepath.Join(t.TempDir(), "loadavg")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		var out strings.Builder
		warnOfLoad(&out, path)
		assert.Equal(t, warns, out.Len() > 0, text)
	}
}
