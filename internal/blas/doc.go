// Package blas multiplies matrices. It is the only importer of gonum's BLAS, and the seam for faster kernels.
//
//	C [m, n] = alpha op(A) [m, k] op(B) [k, n] + beta C
//
// All matrices are row-major. [Multiply] takes strides, batches, and what a layer does with the product: adding a bias
// and ReLU.
//
// # Which kernels
//
// float32 goes to our own kernels of the active [isa.Level], unless the program gave gonum's blas32 an implementation
// that is not gonum's: then to that one. float64 goes to what gonum's blas64 holds.
//
// # The same bits
//
// Our kernels compute every element of C alike, whatever the shape, the strides, the level or the number of processors:
//
//	k is cut at multiples of 16 into the fewest blocks of at most 512, of equal length (within 16, longer ones first)
//	of each block: sum = 0; sum = fma(A[i, q], B[q, j], sum) for q in order
//	first block:   C = alpha sum                      if there is nothing to add to
//	               C = fma(alpha, sum, round(beta D)) else; D is C, or the bias
//	other blocks:  C = fma(alpha, sum, C)
//
// So a row of a product has the same bits alone, in a large matrix or in a batch, and in the transposed product. Level
// [isa.None] rounds each product before it adds, so its bits differ from the other levels', but not among themselves.
//
// With [Args.BF16] the same is computed of A and B rounded to bfloat16, to nearest even: products are exact then, sums are
// float32. Against float32 a product of normally distributed factors is off by 2.4e-3 of its norm. Denormal factors count
// as zero, at all levels alike; only where sums fall below the normal numbers do levels differ, because VDPBF16PS makes
// zeros of them. Such products are always our own, and twice as fast where the processor has VDPBF16PS; elsewhere they
// gain nothing.
//
// NaN and Inf travel: no product is left out, at any level. As in the reference BLAS, A and B are not read if alpha is
// 0, and C is not read if beta is 0.
package blas
