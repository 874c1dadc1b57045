package initializer

import (
	"fmt"
	"math"
	"math/rand/v2"
)

var (
	_ = register(entry{
		family: familyDrawn, name: "normal", about: "N(MEAN, STD²)", numbers: []float64{0, 0.01},
		scheme: func(n []float64, _ []Option) Scheme { return Normal(n[0], n[1]) },
	})
	_ = register(entry{
		family: familyDrawn, name: "uniform", about: "U(LO, HI)", numbers: []float64{-0.1, 0.1},
		scheme: func(n []float64, _ []Option) Scheme { return Uniform(n[0], n[1]) },
	})
	_ = register(entry{
		family: familyDrawn, name: "truncated-normal", about: "N(MEAN, STD²) within [LO, HI]", numbers: []float64{0, 0.02, -0.04, 0.04},
		scheme: func(n []float64, _ []Option) Scheme { return TruncatedNormal(n[0], n[1], n[2], n[3]) },
	})
)

// Normal draws weights from N(mean, std²), whatever the fans: for embeddings, and to see signals vanish and explode.
func Normal(mean, std float64) Scheme {
	if !(std >= 0) || mean-mean != 0 || std-std != 0 {
		misuse("normal needs a finite mean and a finite std of 0 or more, not %v and %v", mean, std)
	}
	s := rule{fmt.Sprintf("normal(%v,%v)", mean, std), func(_ *Param, r *rand.Rand, dst []float32) {
		fillNormal(dst, r, mean, std)
	}}
	if mean != 0 {
		return s
	}
	return s.lawfully(func(*Param) Law { return normalLaw(std) })
}

// Uniform draws weights from U(lo, hi), whatever the fans: for what [Normal] is for.
func Uniform(lo, hi float64) Scheme {
	if !(lo <= hi) || lo-lo != 0 || hi-hi != 0 {
		misuse("uniform needs finite bounds with lo <= hi, not %v and %v", lo, hi)
	}
	s := rule{fmt.Sprintf("uniform(%v,%v)", lo, hi), func(_ *Param, r *rand.Rand, dst []float32) {
		fillUniform(dst, r, lo, hi)
	}}
	if lo != -hi {
		return s
	}
	return s.lawfully(func(*Param) Law { return uniformLaw(hi / math.Sqrt(3)) })
}

// TruncatedNormal draws weights from N(mean, std²) restricted to [lo, hi], absolute bounds as in
// torch.nn.init.trunc_normal_, from which vision transformers start. The variance is below std²: it is not corrected.
// [Truncate] corrects it.
func TruncatedNormal(mean, std, lo, hi float64) Scheme {
	if !(std > 0) || !(lo < hi) {
		misuse("truncated normal needs std > 0 and lo < hi, not std %v, lo %v, hi %v", std, lo, hi)
	}
	if probit(lo, mean, std) == probit(hi, mean, std) {
		misuse("truncated normal needs bounds with something of N(%v, %v²) between them, not lo %v and hi %v", mean, std, lo, hi)
	}
	text := fmt.Sprintf("truncated-normal(%v,%v,%v,%v)", mean, std, lo, hi)
	s := rule{text, func(_ *Param, r *rand.Rand, dst []float32) {
		fillTruncated(dst, r, mean, std, lo, hi)
	}}
	if mean != 0 || lo != -hi {
		return s
	}
	a := hi / std
	cut := std * math.Sqrt(1-2*a*math.Exp(-a*a/2)/math.Sqrt(2*math.Pi)/probit(a, 0, 1))
	return s.lawfully(func(*Param) Law { return truncatedLaw(cut, a) })
}

// fillTruncated draws from N(mean, std²) within [lo, hi], by the inverse of the distribution function:
// x = mean + std √2 erf⁻¹(2u - 1), with u uniform between the bounds' probabilities.
func fillTruncated(dst []float32, r *rand.Rand, mean, std, lo, hi float64) {
	from, to := probit(lo, mean, std), probit(hi, mean, std)
	for i := range dst {
		v := mean + std*math.Sqrt2*math.Erfinv(from+(to-from)*r.Float64())
		dst[i] = float32(min(max(v, lo), hi))
	}
}

// probit is 2Φ((x - mean)/std) - 1.
func probit(x, mean, std float64) float64 { return math.Erf((x - mean) / (std * math.Sqrt2)) }

// leastTruncate is the least distance, in standard deviations, that [Truncate] may cut at: nearer than that nothing of a
// normal distribution is left.
const leastTruncate = 0.1

// normal draws from N(0, std²), or from a truncated one of that variance where the option says so. A normal distribution
// cut at a standard deviations has the variance 1 - 2a φ(a) / (2Φ(a) - 1): 0.87962566² at 2.
func (s settings) normal(dst []float32, r *rand.Rand, std float64) {
	a := s.truncate
	if a == 0 {
		fillNormal(dst, r, 0, std)
		return
	}
	density := math.Exp(-a*a/2) / math.Sqrt(2*math.Pi)
	std /= math.Sqrt(1 - 2*a*density/probit(a, 0, 1))
	fillTruncated(dst, r, 0, std, -a*std, a*std)
}
