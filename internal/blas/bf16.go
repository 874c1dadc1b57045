package blas

import (
	"math"
	"sync"
	"unsafe"

	"github.com/heft-ml/heft/internal/isa"
)

// This file is about products whose factors are rounded to bfloat16 (Args.BF16). There are two ways to the same bits:
// kernels that multiply pairs of bfloat16 where the processor can, at twice the speed, and elsewhere those of float32
// on rounded factors. A product of two bfloat16 is exact in float32, so level None rounds no more often than others.

// roundings has the table of every level with factors rounded as they are packed.
var roundings = func() (all [isa.AVX512 + 1]func() *microkernels) {
	for level := range all {
		all[level] = sync.OnceValue(func() *microkernels { return levelTable(isa.Level(level)).rounding() })
	}
	return all
}()

// activeBF16 returns the table of the level in use for factors of bfloat16: the one in pairs, whose packed elements are
// pairs of two steps of k, where the processor has VDPBF16PS.
func activeBF16() *microkernels {
	if isa.BF16() {
		return pairs
	}
	return roundings[isa.Active()]()
}

// rounding returns a table whose packed panels hold rounded elements.
func (set *microkernels) rounding() *microkernels {
	t := *set
	t.packed = true
	t.transpose = func(dst, src unsafe.Pointer, dstRow, srcRow uintptr, n, k int) {
		set.transpose(dst, src, dstRow, srcRow, n, k)
		roundRows(dst, dstRow, n, k)
	}
	t.copyRows = func(dst, src unsafe.Pointer, dstRow, srcRow uintptr, n, k int) {
		set.copyRows(dst, src, dstRow, srcRow, n, k)
		roundRows(dst, dstRow, n, k)
	}
	return &t
}

// roundRows rounds n elements of each of k rows.
func roundRows(dst unsafe.Pointer, dstRow uintptr, n, k int) {
	for q := range uintptr(k) {
		row := unsafe.Slice(at(dst, q*dstRow), n)
		for j, v := range row {
			row[j] = roundBF16(v)
		}
	}
}

// roundBF16 rounds to the nearest bfloat16, ties to even, as VCVTNE2PS2BF16 does: what is smaller than the smallest
// normal number counts as zero.
func roundBF16(x float32) float32 {
	u := math.Float32bits(x)
	switch exponent := u & 0x7f800000; {
	case exponent == 0:
		return math.Float32frombits(u & 0x80000000)
	case x != x:
		return x
	}
	return math.Float32frombits((u + 0x7fff + u>>16&1) &^ 0xffff)
}
