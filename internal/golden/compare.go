package golden

import (
	"fmt"
	"math"
)

// Tolerance is how far a value may be from the wanted one: Relative of its own size, or Absolute where that is more.
type Tolerance struct {
	Relative, Absolute float64
}

// Compare returns an error that names the worst value when got is not want within the tolerance.
// NaN wants NaN, and an infinity wants the same one.
func Compare[T float32 | float64](want Numbers, got []T, tol Tolerance) error {
	if len(want) != len(got) {
		return fmt.Errorf("%d values, want %d", len(got), len(want))
	}
	worst, at := 1.0, -1
	for i, w := range want {
		if excess := tol.excess(w, float64(got[i])); excess > worst {
			worst, at = excess, i
		}
	}
	if at < 0 {
		return nil
	}
	return fmt.Errorf("value %d is %v, want %v: off by %.2g times what is allowed", at, got[at], want[at], worst)
}

// excess is the distance of got from want in units of what is allowed: more than 1 is too far.
func (tol Tolerance) excess(want, got float64) float64 {
	switch {
	case want == got || math.IsNaN(want) && math.IsNaN(got):
		return 0
	case math.IsNaN(got) || math.IsInf(want, 0) || math.IsInf(got, 0) || math.IsNaN(want):
		return math.Inf(1)
	}
	return math.Abs(got-want) / max(tol.Relative*math.Abs(want), tol.Absolute)
}

// LikeTorch is the tolerance of a tensor whose largest error in torch's own float32 is given: four times that error, or four
// units in the last place of the tensor's largest value where that is more.
func LikeTorch(want Numbers, torchError float64) Tolerance {
	largest := 0.0
	for _, w := range want {
		largest = max(largest, math.Abs(w))
	}
	return Tolerance{Absolute: 4 * max(torchError, ulp32(largest))}
}

// ulp32 is the distance from x, which is not negative, to the next float32.
func ulp32(x float64) float64 {
	at := float32(x)
	return float64(math.Nextafter32(at, math.MaxFloat32)) - float64(at)
}
