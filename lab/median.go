package lab

import (
	"math"
	"slices"
)

// Median returns the middle one of some numbers, of an even count the mean of the two in the middle or, where the upper of them is
// not finite, the lower. NaN counts as more than any number; no numbers have none, NaN.
func Median(values []float64) float64 {
	mid, _, _ := MedianRange(values)
	return mid
}

// MedianRange returns the median of some numbers, the least and the most: see [Median].
func MedianRange(values []float64) (mid, lo, hi float64) {
	n := len(values)
	if n == 0 {
		return math.NaN(), math.NaN(), math.NaN()
	}
	s := slices.SortedFunc(slices.Values(values), func(a, b float64) int {
		switch {
		case a != a && b != b:
			return 0
		case a != a || a > b:
			return 1
		case b != b || a < b:
			return -1
		}
		return 0
	})
	below, above := s[(n-1)/2], s[n/2]
	mid = below
	if above-above == 0 {
		mid = below/2 + above/2
	}
	return mid, s[0], s[n-1]
}

// MedianAccuracy returns the median of shares of samples that networks put in their class, the least and the most. NaN is the share
// of a network that overflowed: it counts as less than any, and comes back as 0. Of an even count the median is the mean of the two
// in the middle or, where the lower of them overflowed, the upper: that of the networks whose losses [MedianRange] takes.
func MedianAccuracy(shares []float64) (mid, lo, hi float64) {
	misses := make([]float64, len(shares))
	for i, share := range shares {
		misses[i] = -share
		if share != share {
			misses[i] = math.Inf(1)
		}
	}
	mid, most, least := MedianRange(misses)
	right := func(miss float64) float64 {
		if math.IsInf(miss, 1) {
			return 0
		}
		return 0 - miss // not -0
	}
	return right(mid), right(least), right(most)
}
