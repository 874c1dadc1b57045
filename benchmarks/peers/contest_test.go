package main

import (
	"context"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
	_ "github.com/heft-ml/heft/internal/testmode"
)

var (
	tiny      = protocol.Work{Name: "tiny", Kind: protocol.Train, Batch: 4, Widths: []int{6, 5, 3}}
	tinyRun   = protocol.Work{Name: "tiny, forward", Kind: protocol.Forward, Batch: 4, Widths: []int{6, 5, 3}}
	turnSteps = 40 // what a scripted contestant whose steps take a scripted time is given
)

// scripted is a contestant whose steps take known times, one after the other in its timed turns.
type scripted struct {
	label   string
	step    float64   // seconds, until it knows how many steps a turn has
	seconds []float64 // a step, by turn after that
	value   float64
	fails   error
	turns   *[]string
	asked   []int // steps, by turn
}

func (s *scripted) key() string  { return s.label }
func (s *scripted) name() string { return s.label }

func (s *scripted) prepare(protocol.Work, string) error { return s.fails }

func (s *scripted) turn(warmup, steps int) (float64, *float64, error) {
	s.asked = append(s.asked, steps)
	if warmup == 0 {
		return s.step * float64(steps), &s.value, nil // the common steps, or measuring out
	}
	*s.turns = append(*s.turns, s.label)
	if len(s.seconds) == 0 {
		return s.step * float64(steps), &s.value, nil
	}
	seconds := s.seconds[0] * float64(steps)
	s.seconds = s.seconds[1:]
	return seconds, &s.value, nil
}

func TestCompeteComparesWithinEachRound(t *testing.T) {
	t.Parallel()
	var turns []string
	step := turnTime.Seconds() / float64(turnSteps)
	a := &scripted{label: "a", step: step, seconds: []float64{2, 20, 200}, value: 1, turns: &turns}
	b := &scripted{label: "b", step: step, seconds: []float64{1, 40, 100}, value: 1.001, turns: &turns}
	o, err := compete(t.Context(), []contestant{a, b}, tiny, 3)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b", "b", "a", "a", "b"}, turns)
	assert.InDeltaSlice(t, []float64{2, 20, 200}, o.results[0].seconds, 1e-9)
	assert.InDeltaSlice(t, []float64{1, 40, 100}, o.results[1].seconds, 1e-9)
	assert.InDeltaSlice(t, []float64{0.5, 2, 0.5}, o.ratios(1), 1e-9)
	assert.Equal(t, turnSteps, a.asked[len(a.asked)-1])
}

func TestCompeteRefusesContestantsThatComputeSomethingElse(t *testing.T) {
	t.Parallel()
	var turns []string
	for value, differs := range map[float64]bool{1.009: false, 1.02: true, math.NaN(): true, math.Inf(1): true} {
		o, err := compete(t.Context(), []contestant{
			&scripted{label: "a", step: 0.01, value: 1, turns: &turns}, &scripted{label: "b", step: 0.01, value: value, turns: &turns},
		}, tiny, 1)
		assert.Len(t, o.results[0].seconds, 1, "the others go on")
		if differs {
			assert.ErrorContains(t, err, "they do not compute the same")
			assert.Equal(t, result{key: "b", name: "b", left: "does not compute the same"}, o.results[1])
		} else {
			assert.NoError(t, err)
			assert.Len(t, o.results[1].seconds, 1)
		}
	}
}

func TestCompeteLeavesOutWhoCannot(t *testing.T) {
	t.Parallel()
	var turns []string
	o, err := compete(t.Context(), []contestant{
		&scripted{label: "a", step: turnTime.Seconds() / float64(turnSteps), value: 1, turns: &turns},
		&scripted{label: "b", fails: errors.New("no such layer"), turns: &turns},
	}, tiny, 2)
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "a"}, turns)
	assert.Equal(t, result{key: "b", name: "b", left: "no such layer"}, o.results[1])
}

func TestSlowContestantSitsOutFourRoundsOfFive(t *testing.T) {
	t.Parallel()
	var turns []string
	o, err := compete(t.Context(), []contestant{
		&scripted{label: "a", step: 0.01, value: 1, turns: &turns}, &scripted{label: "b", step: 2 * slow.Seconds(), value: 1, turns: &turns},
	}, tiny, 7)
	require.NoError(t, err)
	var took []int
	for round, s := range o.results[1].seconds {
		if !math.IsNaN(s) {
			took = append(took, round)
		}
	}
	assert.Equal(t, []int{0, 5}, took)
	assert.Len(t, o.ratios(1), 7)
	assert.InDelta(t, 2*slow.Seconds()/0.01, median(o.ratios(1)), 1e-6)
}

func TestTrainingTurnsAreShort(t *testing.T) {
	t.Parallel()
	for training, most := range map[bool]int{true: mostTraining, false: int(turnTime.Seconds()/1e-6) + 1} {
		var turns []string
		p, err := measureOut(&scripted{label: "a", step: 1e-6, turns: &turns}, training)
		require.NoError(t, err)
		assert.LessOrEqual(t, p.steps, most)
		assert.Greater(t, p.steps, most*9/10)
		assert.Equal(t, p.steps, p.warmup)
	}
}

func TestCompeteEndsWhenInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var turns []string
	_, err := compete(ctx, []contestant{&scripted{label: "a", step: 0.01, turns: &turns}}, tiny, 1)
	assert.ErrorIs(t, err, context.Canceled)
}
