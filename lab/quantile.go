package lab

import (
	"math"
	"slices"
)

// percentiles returns the smallest values that at least two and ninety-eight percent of the finite values do not exceed; no
// values have none, NaN.
func percentiles(values []float32) (low, high float64) {
	finite := make([]float32, 0, len(values))
	for _, v := range values {
		if v-v == 0 {
			finite = append(finite, v)
		}
	}
	if len(finite) == 0 {
		return math.NaN(), math.NaN()
	}
	slices.Sort(finite)
	at := func(percent int) float64 { return float64(finite[(percent*len(finite)+99)/100-1]) }
	return at(2), at(98)
}
