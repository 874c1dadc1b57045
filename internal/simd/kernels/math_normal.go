package kernels

import (
	"math"

	"github.com/heft-ml/heft/internal/vector"
)

// The upper tail of the normal distribution is computed as
//
//	1 - Φ(z) = e^(-z²/2) m(z),  m(z) = q(z) / (1 + z (sqrt(2π) q(z) + p(z)))
//
// with polynomials q of degree 4 and p of degree 3: the minimax ones on 0 <= z <= 15.5 for the relative error of m
// (weighted least squares, weights after Lawson), with q(0) = 1/2, whose coefficients were rounded to float32 one after
// another while the others were fitted again. The error is 2^-25.6. Where z is large, what rounding does to q cancels.
var (
	tailOver = []float64{0.5, 0x1.d50278p-2, 0x1.95a3a6p-3, 0x1.764b9ep-5, 0x1.3fdc5ap-8}
	tailRest = []float64{0x1.d7a904p-2, 0x1.d94e3ep-4, 0x1.8f2df0p-7, 0x1.2b3072p-20}
)

// farthest is where e^(-z²/2) reaches lowest.
var farthest = math.Sqrt(-2 * lowest)

// normalTail returns m(z), and 2^64 e^(-z²/2), for 0 <= z <= farthest. Their product is within 4.2 ulp.
func normalTail(k *vector.Kernel, z vector.Value) (m, large vector.Value) {
	square := z.Mul(z)
	over := z.FNMA(z, square) // what rounding added
	_, large = powerDown(k, -0.5, square, &over)
	q := polynomial(k, tailOver, z)
	below := q.FMA(k.Float(math.Sqrt(2*math.Pi)), polynomial(k, tailRest, z)).FMA(z, k.Float(1))
	return q.Div(below), large
}
