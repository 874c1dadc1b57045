package simd_test

import (
	"testing"

	"github.com/heft-ml/heft/internal/simd"
)

// TestExactKernelsEqualTheirTwins is about kernels that round where their twins do: no bit may differ, whatever the
// values.
func TestExactKernelsEqualTheirTwins(t *testing.T) {
	for _, k := range []struct {
		name    string
		streams int
		call    func(s [][]float32)
	}{
		{"fill", 1, func(s [][]float32) { simd.Fill(s[0], 3) }},
		{"add", 3, func(s [][]float32) { simd.Add(s[0], s[1], s[2]) }},
		{"sub", 3, func(s [][]float32) { simd.Sub(s[0], s[1], s[2]) }},
		{"mul", 3, func(s [][]float32) { simd.Mul(s[0], s[1], s[2]) }},
		{"div", 3, func(s [][]float32) { simd.Div(s[0], s[1], s[2]) }},
		{"add in place", 2, func(s [][]float32) { simd.Add(s[0], s[0], s[1]) }},
		{"add scalar", 2, func(s [][]float32) { simd.AddScalar(s[0], 0.3, s[1]) }},
		{"clamp", 2, func(s [][]float32) { simd.Clamp(s[0], -0.5, 1, s[1]) }},
		{"clamp to a point", 2, func(s [][]float32) { simd.Clamp(s[0], 1, 1, s[1]) }},
		{"distance", 3, func(s [][]float32) { simd.Distance(s[0], s[1], s[2]) }},
		{"add rows", 9, func(s [][]float32) {
			for _, row := range s[1:] {
				simd.ColumnSums(s[0], 1, row)
			}
		}},
		{"where", 3, func(s [][]float32) { simd.Where(s[0], mask(len(s[0])), s[1], s[2]) }},
	} {
		requireTwin(t, k.name, 0, k.streams, anything, k.call)
	}
	for _, k := range []struct {
		name    string
		streams int
		call    func(s [][]float32, beta float32)
	}{
		{"scale", 2, func(s [][]float32, beta float32) { simd.Scale(s[0], beta, 0.7, s[1]) }},
		{"scale by 0", 2, func(s [][]float32, beta float32) { simd.Scale(s[0], beta, 0, s[1]) }},
		{"gradient of mul", 3, func(s [][]float32, beta float32) { simd.MulBackward(s[0], beta, s[1], s[2]) }},
		{"gradient of div", 3, func(s [][]float32, beta float32) { simd.DivBackward(s[0], beta, s[1], s[2]) }},
		{"gradient of the divisor", 4, func(s [][]float32, beta float32) { simd.DivisorBackward(s[0], beta, s[1], s[2], s[3]) }},
		{"gradient of clamp", 3, func(s [][]float32, beta float32) { simd.ClampBackward(s[0], beta, -0.5, 1, s[1], s[2]) }},
		{"gradient of where", 2, func(s [][]float32, beta float32) { simd.WhereBackward(s[0], beta, s[1], mask(len(s[0])), true) }},
		{"gradient of where not", 2, func(s [][]float32, beta float32) { simd.WhereBackward(s[0], beta, s[1], mask(len(s[0])), false) }},
		{"gradient of distance", 4, func(s [][]float32, beta float32) { simd.DistanceBackward(s[0], beta, -1, s[1], s[2], s[3]) }},
		{"copied pieces", 2, func(s [][]float32, beta float32) {
			simd.CopyBackward(s[0], beta, s[1], simd.Blocks{Count: 1, Size: len(s[0])})
		}},
	} {
		for _, beta := range []float32{0, 1} {
			requireTwin(t, k.name, 0, k.streams, anything, func(s [][]float32) { k.call(s, beta) })
		}
	}
}

func mask(n int) []bool {
	m := make([]bool, n)
	for i := range m {
		m[i] = i%3 == 0 || i%7 == 2
	}
	return m
}

// TestMasksEqualTheirTwins writes masks as numbers to compare them.
func TestMasksEqualTheirTwins(t *testing.T) {
	for name, compare := range map[string]func(dst []bool, a, b []float32){
		"greater":       simd.Greater[float32],
		"greater equal": simd.GreaterEqual[float32],
		"equal":         simd.Equal[float32],
		"not a number":  func(dst []bool, a, _ []float32) { simd.IsNaN(dst, a) },
		"finite":        func(dst []bool, a, _ []float32) { simd.IsFinite(dst, a) },
	} {
		requireTwin(t, name, 0, 3, anything, func(s [][]float32) {
			found := make([]bool, len(s[0]))
			compare(found, s[1], s[2])
			for i, yes := range found {
				s[0][i] = 0
				if yes {
					s[0][i] = 1
				}
			}
		})
	}
}

func TestKernelsOfDifferencesEqualTheirTwins(t *testing.T) {
	for _, k := range []struct {
		name    string
		ulps    float64
		streams int
		call    func(s [][]float32)
	}{
		{"squared distance", 2, 3, func(s [][]float32) { simd.SquaredDistance(s[0], s[1], s[2]) }},
		{"gradient of squared distance", 2, 4, func(s [][]float32) { simd.SquaredDistanceBackward(s[0], 0, -1, s[1], s[2], s[3]) }},
		{"huber", 6, 3, func(s [][]float32) { simd.Huber(s[0], 0.7, s[1], s[2]) }},
		{"huber at 1", 6, 3, func(s [][]float32) { simd.Huber(s[0], 1, s[1], s[2]) }},
		{"gradient of huber", 2, 4, func(s [][]float32) { simd.HuberBackward(s[0], 0, -1, 0.7, s[1], s[2], s[3]) }},
	} {
		requireTwin(t, k.name, k.ulps, k.streams, moderate, k.call)
	}
}
