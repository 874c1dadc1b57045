package ggml

import "math"

// affineSearch says which scales [fitAffine] tries.
type affineSearch struct {
	levels   int32   // the largest level: x is about scale*level - offset, with levels from 0 to this
	from     float32 // the first try spreads so many levels more, each next one a tenth of a level more
	steps    int     // tries after the first
	absolute bool    // measure absolute errors, not squares
}

// fitAffine finds a scale and an offset >= 0 with a small weighted error, and the levels that go with them: each try rounds the elements to levels at its
// scale, above the best offset so far, then solves for the scale and the offset that are best for these levels in the least squares. It is make_qkx2_quants
// of ggml-quants.c.
// levels, x, weights: equally long
func fitAffine(levels []byte, x, weights []float32, search affineSearch) (scale, offset float32) {
	levels, weights = levels[:len(x)], weights[:len(x)]
	low, high := x[0], x[0]
	sumW := weights[0]
	sumX := float32(sumW * x[0])
	for i := 1; i < len(x); i++ {
		v, w := x[i], weights[i]
		if v < low {
			low = v
		}
		if v > high {
			high = v
		}
		sumW += w
		sumX += float32(w * v)
	}
	if low > 0 {
		low = 0
	}
	if high == low {
		clear(levels)
		return 0, -low
	}

	inv := float32(search.levels) / (high - low)
	scale = 1 / inv
	for i, v := range x {
		levels[i] = byte(nearestWithin(inv*(v-low), 0, search.levels))
	}
	best := affineError(levels, x, weights, scale, low, search.absolute)

	var room [32]byte
	try := room[:len(x)]
	for step := range search.steps + 1 {
		inv := (search.from + float32(0.1*float32(step)) + float32(search.levels)) / (high - low)
		var sumL, sumLL, sumXL float32
		for i, v := range x {
			level := nearestWithin(inv*(v-low), 0, search.levels)
			try[i] = byte(level)
			l := float32(level)
			wl := float32(weights[i] * l)
			sumL += wl
			sumLL += float32(wl * l)
			sumXL += float32(wl * v)
		}
		det := float32(sumW*sumLL) - float32(sumL*sumL)
		if !(det > 0) {
			continue
		}
		tryScale := (float32(sumW*sumXL) - float32(sumX*sumL)) / det
		tryLow := (float32(sumLL*sumX) - float32(sumL*sumXL)) / det
		if tryLow > 0 {
			tryLow = 0
			tryScale = sumXL / sumLL
		}
		if e := affineError(try, x, weights, tryScale, tryLow, search.absolute); e < best {
			copy(levels, try)
			best, scale, low = e, tryScale, tryLow
		}
	}
	return scale, -low
}

// affineError is the weighted sum of the errors of low + scale*levels.
func affineError(levels []byte, x, weights []float32, scale, low float32, absolute bool) (sum float32) {
	for i, v := range x {
		diff := float32(scale*float32(levels[i])) + low - v
		if absolute {
			diff = abs(diff)
		} else {
			diff *= diff
		}
		sum += float32(weights[i] * diff)
	}
	return sum
}

// requantize chooses levels from 0 to most for x = d*level - offset. A d of 0 leaves them as they are.
func requantize(levels []byte, x []float32, d, offset float32, most int32) {
	if d == 0 {
		return
	}
	levels = levels[:len(x)]
	for i, v := range x {
		levels[i] = byte(nearestWithin((v+offset)/d, 0, most))
	}
}

// positiveMost returns the largest element of x, and 0 when none is positive.
func positiveMost(x []float32) (most float32) {
	for _, v := range x {
		if v > most {
			most = v
		}
	}
	return most
}

func rootMeanSquare(x []float32) float32 {
	var sum float32
	for _, v := range x {
		sum += float32(v * v)
	}
	return float32(math.Sqrt(float64(sum / float32(len(x)))))
}
