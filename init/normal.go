package initializer

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// Normal draws weights from N(mean, std²), whatever the fans.
func Normal(mean, std float64) Scheme {
	if !(std >= 0) || mean-mean != 0 || std-std != 0 {
		panic(&UsageError{Reason: fmt.Sprintf("normal needs a finite mean and a finite std of 0 or more, not %v and %v", mean, std)})
	}
	return rule{fmt.Sprintf("normal(%v,%v)", mean, std), func(_ *Param, r *rand.Rand, dst []float32) {
		fillNormal(dst, r, mean, std)
	}}
}

// Uniform draws weights from U(lo, hi), whatever the fans.
func Uniform(lo, hi float64) Scheme {
	if !(lo <= hi) || lo-lo != 0 || hi-hi != 0 {
		panic(&UsageError{Reason: fmt.Sprintf("uniform needs finite bounds with lo <= hi, not %v and %v", lo, hi)})
	}
	return rule{fmt.Sprintf("uniform(%v,%v)", lo, hi), func(_ *Param, r *rand.Rand, dst []float32) {
		fillUniform(dst, r, lo, hi)
	}}
}

// TruncatedNormal draws weights from N(mean, std²) restricted to [lo, hi], absolute bounds as in
// torch.nn.init.trunc_normal_. The variance is below std²: it is not corrected.
//
// Values come from the inverse of the distribution function: x = mean + std √2 erf⁻¹(2u - 1), with u uniform between
// the bounds' probabilities.
func TruncatedNormal(mean, std, lo, hi float64) Scheme {
	if !(std > 0) || !(lo < hi) {
		panic(&UsageError{Reason: fmt.Sprintf("truncated normal needs std > 0 and lo < hi, not std %v, lo %v, hi %v", std, lo, hi)})
	}
	from, to := probit(lo, mean, std), probit(hi, mean, std)
	text := fmt.Sprintf("truncated-normal(%v,%v,%v,%v)", mean, std, lo, hi)
	return rule{text, func(_ *Param, r *rand.Rand, dst []float32) {
		for i := range dst {
			v := mean + std*math.Sqrt2*math.Erfinv(from+(to-from)*r.Float64())
			dst[i] = float32(min(max(v, lo), hi))
		}
	}}
}

// probit is 2Φ((x - mean)/std) - 1.
func probit(x, mean, std float64) float64 { return math.Erf((x - mean) / (std * math.Sqrt2)) }
