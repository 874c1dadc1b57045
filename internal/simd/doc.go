// Package simd holds the loops over slices that ops, losses and optimizers are made of.
//
// Every function is plain Go over whole slices, without a closure per element; that is the twin of a kernel for float32
// in AVX-512, AVX2 and NEON assembly, which is taken where the processor has it (internal/isa). The kernels are written
// in package kernels, in the language of internal/vector. Slices of one call have the same length
// unless the docstring says otherwise, and dst may be one of the sources, at the same offset.
//
// Kernels named Backward write a gradient in one of two forms, chosen by beta: 0 overwrites dx, whose old content is
// never read (it may hold NaN), 1 adds to it.
//
// In plain Go, functions of the exponential family compute in float64 and round once. What docstrings say of kernels is
// the largest error of the assembly, in units of the last place of the exact result.
package simd

import "github.com/heft-ml/heft/internal/isa"

//go:generate go run ./gen

// Float is what kernels work on.
type Float interface{ float32 | float64 }

// Level names the instructions in use; it is recorded with trained weights, for it decides their last bits.
func Level() string { return isa.Active().String() }

// put writes v to dx[i] in the form that beta asks for.
func put[T Float](dx []T, beta T, i int, v T) {
	if beta != 0 {
		v += dx[i]
	}
	dx[i] = v
}
