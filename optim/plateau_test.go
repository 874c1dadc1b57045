package optim_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/optim"
)

func TestPlateauFallsWhenTheLossDoesNot(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		plateau *optim.Plateau
		losses  []float64
		factors []float64 // after each loss
	}{
		{optim.NewPlateau(0.5, 1, 0, 0, 0), []float64{3, 2, 2, 2, 2, 2, 1, 1}, []float64{1, 1, 1, 0.5, 0.5, 0.25, 0.25, 0.25}},
		{optim.NewPlateau(0.5, 0, 0, 0, 0.3), []float64{1, 1, 1, 1}, []float64{1, 0.5, 0.3, 0.3}},
		{optim.NewPlateau(0.5, 0, 0, 2, 0), []float64{1, 1, 1, 1, 1}, []float64{1, 0.5, 0.5, 0.5, 0.25}},
		{optim.NewPlateau(0.5, 0, 0.1, 0, 0), []float64{1, 0.95, 0.85, math.NaN()}, []float64{1, 0.5, 0.5, 0.25}},
		{optim.NewPlateau(0, 0, 0, 0, 0), []float64{1, 1, 1}, []float64{1, 0, 0}},
	} {
		for i, loss := range c.losses {
			c.plateau.Observe(loss)
			assert.Equal(t, c.factors[i], c.plateau.Factor(i), "%s after loss %d", c.plateau, i+1)
		}
	}
}

func TestPlateauIsFoundBehindItsWarmup(t *testing.T) {
	t.Parallel()
	p := optim.NewPlateau(0.5, 0, 0, 0, 0)
	s := optim.Warmup(2, 0, optim.Warmup(2, 0.5, p))
	require.Same(t, p, optim.PlateauOf(s))
	p.Observe(1)
	p.Observe(1)
	assert.Equal(t, 0.5, s.Factor(10))
	assert.Nil(t, optim.PlateauOf(optim.Warmup(2, 0, optim.ConstantLR())))
	assert.Nil(t, optim.PlateauOf(nil))
}

func TestPlateauRefusesSettingsThatCannotBe(t *testing.T) {
	t.Parallel()
	requireUsageError(t, "optim: plateau", "the factor is 1, but must be from 0 to below 1", func() { optim.NewPlateau(1, 0, 0, 0, 0) })
	requireUsageError(t, "optim: plateau", "the threshold is NaN, but must be from 0 to below 1", func() { optim.NewPlateau(0.5, 0, math.NaN(), 0, 0) })
	requireUsageError(t, "optim: plateau", "patience is -1 and cooldown 0, but neither can be negative", func() { optim.NewPlateau(0.5, -1, 0, 0, 0) })
}
