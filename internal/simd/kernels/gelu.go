package kernels

import (
	"math"

	"github.com/heft-ml/heft/internal/vector"
)

func gelu() []*vector.Kernel {
	return []*vector.Kernel{
		unary("geluTanh", "computes y = x/2 * (1 + tanh(sqrt(2/π) * (x + 0.044715 x³))).", geluTanh),
		derivative("geluTanhBackward", "computes dx = dy * GELUTanh'(x) + beta * dx.", geluTanhSlope),
		unary("gelu", "computes y = x * Φ(x).", geluOf),
		derivative("geluBackward", "computes dx = dy * (Φ(x) + x φ(x)) + beta * dx.", geluSlope),
	}
}

// The tanh form is x σ(v) with
//
//	v = geluCubic x (x² + geluLinear)
const (
	geluCubic  = 2 * 0.79788456080286535588 * 0.044715 // 2 sqrt(2/π) 0.044715
	geluLinear = 1 / 0.044715

	// geluLinear is added in two parts, the first of few bits, so that what rounding does to the sum is known.
	geluLinearHigh = 0x1.65ep4
	geluLinearLow  = geluLinear - geluLinearHigh

	geluFarthest = 11.25 // e^-v is near e^lowest
)

// geluDescent returns z = |x|, but no more than geluFarthest, z², e^-v(z) and 2^64 e^-v(z). v reaches 120, where its
// rounding would be an error of 64 ulp: it is carried in two parts.
func geluDescent(k *vector.Kernel, x vector.Value) (z, square, e, large vector.Value) {
	z = k.Float(geluFarthest).Min(x.Abs())
	square = z.Mul(z)
	high := k.Float(geluLinearHigh)
	sum := square.Add(high)
	low := square.Sub(sum.Sub(high)).Sub(z.FNMA(z, square)).Add(k.Float(geluLinearLow))
	cube := z.Mul(sum)
	over := low.FNMA(z, z.FNMA(sum, cube)) // z (z² + geluLinear) = cube - over
	e, large = powerDown(k, -geluCubic, cube, &over)
	return z, square, e, large
}

// geluTanh returns x σ(v) within 3.3 ulp.
func geluTanh(k *vector.Kernel, x vector.Value) vector.Value {
	z, _, e, large := geluDescent(k, x)
	return gated(k, x, z.Mul(large).Div(e.Add(k.Float(1))))
}

// geluTanhSlope returns σ(v) (1 + x σ(-v) v') within 6.2 ulp of the larger of the two terms.
func geluTanhSlope(k *vector.Kernel, x vector.Value) vector.Value {
	z, square, e, large := geluDescent(k, x)
	unit := k.Float(1)
	gate := unit.Div(e.Add(unit))
	slope := square.FMA(k.Float(3*geluCubic), k.Float(geluCubic*geluLinear)) // v'
	return gatedSlope(k, x, large.Mul(gate).Mul(z.Mul(slope).FNMA(gate, unit)))
}

// geluOf returns x Φ(x) within 4.7 ulp.
func geluOf(k *vector.Kernel, x vector.Value) vector.Value {
	z := k.Float(farthest).Min(x.Abs())
	m, large := normalTail(k, z)
	return gated(k, x, z.Mul(m).Mul(large))
}

// geluSlope returns Φ(x) + x φ(x) within 4 ulp of the larger of the two terms.
func geluSlope(k *vector.Kernel, x vector.Value) vector.Value {
	z := k.Float(farthest).Min(x.Abs())
	m, large := normalTail(k, z)
	return gatedSlope(k, x, z.FNMA(k.Float(1/math.Sqrt(2*math.Pi)), m).Mul(large))
}
