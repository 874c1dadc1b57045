package autograd

import (
	"fmt"

	"github.com/heft-ml/heft/internal/blas"
)

// MatmulPrecision says how exact the matrix products of float32 tapes are, on the way up and back. The values are those
// of PyTorch's set_float32_matmul_precision.
type MatmulPrecision uint8

const (
	// MatmulHighest is float32 throughout.
	MatmulHighest MatmulPrecision = iota
	// MatmulMedium rounds the factors to bfloat16, which have 8 bits, and adds their products in float32. It is about
	// twice as fast where the processor multiplies bfloat16, and no faster elsewhere. A factor is off by at most 2^-9 of
	// itself, so an element of a product is off by at most about 2^-8 of Σ |a b|, and typically by 2e-3 of its usual size.
	MatmulMedium
)

// String returns the name that PyTorch has for the precision.
func (p MatmulPrecision) String() string {
	switch p {
	case MatmulHighest:
		return "highest"
	case MatmulMedium:
		return "medium"
	}
	return fmt.Sprintf("MatmulPrecision(%d)", uint8(p))
}

// gemm computes what g describes at the tape's precision; t may be nil.
func (t *Tape[T]) gemm(g *blas.Args[T]) {
	if t != nil && t.MatmulPrecision != MatmulHighest {
		if t.MatmulPrecision != MatmulMedium {
			misuse("matmul", "there is no precision %v: use MatmulHighest or MatmulMedium", t.MatmulPrecision)
		}
		g.BF16 = true
	}
	blas.Multiply(g)
}

// multiply is gemm of matrices without gaps, C = op(A) op(B) + beta C or with a bias. g says all but how they lie: count
// of them, one after another.
func (t *Tape[T]) multiply(g blas.Args[T]) {
	g.Alpha = 1
	g.LDA, g.LDB, g.LDC = max(1, g.K), max(1, g.N), max(1, g.N)
	if g.TransA {
		g.LDA = max(1, g.M)
	}
	if g.TransB {
		g.LDB = max(1, g.K)
	}
	g.StrideA, g.StrideB, g.StrideC = g.M*g.K, g.K*g.N, g.M*g.N
	t.gemm(&g)
}
