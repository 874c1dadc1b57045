package kernels

import (
	"math"

	"github.com/heft-ml/heft/internal/vector"
)

// A power is split as e^v = 2^n e^r with a whole n and |r| <= ln(2)/2. Then
//
//	e^r = 1 + r + r² h(r)
//
// with a polynomial h of degree 4: the minimax one for the relative error of e^r - 1 (Remez exchange), whose
// coefficients were then varied together to be float32. On |r| <= 0.34657 that error is 2^-26.1, so that of e^r is
// 2^-27.6.
var expSeries = []float64{0x1.fffffep-2, 0x1.5554b4p-3, 0x1.5556f6p-5, 0x1.122536p-7, 0x1.6b97dcp-10}

const (
	// Added to a float32 below 2^22, this leaves the nearest whole number in the low bits of the sum.
	toWhole = 0x1.8p23

	exponentBits = 23 // where the exponent starts in a float32
	bias         = 127
	signBit      = 1 << 31

	// e^v is below half the smallest float32 from v = -103.98 on. It is computed down to lowest, so that what it is
	// multiplied with before it is rounded may be as large as 2^23.
	lowest = -120
	grown  = 64 // binary places by which such powers are first computed too large
	shrink = 1.0 / (1 << grown)
)

// split returns a float32 whose low bits hold n + offset, and r / scale, for v = scale (x - over); over may be nil.
//
// r is exact but for a last rounding: n ln(2) is taken off in two parts, and what the first leaves is a float32.
func split(k *vector.Kernel, scale float64, offset int, x vector.Value, over *vector.Value) (n, r vector.Value) {
	whole := k.Float(toWhole + float64(offset))
	step := math.Ln2 / scale
	high := float64(float32(step))
	n = x.FMA(k.Float(1/step), whole)
	count := n.Sub(whole)
	r = count.FNMA(k.Float(high), x)
	r = count.FNMA(k.Float(step-high), r)
	if over != nil {
		r = r.Sub(*over)
	}
	return n, r
}

// series returns scale² h(scale r).
func series(k *vector.Kernel, scale float64, r vector.Value) vector.Value {
	var scaled []float64
	power := scale * scale
	for _, c := range expSeries {
		scaled = append(scaled, c*power)
		power *= scale
	}
	return polynomial(k, scaled, r)
}

// polynomial returns c[0] + c[1] x + c[2] x² + ... by Horner's rule.
func polynomial(k *vector.Kernel, c []float64, x vector.Value) vector.Value {
	last := len(c) - 1
	y := k.Float(c[last])
	for i := last - 1; i >= 0; i-- {
		y = y.FMA(x, k.Float(c[i]))
	}
	return y
}

// restOfPower returns e^(scale r), between 0.7 and 1.42.
func restOfPower(k *vector.Kernel, scale float64, r vector.Value) vector.Value {
	return series(k, scale, r).FMA(r, k.Float(scale)).FMA(r, k.Float(1))
}

// exp returns e^x within 0.95 ulp: 0 from -104 down, Inf from 88.73 up.
func exp(k *vector.Kernel, x vector.Value) vector.Value {
	x = k.Float(-104).Max(k.Float(89).Min(x)) // NaN stays
	n, r := split(k, 1, 2*bias, x, nil)
	half, other := halves(n)
	return restOfPower(k, 1, r).Mul(half).Mul(other)
}

// halves returns the factors of 2^n, which itself may be no float32, for n + 2 bias in the low bits. With a rest near
// 1, rest * half is exact, and only its product with the other is rounded.
func halves(n vector.Value) (half, other vector.Value) {
	half = n.ShiftRight(1)
	return half.ShiftLeft(exponentBits), n.SubInt(half).ShiftLeft(exponentBits)
}

// expDown returns e^x for x <= 0 within 0.95 ulp, and 2^64 e^x, which is no denormal: what is to be multiplied with e^x
// takes that, so that only the last result is rounded to a denormal. Below -120 it is as for -120.
func expDown(k *vector.Kernel, x vector.Value) (e, large vector.Value) {
	return powerDown(k, 1, k.Float(lowest).Max(x), nil)
}

// powerDown returns e^v and 2^64 e^v for v = scale (x - over) from lowest to 0; over may be nil.
func powerDown(k *vector.Kernel, scale float64, x vector.Value, over *vector.Value) (e, large vector.Value) {
	n, r := split(k, scale, grown+bias, x, over)
	large = restOfPower(k, scale, r).Mul(n.ShiftLeft(exponentBits))
	return large.Mul(k.Float(shrink)), large
}

// expm1Down returns e^x - 1 for x <= 0 within 1 ulp, with the sign of x.
func expm1Down(k *vector.Kernel, x vector.Value) vector.Value {
	n, r := split(k, 1, bias, k.Float(-32).Max(x), nil)
	rest := series(k, 1, r).Mul(r).FMA(r, r)
	power := n.ShiftLeft(exponentBits)
	y := rest.FMA(power, power.Sub(k.Float(1)))
	return y.Or(x.And(k.Bits(signBit)))
}

// minusAbs returns -|x|.
func minusAbs(k *vector.Kernel, x vector.Value) vector.Value { return x.Or(k.Bits(signBit)) }
