package simd_test

import (
	"math/rand/v2"
	"testing"

	"github.com/heft-ml/heft/internal/simd"
)

// TestGatedUnitsAgreeWithTheirTwins allows the errors of SiLU and GELU, and a rounding or two of the products. The
// derivatives' errors are in proportion to the larger of their terms: gates above 0.5 keep the sum near it.
func TestGatedUnitsAgreeWithTheirTwins(t *testing.T) {
	for _, k := range []struct {
		name    string
		ulps    float64
		streams int
		draw    func(r *rand.Rand) float32
		call    func(s [][]float32, beta float32)
	}{
		{"SwiGLU", 5, 3, moderate, func(s [][]float32, _ float32) { simd.SwiGLU(s[0], s[1], s[2]) }},
		{"GeGLU", 6, 3, moderate, func(s [][]float32, _ float32) { simd.GeGLU(s[0], s[1], s[2]) }},
		{"gradient of SwiGLU's gate", 10, 4, positive, func(s [][]float32, beta float32) { simd.SwiGLUGateBackward(s[0], beta, s[1], s[2], s[3]) }},
		{"gradient of GeGLU's gate", 10, 4, positive, func(s [][]float32, beta float32) { simd.GeGLUGateBackward(s[0], beta, s[1], s[2], s[3]) }},
		{"gradient of SwiGLU's other factor", 6, 3, positive, func(s [][]float32, beta float32) { simd.SwiGLUUpBackward(s[0], beta, s[1], s[2]) }},
		{"gradient of GeGLU's other factor", 7, 3, positive, func(s [][]float32, beta float32) { simd.GeGLUUpBackward(s[0], beta, s[1], s[2]) }},
	} {
		for _, beta := range []float32{0, 1} {
			requireTwin(t, k.name, k.ulps, k.streams, k.draw, func(s [][]float32) { k.call(s, beta) })
		}
	}
}
