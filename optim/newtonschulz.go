package optim

import (
	"math"

	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/simd"
)

// newtonSchulz makes matrices orthogonal: of G = U S Vᵀ it finds about U Vᵀ. An iteration is
//
//	X = a X + b (X Xᵀ) X + c (X Xᵀ)² X,    from X = G / max(‖G‖, eps),
//
// which maps every singular value s to a s + b s³ + c s⁵. The coefficients are Jordan's: the slope at 0 is as large as it
// can be, and after five iterations all but the smallest values are about 0.7 to 1.2, not 1, which serves as well.
// PyTorch iterates in bfloat16; this is float32.
//
// With X tall, Xᵀ X stands in the place of X Xᵀ, on X's other side: the smaller square of the two.
type newtonSchulz struct {
	rows, columns int
	x, next       []float32 // [rows, columns]
	gram, square  []float32 // [k, k], k the smaller of both
	polynomial    []float32 // [k, k]: what X is multiplied by
}

const (
	newtonSchulzA     = 3.4445
	newtonSchulzB     = -4.7750
	newtonSchulzC     = 2.0315
	newtonSchulzSteps = 5
	newtonSchulzEps   = 1e-7
)

// reserve makes room for a matrix of that shape, and returns where it is to be put.
func (n *newtonSchulz) reserve(rows, columns int) []float32 {
	n.rows, n.columns = rows, columns
	k := min(rows, columns)
	for _, m := range []struct {
		memory *[]float32
		size   int
	}{{&n.x, rows * columns}, {&n.next, rows * columns}, {&n.gram, k * k}, {&n.square, k * k}, {&n.polynomial, k * k}} {
		if cap(*m.memory) < m.size {
			*m.memory = make([]float32, m.size)
		}
		*m.memory = (*m.memory)[:m.size]
	}
	return n.x
}

// step makes the reserved matrix orthogonal and moves w by it: w = keep w - size X.
func (n *newtonSchulz) step(w []float32, keep, size float32) {
	norm := math.Sqrt(simd.SumSquares(n.x))
	simd.Scale(n.x, 0, float32(1/max(norm, newtonSchulzEps)), n.x)
	for range newtonSchulzSteps - 1 {
		n.findPolynomial()
		n.multiply(1, 0, n.next)
		n.x, n.next = n.next, n.x
	}
	n.findPolynomial()
	n.multiply(-size, keep, w)
}

// findPolynomial computes a I + b G + c G² of the Gram matrix G, as a I + G (b I + c G).
func (n *newtonSchulz) findPolynomial() {
	k := min(n.rows, n.columns)
	gram := blas.Args[float32]{
		M: k, N: k, K: max(n.rows, n.columns), Alpha: 1, A: n.x, LDA: n.columns, B: n.x, LDB: n.columns, C: n.gram, LDC: k,
	}
	if n.tall() {
		gram.TransA = blas.Trans
	} else {
		gram.TransB = blas.Trans
	}
	blas.Multiply(&gram)
	simd.Scale(n.square, 0, newtonSchulzC, n.gram)
	addDiagonal(n.square, k, newtonSchulzB)
	blas.Multiply(&blas.Args[float32]{M: k, N: k, K: k, Alpha: 1, A: n.gram, LDA: k, B: n.square, LDB: k, C: n.polynomial, LDC: k})
	addDiagonal(n.polynomial, k, newtonSchulzA)
}

// multiply computes c = alpha P X + beta c, or with X tall alpha X P + beta c.
func (n *newtonSchulz) multiply(alpha, beta float32, c []float32) {
	k := min(n.rows, n.columns)
	g := blas.Args[float32]{M: n.rows, N: n.columns, K: k, Alpha: alpha, Beta: beta, C: c, LDC: n.columns}
	if n.tall() {
		g.A, g.LDA, g.B, g.LDB = n.x, n.columns, n.polynomial, k
	} else {
		g.A, g.LDA, g.B, g.LDB = n.polynomial, k, n.x, n.columns
	}
	blas.Multiply(&g)
}

func (n *newtonSchulz) tall() bool { return n.rows > n.columns }

// addDiagonal adds v to the diagonal of m [k, k].
func addDiagonal(m []float32, k int, v float32) {
	for i := 0; i < len(m); i += k + 1 {
		m[i] += v
	}
}
