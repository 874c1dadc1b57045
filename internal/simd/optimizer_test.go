package simd_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/simd"
)

// optimizers are all variants of a step; slice 0 is the weights and slice 1 the gradient.
func optimizers() map[string]func(s [][]float32) {
	steps := map[string]func(s [][]float32){
		"adam": func(s [][]float32) {
			simd.Adam{Rest1: 0.1, Beta2: 0.999, Rest2: 0.001, Eps: 1e-8, Scale: 0.3, Size: 0.01, Correction: 1.2, Decay: 0.1, Shrink: 1}.Step(s[0], s[1], s[2], s[3])
		},
		"adamw": func(s [][]float32) {
			simd.Adam{Rest1: 0.1, Beta2: 0.999, Rest2: 0.001, Eps: 1e-8, Scale: 0.3, Size: 0.01, Correction: 1.2, Shrink: 0.999}.Step(s[0], s[1], s[2], s[3])
		},
		"nadam": func(s [][]float32) {
			simd.NAdam{Rest1: 0.1, Beta2: 0.999, Rest2: 0.001, Eps: 1e-8, Scale: 0.3, Now: 0.004, Ahead: 0.006, Correction: 1.2, Decay: 0.1, Shrink: 1}.Step(s[0], s[1], s[2], s[3])
		},
		"decoupled nadam": func(s [][]float32) {
			simd.NAdam{Rest1: 0.1, Beta2: 0.999, Rest2: 0.001, Eps: 1e-8, Scale: 0.3, Now: 0.004, Ahead: 0.006, Correction: 1.2, Shrink: 0.999}.Step(s[0], s[1], s[2], s[3])
		},
		"lion": func(s [][]float32) {
			simd.Lion{LR: 0.01, Rest1: 0.1, Rest2: 0.01, Scale: 0.3, Shrink: 0.999}.Step(s[0], s[1], s[2])
		},
		"muon's look ahead": func(s [][]float32) { simd.MuonLook(s[0], s[1], s[2], 0.3, 0.05, 0.95) },
		"lerp":              func(s [][]float32) { simd.Lerp(s[0], s[1], 0.01) },
		"sgd":               func(s [][]float32) { simd.SGDStep(s[0], s[1], nil, 0.3, 0.01, 0.1, 0, 0, false, false) },
	}
	for _, first := range []bool{false, true} {
		for _, nesterov := range []bool{false, true} {
			steps[fmt.Sprintf("sgd, first %v, nesterov %v", first, nesterov)] = func(s [][]float32) {
				simd.SGDStep(s[0], s[1], s[2], 0.3, 0.01, 0.1, 0.9, 0.2, nesterov, first)
			}
		}
	}
	for _, centered := range []bool{false, true} {
		for _, momentum := range []bool{false, true} {
			steps[fmt.Sprintf("rmsprop, centered %v, momentum %v", centered, momentum)] = func(s [][]float32) {
				var mean, b []float32
				if centered {
					mean = s[3]
					simd.Scale(mean, 0, 0.1, mean) // far from where v - mean² cancels
				}
				if momentum {
					b = s[4]
				}
				simd.RMSprop{LR: 0.01, Alpha: 0.9, Rest: 0.1, Eps: 1e-8, Momentum: 0.8, Scale: 0.3, Decay: 0.1}.Step(s[0], s[1], s[2], mean, b)
			}
		}
	}
	return steps
}

func TestOptimizersEqualTheirTwins(t *testing.T) {
	for name, step := range optimizers() {
		requireTwin(t, name, 4, 5, positive, step)
	}
}

// A gradient that is not a number must be seen in the weight, and in that alone.
func TestOptimizersHandNaNOn(t *testing.T) {
	for name, step := range optimizers() {
		for _, level := range isa.Levels() {
			s := make([][]float32, 5)
			for i := range s {
				s[i] = make([]float32, 37)
				simd.Fill(s[i], 1)
			}
			s[1][20] = nan
			atLevel(t, level, func() { step(s) })
			for i, w := range s[0] {
				require.Equal(t, i == 20, w != w, "%s at %v: weight %d is %v", name, level, i, w)
			}
		}
	}
}

// What the first step leaves in a buffer does not depend on what was there.
func TestFirstStepOverwritesTheBuffer(t *testing.T) {
	for _, level := range isa.Levels() {
		w, g, b := []float32{1, 1}, []float32{2, -2}, []float32{nan, inf}
		atLevel(t, level, func() { simd.SGDStep(w, g, b, 1, 0.5, 0, 0.9, 0.5, false, true) })
		require.Equal(t, []float32{2, -2}, b)
		require.Equal(t, []float32{0, 2}, w)
	}
}

func TestLionMovesNothingWhereItsDirectionIsZero(t *testing.T) {
	for _, level := range isa.Levels() {
		w, g, m := []float32{1, 1, 1}, []float32{0, 2, -2}, []float32{0, 0, 0}
		atLevel(t, level, func() { simd.Lion{LR: 0.5, Rest1: 0.1, Rest2: 0.5, Scale: 1, Shrink: 1}.Step(w, g, m) })
		require.Equal(t, []float32{1, 0.5, 1.5}, w)
		require.Equal(t, []float32{0, 1, -1}, m)
	}
}
