package blas

import "gonum.org/v1/gonum/blas"

// Float is what matrices hold.
type Float interface{ float32 | float64 }

// Transpose says how an operand is stored.
type Transpose bool

// An operand is stored as it is used, or with its axes swapped.
const (
	NoTrans Transpose = false
	Trans   Transpose = true
)

// Args describes one product, or a batch of products of one shape:
//
//	C = alpha op(A) op(B) + beta C    or, with a bias,    C = alpha op(A) op(B) + bias
//
// LDA, LDB and LDC are the elements from one stored row to the next. C must not overlap A, B or another C.
type Args[T Float] struct {
	TransA, TransB Transpose
	M, N, K        int // op(A) [M, K], op(B) [K, N], C [M, N]
	Alpha          T
	A              []T // [M, K], or [K, M] with TransA
	LDA            int
	B              []T // [K, N], or [N, K] with TransB
	LDB            int
	Beta           T // 0: C is not read
	C              []T
	LDC            int

	Bias []T  // [N], added to every row in place of Beta C; or nil
	ReLU bool // C = max(C, 0) at the end; NaN stays NaN

	BF16 bool // A and B count rounded to bfloat16; without effect in float64

	Count                     int // how many products; 0 is one
	StrideA, StrideB, StrideC int // elements from one product's operand to the next's; 0: all read the same
}

// What is wrong with arguments, in gonum's words.
const (
	mLT0     = "blas: m < 0"
	nLT0     = "blas: n < 0"
	kLT0     = "blas: k < 0"
	countLT0 = "blas: count < 0"
	badLdA   = "blas: bad leading dimension of A"
	badLdB   = "blas: bad leading dimension of B"
	badLdC   = "blas: bad leading dimension of C"
	badStep  = "blas: bad stride of a batch"
	shortA   = "blas: insufficient length of a"
	shortB   = "blas: insufficient length of b"
	shortC   = "blas: insufficient length of c"
	shortX   = "blas: insufficient length of bias"
)

// check panics, as gonum does, when the arguments do not describe a product, and returns whether there is anything to
// do.
func (g *Args[T]) check() bool {
	switch {
	case g.M < 0:
		panic(mLT0)
	case g.N < 0:
		panic(nLT0)
	case g.K < 0:
		panic(kLT0)
	case g.Count < 0:
		panic(countLT0)
	case g.StrideA|g.StrideB|g.StrideC < 0 || g.StrideC == 0 && g.Count > 1:
		panic(badStep)
	}
	ra, ca := stored(g.TransA, g.M, g.K)
	rb, cb := stored(g.TransB, g.K, g.N)
	switch {
	case g.LDA < max(1, ca):
		panic(badLdA)
	case g.LDB < max(1, cb):
		panic(badLdB)
	case g.LDC < max(1, g.N):
		panic(badLdC)
	case g.M == 0 || g.N == 0:
		return false
	}
	before := g.count() - 1
	switch {
	case g.K > 0 && len(g.A) < before*g.StrideA+(ra-1)*g.LDA+ca:
		panic(shortA)
	case g.K > 0 && len(g.B) < before*g.StrideB+(rb-1)*g.LDB+cb:
		panic(shortB)
	case len(g.C) < before*g.StrideC+(g.M-1)*g.LDC+g.N:
		panic(shortC)
	case g.Bias != nil && len(g.Bias) < g.N:
		panic(shortX)
	}
	return true
}

// count is how many products there are.
func (g *Args[T]) count() int { return max(1, g.Count) }

// stored is the shape in memory of an operand that is used as [rows, columns].
func stored(t Transpose, rows, columns int) (int, int) {
	if t {
		return columns, rows
	}
	return rows, columns
}

func gonum(t Transpose) blas.Transpose {
	if t {
		return blas.Trans
	}
	return blas.NoTrans
}
