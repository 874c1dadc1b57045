package kernels

import "github.com/heft-ml/heft/internal/vector"

// On |f| <= 1/8, with g = f²,
//
//	sin(2πf) = f s(g)    cos(2πf) = 1 + g c(g)
//
// with the minimax polynomials for the relative error (Remez exchange), whose coefficients were then varied together
// to be float32. The errors are 2^-25.0 and 2^-24.5.
var (
	sinSeries = []float64{0x1.921fb6p+2, -0x1.4abbecp+5, 0x1.466b22p+6, -0x1.2f5a18p+6}
	cosSeries = []float64{-0x1.3bd39cp+4, 0x1.03b058p+6, -0x1.4e78bep+6}
)

// sinCosTurn returns the sine and the cosine of u turns, 2πu, for 0 <= u <= 1, each within 2 ulp.
func sinCosTurn(k *vector.Kernel, u vector.Value) (sine, cosine vector.Value) {
	whole, first := k.Float(toWhole), k.Bits(1)
	n := u.FMA(k.Float(4), whole) // the nearest quarter is in the low bits
	f := n.Sub(whole).FNMA(k.Float(0.25), u)
	g := f.Mul(f)
	s := polynomial(k, sinSeries, g).Mul(f)
	c := polynomial(k, cosSeries, g).FMA(g, k.Float(1))

	// In odd quarters sine and cosine change places; the sine is negative in quarters 2 and 3, the cosine in 1 and 2.
	odd := n.And(first).EqualInt(first)
	sign := k.Bits(signBit)
	sine = odd.Select(c, s).Xor(n.ShiftLeft(30).And(sign))
	cosine = odd.Select(s, c).Xor(n.AddInt(first).ShiftLeft(30).And(sign))
	return sine, cosine
}
