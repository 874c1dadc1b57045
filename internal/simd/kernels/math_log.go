package kernels

import (
	"math"

	"github.com/heft-ml/heft/internal/vector"
)

// logSeries is the polynomial q of degree 8 in
//
//	ln(1+f) = f + f² q(f)
//
// on -1/4 <= f <= 1/2: the minimax one for the relative error (Remez exchange), whose coefficients were then varied
// together to be float32. The error is 2^-27.5.
var logSeries = []float64{
	-0.5, 0x1.5555a4p-2, -0x1.00004ap-2, 0x1.99699ep-3, -0x1.54ed96p-3, 0x1.28807ap-3, -0x1.0d98f2p-3, 0x1.acf4b8p-4, -0x1.71e34cp-5,
}

const notANumber = 0x7fc00000

// logNear returns ln(1+f) for -1/4 <= f <= 1/2.
func logNear(k *vector.Kernel, f vector.Value) vector.Value {
	return polynomial(k, logSeries, f).FMA(f.Mul(f), f)
}

// log returns ln x within 0.95 ulp: -Inf at 0, NaN below, Inf at Inf.
func log(k *vector.Kernel, x vector.Value) vector.Value {
	scaled, m := splitFloat(k, x)
	y := scaled.FromInt().FMA(k.Float(math.Ln2/(1<<exponentBits)), logNear(k, m.Sub(k.Float(1))))

	y = x.Less(k.Float(math.Inf(1))).Select(y, x)
	y = x.GreaterEqual(k.Float(0)).Select(y, k.Bits(notANumber))
	return x.Equal(k.Float(0)).Select(k.Float(math.Inf(-1)), y)
}

// splitFloat returns the integer n 2^23 and m for x = 2^n m with 3/4 <= m < 3/2 and a finite x > 0.
func splitFloat(k *vector.Kernel, x vector.Value) (scaled, m vector.Value) {
	const small, places = 0x1p-126, 23
	denormal := x.Less(k.Float(small))
	v := denormal.Select(x.Mul(k.Float(1<<places)), x)
	scaled = v.SubInt(k.Float(0.75)).And(k.Bits(0xff800000)) // the exponent counts from 3/4 on
	m = v.SubInt(scaled)
	return scaled.SubInt(denormal.Select(k.Bits(places<<exponentBits), k.Bits(0))), m
}

// log1p returns ln(1+e) for 0 <= e <= 1, within 0.95 ulp.
func log1p(k *vector.Kernel, e vector.Value) vector.Value {
	// Beyond 1/2: ln(1+e) = ln 2 + ln(1 + (e-1)/2), where (e-1)/2 is exact.
	half := k.Float(0.5)
	large := e.Greater(half)
	y := logNear(k, large.Select(e.Sub(k.Float(1)).Mul(half), e))
	return y.Add(large.Select(k.Float(math.Ln2), k.Float(0)))
}
