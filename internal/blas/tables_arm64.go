//go:build !noasm

package blas

import "github.com/heft-ml/heft/internal/isa"

var (
	micro = tables{isa.NEON: &neonKernels}
	pairs *microkernels
)
