package kernels

import (
	"math"

	"github.com/heft-ml/heft/internal/vector"
)

// A power is x^q = 2^(q log2|x|). The exponent reaches 150, so that it needs some ten binary places more than a float32
// has: the logarithm is carried as the sum of two. With s = (m-1)/(m+1),
//
//	ln m = 2 atanh(s) = 2 (s + s³ c(s²))
//
// with a polynomial c of degree 3 on s² <= 1/25, which is 3/4 <= m <= 3/2: the minimax one for the relative error of
// atanh (Remez exchange), whose coefficients were then varied together to be float32. The error is 2^-35.1.
var atanhSeries = []float64{0x1.555554p-2, 0x1.999c0cp-3, 0x1.23e042p-3, 0x1.eeap-4}

// parts is a number as the sum of two float32, of which the second is below half a unit in the last place of the first.
type parts struct{ high, low vector.Value }

// normalized returns the parts of high + low, where low is smaller than high.
func normalized(high, low vector.Value) parts {
	sum := high.Add(low)
	return parts{sum, high.Sub(sum).Add(low)}
}

// log2 returns the logarithm of |x| to the base 2 for finite x other than 0. The error is below 2^-26 of it.
func log2(k *vector.Kernel, x vector.Value) parts {
	scaled, m := splitFloat(k, x.Abs())
	n := scaled.FromInt().Mul(k.Float(1.0 / (1 << exponentBits)))

	// s = f/d in two parts, with f = m-1 and d = m+1, which has a second part too.
	one := k.Float(1)
	f, d := m.Sub(one), m.Add(one)
	below := m.Sub(d.Sub(one))
	inverse := one.Div(d)
	s := f.Mul(inverse)
	rest := s.FNMA(below, s.FNMA(d, f)).Mul(inverse)

	square := s.Mul(s)
	rest = rest.Add(polynomial(k, atanhSeries, square).Mul(square).Mul(s))

	const scale = 2 / math.Ln2
	high := k.Float(scale)
	y := s.Mul(high)
	low := rest.FMA(high, s.FMA(k.Float(scale-float64(float32(scale))), s.FMA(high, y.Neg())))
	sum := normalized(n, y) // n is 0 or the larger
	return normalized(sum.high, sum.low.Add(low))
}

// powers are what [pow] has to know of c x^q, the same for all elements: q in two parts, finite and not 0, the sign bit
// if q is an odd whole number, the bits of NaN if it is no whole number, and c, which is 1 if it is nil.
type powers struct {
	q             parts
	odd, fraction vector.Value
	c             *factor
}

// factor is c = ± mantissa * 2^places, with a mantissa from 1/2 to 1, whole places, and the bit of its sign.
type factor struct{ mantissa, places, sign vector.Value }

// pow returns c x^q with the special values of C's pow. It is within 1.2 ulp for exponents up to 8, 2.5 up to
// 40, and 10 for all, or 1 more where c is not 1.
func pow(k *vector.Kernel, x vector.Value, p powers) vector.Value {
	// What is beyond the range of results is cut off, with room for a mantissa and for the second part of the exponent.
	whole, least, most := k.Float(toWhole+2*bias), k.Float(-154), k.Float(131)
	if p.c != nil {
		whole, least, most = whole.Add(p.c.places), least.Sub(p.c.places), most.Sub(p.c.places)
	}

	// v = q log2|x| in two parts. Where x is 0 or infinite the second part is NaN, which is cut off too.
	log, size := log2(k, x), x.Abs()
	log.high = size.Less(k.Float(math.Inf(1))).Select(log.high, size)
	log.high = x.Equal(k.Float(0)).Select(k.Float(math.Inf(-1)), log.high)
	v := p.q.high.Mul(log.high)
	low := p.q.high.FMA(log.high, v.Neg())
	low = p.q.low.FMA(log.high, p.q.high.FMA(log.low, low))
	v = least.Max(most.Min(v)) // NaN stays
	low = low.Min(k.Float(1)).Max(k.Float(-1))

	n := v.Add(whole)
	y := restOfPower(k, math.Ln2, v.Sub(n.Sub(whole)).Add(low))
	sign := x.And(p.odd)
	if p.c != nil {
		y = y.Mul(p.c.mantissa)
		sign = sign.Xor(p.c.sign)
	}
	half, other := halves(n)
	y = y.Mul(half).Mul(other).Xor(sign)
	invalid := k.Float(0).Greater(x).And(x.Greater(k.Float(math.Inf(-1))))
	return invalid.Select(y.Or(p.fraction), y)
}
