package autograd

import (
	"math/rand/v2"
	"unsafe"

	"github.com/heft-ml/heft/internal/simd"
)

// Dropout returns x with each element zeroed with probability p and the others scaled by 1/(1-p), so that the mean
// stays (Srivastava et al. 2014). r is asked for one word, from which follows what becomes of each of so many elements:
// see simd.Dropout. p = 0 draws nothing and returns x, p = 1 gives zeros. It panics with a [*UsageError] unless p is
// within [0, 1] and r is there where needed.
//
//	x, y: any equal shape
func (x *Tensor[T]) Dropout(p float64, r *rand.Rand) *Tensor[T] {
	if !(p >= 0 && p <= 1) {
		misuse("dropout", "the probability must be from 0 to 1, not %v", p)
	}
	if p == 0 {
		x.check()
		return x
	}
	if r == nil {
		misuse("dropout", "p = %v needs a source of randomness", p)
	}
	y := x.Like()
	y.loose = true
	kept := saveBools(y, len(y.data))
	simd.Dropout(y.data, kept, x.data, r.Uint64(), p)
	scale := simd.DropoutScale[T](p)
	return y.Record("dropout", func(dy []T) {
		dx, beta := x.GradTo()
		simd.DropoutBackward(dx, beta, dy, kept, scale)
	})
}

// saveBools is Save for n uninitialised truths: whoever takes them writes them before he reads.
func saveBools[T Float](y *Tensor[T], n int) []bool {
	size := int(unsafe.Sizeof(T(0)))
	return truths(y.Save((n+size-1)/size), n)
}

// truths sees memory as n truths.
func truths[T Float](memory []T, n int) []bool {
	return unsafe.Slice((*bool)(unsafe.Pointer(unsafe.SliceData(memory))), n)
}
