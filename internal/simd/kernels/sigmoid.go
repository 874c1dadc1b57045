package kernels

import (
	"math"

	"github.com/heft-ml/heft/internal/vector"
)

func sigmoid() []*vector.Kernel {
	return []*vector.Kernel{
		unary("sigmoid", "computes y = σ(x).", logistic),
		derivative("sigmoidBackward", "computes dx = dy * σ(x) σ(-x) + beta * dx.", logisticSlope),
		unary("logSigmoid", "computes y = ln σ(x).", logLogistic),
		derivative("logSigmoidBackward", "computes dx = dy * σ(-x) + beta * dx.", func(k *vector.Kernel, x vector.Value) vector.Value {
			_, rest := logistics(k, x)
			return rest
		}),
		unary("silu", "computes y = x σ(x).", silu),
		derivative("siluBackward", "computes dx = dy * σ(x) (1 + x σ(-x)) + beta * dx.", siluSlope),
		unary("softplus", "computes y = ln(1 + e^x).", softplus),
		derivative("softplusBackward", "computes dx = dy * σ(x) + beta * dx.", logistic),
	}
}

// logistics returns σ(x) and 1 - σ(x) = σ(-x), each within 2.5 ulp. With e = e^-|x| they are 1/(1+e) and e/(1+e), or the
// other way round: neither overflows or cancels. Where e is a denormal, 1+e is 1.
func logistics(k *vector.Kernel, x vector.Value) (s, rest vector.Value) {
	e, _ := expDown(k, minusAbs(k, x))
	positive, unit := x.Greater(k.Float(0)), k.Float(1)
	d := e.Add(unit)
	return positive.Select(unit, e).Div(d), positive.Select(e, unit).Div(d)
}

func logistic(k *vector.Kernel, x vector.Value) vector.Value {
	s, _ := logistics(k, x)
	return s
}

// logisticSlope returns σ(x) σ(-x) within 4.3 ulp. Taken from σ(x) it would be 0 once that rounds to 1.
func logisticSlope(k *vector.Kernel, x vector.Value) vector.Value {
	e, _ := expDown(k, minusAbs(k, x))
	d := e.Add(k.Float(1))
	return e.Div(d.Mul(d))
}

// softplus returns ln(1 + e^x) within 1.8 ulp, from max(x, 0) and [softplusRest].
func softplus(k *vector.Kernel, x vector.Value) vector.Value {
	return k.Float(0).Max(x).Add(softplusRest(k, x)) // NaN stays
}

// softplusRest returns ln(1 + e^-|x|), which is softplus(x) - max(x, 0).
func softplusRest(k *vector.Kernel, x vector.Value) vector.Value {
	e, _ := expDown(k, minusAbs(k, x))
	return log1p(k, e)
}

// logLogistic returns ln σ(x) = -softplus(-x) within 1.8 ulp.
func logLogistic(k *vector.Kernel, x vector.Value) vector.Value {
	return k.Float(0).Min(x).Sub(softplusRest(k, x))
}

// silu returns x σ(x) within 3.4 ulp.
func silu(k *vector.Kernel, x vector.Value) vector.Value {
	z, e, large := descent(k, x)
	return gated(k, x, z.Mul(large).Div(e.Add(k.Float(1))))
}

// siluSlope returns σ(x) (1 + x σ(-x)) within 5.1 ulp of the larger of the two terms.
func siluSlope(k *vector.Kernel, x vector.Value) vector.Value {
	z, e, large := descent(k, x)
	unit := k.Float(1)
	gate := unit.Div(e.Add(unit))
	return gatedSlope(k, x, large.Mul(gate).Mul(z.FNMA(gate, unit)))
}

// descent returns z = |x|, but no more than 120, e^-z, and 2^64 e^-z.
func descent(k *vector.Kernel, x vector.Value) (z, e, large vector.Value) {
	z = k.Float(-lowest).Min(x.Abs())
	e, large = powerDown(k, -1, z, nil)
	return z, e, large
}

// gated returns x g(x), where g is a gate, 1 - g(x) = g(-x), from 2^64 z g(-z) with z = |x|: for x < 0 that is it, but
// for its sign, and for x > 0 it is x less that. For -Inf it is NaN, as Inf times 0 is.
func gated(k *vector.Kernel, x, large vector.Value) vector.Value {
	y := large.FNMA(k.Float(shrink), k.Float(0).Max(x))
	return x.Equal(k.Float(math.Inf(-1))).Select(k.Bits(notANumber), y)
}

// gatedSlope returns the derivative of x g(x) from that at -|x|, times 2^64: those at x and -x add up to 1. For
// infinities it is NaN.
func gatedSlope(k *vector.Kernel, x, large vector.Value) vector.Value {
	down := k.Float(shrink)
	y := x.Greater(k.Float(0)).Select(large.FNMA(down, k.Float(1)), large.Mul(down))
	return x.Abs().Equal(k.Float(math.Inf(1))).Select(k.Bits(notANumber), y)
}
