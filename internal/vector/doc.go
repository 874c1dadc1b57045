// Package vector is a small language for loops over slices. A [Kernel] is written once, as the work on one element:
//
//	k := vector.New("relu", "computes y = max(x, 0).")
//	y, x := k.Out("y"), k.In("x")
//	y.Store(x.Load().Max(k.Float(0)))
//
// From that come assembly for AVX-512, AVX2 and NEON ([Write]), and a model in plain Go ([Kernel.Model]) that gives the
// same bits as all of them: every operation of the language is one correctly rounded or exact operation, whatever the
// width of the registers. The code that computes is the generated one; the model is for its tests.
//
// Elements are worked on in blocks of 16 lanes: one register of AVX-512, two of AVX2, four of NEON. Sums and maxima are
// kept apart for each lane, and folded at the end by a fixed tree: lane i and lane i+8, then i+4, i+2, i+1. A last block
// that is not full is masked. Values that do not depend on the element are computed once, before the loop.
//
// A kernel may also go over a matrix ([Rows], [Columns]), whose rows are apart by a stride: row by row, with sums of every
// row, or over all rows for 16 columns and more at once, with sums of every column. It takes numbers that each row or each
// column has its own of. Short rows and many cost one call, and values of a row are computed once for it.
//
// Loads and stores happen in the order in which they are written; a kernel whose destination may be a source loads
// before it stores.
package vector
