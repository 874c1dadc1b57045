package main

import "fmt"

// vectors is an instruction set's vectors of float32.
type vectors struct {
	name  string // as files and functions are called
	reg   string // letter of its registers
	lanes int
	rows  int   // of the highest tile
	tiles []int // vectors of the widest tile of 1, 2, 3 ... rows
	data  string

	maskedLoop bool // whether loading part of a vector costs so much that whole vectors have a loop of their own
	pairs      bool // whether an element is a pair of bfloat16
	broadcasts bool // whether an FMA can take an element from memory for all lanes
}

var avx512 = &vectors{name: "avx512", reg: "Z", lanes: 16, rows: 12, tiles: amd64Tiles[:12], broadcasts: true}

var avx2 = &vectors{name: "avx2", reg: "Y", lanes: 8, rows: 6, tiles: amd64Tiles[:6], maskedLoop: true, data: `
// masks<>[32-4r:] begins with r lanes of ones, then zeros.
DATA masks<>+0(SB)/8, $-1
DATA masks<>+8(SB)/8, $-1
DATA masks<>+16(SB)/8, $-1
DATA masks<>+24(SB)/8, $-1
DATA masks<>+32(SB)/8, $0
DATA masks<>+40(SB)/8, $0
DATA masks<>+48(SB)/8, $0
DATA masks<>+56(SB)/8, $0
GLOBL masks<>(SB), RODATA|NOPTR, $64
`}

// amd64Tiles: two vectors feed rows x 2 chains of FMAs, enough to hide their latency when there are four rows or more;
// with fewer rows it takes more vectors.
var amd64Tiles = []int{8, 4, 4, 2, 2, 2, 2, 2, 2, 2, 2, 2}

func (v *vectors) wide() bool { return v.lanes == 16 }

// size is how many bytes a vector has.
func (v *vectors) size() int { return 4 * v.lanes }

// r names a register.
func (v *vectors) r(i int) string { return fmt.Sprintf("%s%d", v.reg, i) }

// clear sets a register to 0.
func (w *writer) clear(i int) {
	if w.wide() {
		w.ins("VPXORD %s, %[1]s, %[1]s", w.r(i))
	} else {
		w.ins("VXORPS %s, %[1]s, %[1]s", w.r(i))
	}
}

// prepareMask makes the mask of the first CX lanes: K1 in AVX-512, else the address R15 of a vector. It spoils CX.
func (w *writer) prepareMask() {
	if w.wide() {
		w.ins("MOVL $1, R15")
		w.ins("SHLL CX, R15")
		w.ins("DECL R15")
		w.ins("KMOVW R15, K1")
		return
	}
	w.ins("LEAQ masks<>+%d(SB), R15", w.size())
	w.ins("SHLQ $2, CX")
	w.ins("SUBQ CX, R15")
}

// load loads a vector, or its masked lanes and 0 for the others.
func (w *writer) load(address string, i int, masked bool) {
	switch {
	case !masked:
		w.ins("VMOVUPS %s, %s", address, w.r(i))
	case w.wide():
		w.ins("VMOVUPS.Z %s, K1, %s", address, w.r(i))
	default:
		w.ins("VMOVUPS (R15), %s", w.r(i))
		w.ins("VMASKMOVPS %s, %s, %[2]s", address, w.r(i))
	}
}

// store stores a vector, or its masked lanes. spare is a register that may be spoiled.
func (w *writer) store(i int, address string, masked bool, spare int) {
	switch {
	case !masked:
		w.ins("VMOVUPS %s, %s", w.r(i), address)
	case w.wide():
		w.ins("VMOVUPS %s, K1, %s", w.r(i), address)
	default:
		w.ins("VMOVUPS (R15), %s", w.r(spare))
		w.ins("VMASKMOVPS %s, %s, %s", w.r(i), w.r(spare), address)
	}
}
