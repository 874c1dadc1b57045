package optim_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/optim"
)

func TestSchedulesAtTheirEdges(t *testing.T) {
	t.Parallel()
	const low = 1.0 / 25 / 1e4
	for _, c := range []struct {
		schedule optim.Schedule
		factors  map[int]float64
	}{
		{optim.ConstantLR(), map[int]float64{0: 1, 1_000_000: 1}},
		{optim.StepDecay(3, 0.1), map[int]float64{0: 1, 2: 1, 3: 0.1, 5: 0.1, 6: 0.01, 9: 0.001}},
		{optim.StepDecay(1, 0.5), map[int]float64{0: 1, 1: 0.5, 10: 1. / 1024}},
		{optim.Cosine(10, 0), map[int]float64{0: 1, 5: 0.5, 9: (1 + math.Cos(0.9*math.Pi)) / 2, 10: 0, 11: 0, 1000: 0}},
		{optim.Cosine(10, 0.2), map[int]float64{0: 1, 5: 0.6, 10: 0.2, 1000: 0.2}},
		{optim.Cosine(1, 0.5), map[int]float64{0: 1, 1: 0.5, 2: 0.5}},
		{optim.Warmup(4, 0, optim.ConstantLR()), map[int]float64{0: 0, 1: 0.25, 3: 0.75, 4: 1, 100: 1}},
		{optim.Warmup(4, 0.2, optim.Cosine(10, 0)), map[int]float64{0: 0.2, 2: 0.6, 4: 1, 9: 0.5, 14: 0, 15: 0}},
		{optim.Warmup(2, 0, optim.Warmup(2, 0.5, optim.StepDecay(1, 0.1))), map[int]float64{0: 0, 1: 0.5, 2: 0.5, 3: 0.75, 4: 1, 5: 0.1}},
		{optim.OneCycle(11, 5./11), map[int]float64{0: 0.04, 2: 0.52, 4: 1, 7: (1 + low) / 2, 10: low, 11: low, 1000: low}},
		{optim.OneCycleLinear(11, 5./11), map[int]float64{0: 0.04, 1: 0.28, 4: 1, 7: (1 + low) / 2, 10: low, 1000: low}},
		{optim.OneCycle(10, 0.1), map[int]float64{0: 1, 9: low, 10: low}},
		{optim.OneCycleLinear(10, 0.1), map[int]float64{0: 1, 9: low}},
		{optim.OneCycle(2, 0.5), map[int]float64{0: 1, 1: low, 2: low}},
	} {
		for step, want := range c.factors {
			assert.InDelta(t, want, c.schedule.Factor(step), 1e-12, "%s at step %d", c.schedule, step)
		}
	}
}

func TestSchedulesAreFiniteAndNeverAboveOne(t *testing.T) {
	t.Parallel()
	for _, total := range []int{2, 3, 7, 100} {
		for _, rise := range []float64{1e-9, 0.1, 1. / float64(total), 0.3, 0.5, 0.999999} {
			for _, s := range []optim.Schedule{
				optim.OneCycle(total, rise), optim.OneCycleLinear(total, rise), optim.Cosine(total, rise),
				optim.StepDecay(total, rise), optim.Warmup(total, rise, optim.OneCycle(total, rise)),
			} {
				for step := range 3 * total {
					f := s.Factor(step)
					require.True(t, f >= 0 && f <= 1+1e-12, "%s at step %d: %v", s, step, f)
				}
			}
		}
	}
}

func TestSchedulesRefuseSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	requireUsageError(t, "optim: step decay", "every is 0, but must be 1 or more", func() { optim.StepDecay(0, 0.1) })
	requireUsageError(t, "optim: cosine", "total is -5, but must be 1 or more", func() { optim.Cosine(-5, 0) })
	requireUsageError(t, "optim: warmup", "steps is 0, but must be 1 or more", func() { optim.Warmup(0, 0, optim.ConstantLR()) })
	requireUsageError(t, "optim: one-cycle", "total 1, rise 0.3: at least 2 steps and a rise between 0 and 1 are needed", func() { optim.OneCycle(1, 0.3) })
	for _, rise := range []float64{0, 1, -1, math.NaN()} {
		assert.Panics(t, func() { optim.OneCycleLinear(10, rise) }, "rise %v", rise)
	}
}
