package autograd

import "github.com/heft-ml/heft/internal/isa"

// SIMD returns the vector instructions that this process computes with: none, neon, avx2 or avx512. They are the best
// that the processor has, unless the environment variable HEFT_SIMD or [UseSIMD] names others. All but none, which is
// plain Go, give the same bits.
func SIMD() string { return isa.Active().String() }

// UseSIMD makes a level of [SIMD] the one in use, in the whole process: call it while nothing computes. It returns an
// error for a name that there is not, and for a level that this processor or build lacks.
func UseSIMD(level string) error {
	l, err := isa.Parse(level)
	if err != nil {
		return err
	}
	return isa.Use(l)
}
