//go:build !noasm

package blas

import "github.com/heft-ml/heft/internal/isa"

var (
	micro = tables{isa.AVX512: &avx512Kernels, isa.AVX2: &avx2Kernels}
	pairs = &bf16Kernels
)
