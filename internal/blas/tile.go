package blas

import (
	"unsafe"

	"github.com/heft-ml/heft/internal/isa"
)

// This file is what an instruction set has to bring: a table of micro-kernels, and what they must do. The generated
// kernels_amd64.go has those of AVX2 and AVX-512; twin.go is the pure-Go one, and says in Go what all of them
// compute.

// tile is the work of one call of a micro-kernel: m rows by n columns of C, for one block of k. m and the greatest n
// are the kernel's own. Distances are in bytes.
//
//	sum = 0; sum = fma(a[i, q], b[q, j], sum) for q from 0 to k-1
//	c[i, j] = alpha sum                               without modeAdd
//	c[i, j] = fma(alpha, sum, round(beta d[i, j]))    with it
//	c[i, j] = 0 where c[i, j] <= 0                    with modeReLU (NaN stays)
//
// Nothing else is written, and nothing is read but these elements.
type tile struct {
	a, b, c, d  unsafe.Pointer // their first elements; d may be c
	aRow, aStep uintptr        // from a row of A to the next, from a step of k to the next
	bStep       uintptr        // from a step of k to the next; columns of B are adjacent
	cRow, dRow  uintptr        // dRow 0: every row adds the same
	k           int            // at least 1
	n           int            // at least 1
	alpha, beta float32
	mode        uint32
}

// What happens to the sums.
const (
	modeAdd  = 1 << iota // add beta D
	modeReLU             // at the end
)

// microkernels is what a level brings.
//
// The two routines that pack move a panel of at most lanes (transpose) or 2 lanes (copyRows) columns and k rows, with
// distances in bytes. They write each row as whole vectors, in ascending order, so they may spoil up to
// lanes-1 elements after a row's last column: those of the next row are written later, and buffers have room at the end.
//
//	transpose: dst[q, j] = src[j, q]    for q < k, j < n <= lanes
//	copyRows:  dst[q, j] = src[q, j]    for q < k, j < n <= 2 lanes
//
// With pairs, element q of dst holds the elements 2q and 2q+1 of src, or 0 in the place of one that is not there.
type microkernels struct {
	lanes      int             // elements of a vector
	rows       int             // of the highest tile
	steps      int             // of k in an element of a packed panel, one of A and one of B: 2 for pairs of bfloat16
	packed     bool            // whether the kernels take packed panels only
	tiles      [][]func(*tile) // tiles[m-1][v-1]: m rows, n from (v-1) lanes + 1 to v lanes columns
	transpose  func(dst, src unsafe.Pointer, dstRow, srcRow uintptr, n, k int)
	copyRows   func(dst, src unsafe.Pointer, dstRow, srcRow uintptr, n, k int)
	probe      func(n int) // n rounds of independent FMAs, at the peak of the processor
	probeFlops int         // operations of a round
}

// tables are those of the levels; a level without one uses that of isa.None.
//
// The variable micro of this type, and pairs (see bf16.go), are in tables_amd64.go, tables_arm64.go and tables_none.go.
type tables [isa.AVX512 + 1]*microkernels

// active returns the table of the level in use.
func active() *microkernels { return levelTable(isa.Active()) }

func levelTable(level isa.Level) *microkernels {
	if t := micro[level]; t != nil {
		return t
	}
	return &twin
}

// columns is how many columns the widest tile of m rows has.
func (t *microkernels) columns(m int) int { return len(t.tiles[m-1]) * t.lanes }

// kernel is the micro-kernel of m rows by n columns.
func (t *microkernels) kernel(m, n int) func(*tile) { return t.tiles[m-1][(n-1)/t.lanes] }

// Probe keeps the floating-point units of one processor as busy as the active level can, for about n times a thousand
// operations, and returns how many it did: divided by the time it is the peak that kernels are measured against.
func Probe(n int) (flops int) {
	t := active()
	rounds := max(1, n*1000/t.probeFlops)
	for left := rounds; left > 0; left -= probeRounds {
		t.probe(min(left, probeRounds))
	}
	return rounds * t.probeFlops
}

// probeRounds keeps a call of assembly, which cannot be preempted, short.
const probeRounds = 2048
