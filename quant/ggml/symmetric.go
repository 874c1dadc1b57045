package ggml

// negligible is the magnitude below which ggml takes elements or scales for 0.
const negligible = 1e-15

// fitSymmetric finds a scale with a small error of scale*(level-32), weighted with the squares of the elements, and the levels, 0 to 63, that go with it: of
// 19 scales near the one that makes the extreme element -32, each followed by the one that is best for its levels in the least squares. It is
// make_qx_quants of ggml-quants.c with n 16, nmax 32 and rmse_type 1.
func fitSymmetric(levels []byte, x []float32) (scale float32) {
	extreme, magnitude := largest(x)
	if magnitude < negligible {
		clear(levels)
		return 0
	}
	inv := -32 / extreme
	levelsAt(levels, x, inv, 32)
	sumXL, sumLL := symmetricSums(x, inv)
	if sumLL != 0 {
		scale = sumXL / sumLL
	}
	best := scale * sumXL
	for step := -9; step <= 9; step++ {
		if step == 0 {
			continue
		}
		inv := -(32 + float32(0.1*float32(step))) / extreme
		sumXL, sumLL := symmetricSums(x, inv)
		if sumLL > 0 && sumXL*sumXL > best*sumLL {
			levelsAt(levels, x, inv, 32)
			scale = sumXL / sumLL
			best = scale * sumXL
		}
	}
	return scale
}

// symmetricSums returns the sums of w*x*l and of w*l*l for the levels l, -32 to 31, of x*inv, with w = x*x.
func symmetricSums(x []float32, inv float32) (sumXL, sumLL float32) {
	for _, v := range x {
		l := float32(nearestWithin(inv*v, -32, 31))
		w := v * v
		sumXL += float32(w * v * l)
		sumLL += float32(w * l * l)
	}
	return sumXL, sumLL
}

// levelsAt rounds x*inv to -n ... n-1, and counts the levels from 0.
func levelsAt(levels []byte, x []float32, inv float32, n int32) {
	levels = levels[:len(x)]
	for i, v := range x {
		levels[i] = byte(nearestWithin(inv*v, -n, n-1) + n)
	}
}

// requantizeSigned chooses levels from 0 to 2n-1 for x = d*(level-n). A d of 0 leaves them as they are.
func requantizeSigned(levels []byte, x []float32, d float32, n int32) {
	if d == 0 {
		return
	}
	levels = levels[:len(x)]
	for i, v := range x {
		levels[i] = byte(nearestWithin(v/d, -n, n-1) + n)
	}
}
