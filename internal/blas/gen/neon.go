package main

import "fmt"

// This file writes the micro-kernels of NEON. Where Go's assembler lacks an instruction it stands as a word; the numbers
// are from the Arm Architecture Reference Manual (DDI 0487), chapter C7.

var neon = &vectors{name: "neon", lanes: 4, rows: 8, tiles: []int{8, 8, 6, 4, 4, 4, 3, 3}}

// neonWriter collects the assembly of arm64.
//
// An element of A is loaded to lane 0 of a register, and multiplies from there: that works for rows at any distance, and
// takes no more than a load.
type neonWriter struct{ *writer }

const neonRegisters = 32

// neonWords are the instructions of vectors of float32 that are missing, as Rd, Rn, Rm.
var neonWords = map[string]uint32{
	"FMLA 4S by S[0]": 0x4f801000,
	"FMUL 4S by S[0]": 0x4f809000,
	"FCMLE 4S 0":      0x6ea0d800,
	"BIC 16B":         0x4e601c00,
}

// word writes an instruction of which m may be 0.
func (w neonWriter) word(name string, d, n, m int) {
	w.ins("WORD $0x%08x // %s V%d, V%d, V%d", neonWords[name]|uint32(m)<<16|uint32(n)<<5|uint32(d), name, d, n, m)
}

func (w neonWriter) clear(i int) { w.ins("VEOR V%d.B16, V%[1]d.B16, V%[1]d.B16", i) }

// end closes a function.
func (w neonWriter) end() { w.ins("RET") }

// rowsOfA is the first of the registers R8 to R15, which hold the addresses of the rows of A.
const rowsOfA = 8

// kernel writes a micro-kernel. A tile of two vectors or more loads its last vector where it ends, so that it may
// overlap the one before: what is computed twice has the same bits twice. One vector takes a loop for each width.
func (w neonWriter) kernel(k shape) {
	m, n := k.rows, k.vectors
	name := w.kernelName(k)
	w.begin(name, "t *tile", 8,
		fmt.Sprintf("%s computes a tile of %d rows and %d to %d columns.", name, m, (n-1)*w.lanes+1, n*w.lanes),
		fmt.Sprintf("V0 to V%d: sums, row by row; R%d to R%d: rows of A, R1 from there to the step, R2 from step to step;", m*n-1, rowsOfA, rowsOfA+m-1),
		"R3: row of B, R4 to the next; R5: row of C, R6 to the next; R7: steps of k left; R16: bytes to the last vector.")
	w.ins("MOVD t+0(FP), R0")
	w.ins("MOVD tile_n(R0), R16")
	for _, p := range []struct {
		field    string
		register int
	}{{"a", rowsOfA}, {"aStep", 2}, {"b", 3}, {"bStep", 4}, {"k", 7}} {
		w.ins("MOVD tile_%s(R0), R%d", p.field, p.register)
	}
	if m > 1 {
		w.ins("MOVD tile_aRow(R0), R1")
	}
	for i := 1; i < m; i++ {
		w.ins("ADD R1, R%d, R%d", rowsOfA+i-1, rowsOfA+i)
	}
	w.ins("MOVD $0, R1")
	for i := range m * n {
		w.clear(i)
	}
	if n > 1 {
		w.ins("SUB $%d, R16", w.lanes)
		w.ins("LSL $2, R16")
		w.columns(k, w.lanes)
		return
	}
	for width := 1; width < w.lanes; width++ {
		w.ins("CMP $%d, R16", width)
		w.ins("BEQ columns%d", width)
	}
	w.columns(k, w.lanes)
	for width := 1; width < w.lanes; width++ {
		w.label(fmt.Sprintf("columns%d", width))
		w.columns(k, width)
	}
}

// columns writes the loop over k and what follows, for tiles whose last vector has some lanes.
func (w neonWriter) columns(k shape, lanes int) {
	m, n := k.rows, k.vectors
	first := m * n // register of the row of B
	spare := min(m, neonRegisters-first-n)
	w.label(fmt.Sprintf("loop%d", lanes))
	w.row("R3", first, n, lanes)
	for i := range m {
		a := first + n + i%spare
		w.ins("FMOVS (R%d)(R1), F%d", rowsOfA+i, a)
		for j := range n {
			w.word("FMLA 4S by S[0]", i*n+j, first+j, a)
		}
	}
	w.ins("ADD R2, R1")
	w.ins("ADD R4, R3")
	w.ins("SUBS $1, R7")
	w.ins("BNE loop%d", lanes)
	w.writeBack(k, lanes)
}

// row loads a row of n vectors to registers from first on.
func (w neonWriter) row(pointer string, first, n, lanes int) {
	for j := range n {
		from, at := w.vector(pointer, j, n)
		w.load(from, at, first+j, lanes)
	}
}

// vector returns where vector j of n is in a row. It spoils R17 for the last.
func (w neonWriter) vector(pointer string, j, n int) (string, int) {
	if j < n-1 || n == 1 {
		return pointer, 4 * w.lanes * j
	}
	w.ins("ADD R16, %s, R17", pointer)
	return "R17", 0
}

// load loads some lanes of a vector, and zeros the others. It spoils R17 for three lanes.
func (w neonWriter) load(pointer string, at, i, lanes int) {
	switch lanes {
	case 1:
		w.ins("FMOVS %d(%s), F%d", at, pointer, i)
	case 2, 3:
		w.ins("FMOVD %d(%s), F%d", at, pointer, i)
	case 4:
		w.ins("FMOVQ %d(%s), F%d", at, pointer, i)
	}
	if lanes == 3 {
		w.ins("ADD $%d, %s, R17", at+8, pointer)
		w.ins("VLD1 (R17), V%d.S[2]", i)
	}
}

// store stores some lanes of a vector. It spoils R17 for three lanes.
func (w neonWriter) store(i int, pointer string, at, lanes int) {
	switch lanes {
	case 1:
		w.ins("FMOVS F%d, %d(%s)", i, at, pointer)
	case 2, 3:
		w.ins("FMOVD F%d, %d(%s)", i, at, pointer)
	case 4:
		w.ins("FMOVQ F%d, %d(%s)", i, at, pointer)
	}
	if lanes == 3 {
		w.ins("ADD $%d, %s, R17", at+8, pointer)
		w.ins("VST1 V%d.S[2], (R17)", i)
	}
}

// writeBack makes C of the sums: alpha sum, or alpha sum + beta D, then ReLU where it is asked for. All of a row is
// computed before any of it is stored, since D may be C and the last vector may overlap.
func (w neonWriter) writeBack(k shape, lanes int) {
	m, n := k.rows, k.vectors
	const alpha, beta, spare = neonRegisters - 1, neonRegisters - 2, neonRegisters - 3
	w.note("V%d: alpha, V%d: beta; R8: row of D, R9 to the next", alpha, beta)
	w.ins("FMOVS tile_alpha(R0), F%d", alpha)
	w.ins("MOVWU tile_mode(R0), R10")
	w.ins("TSTW $const_modeAdd, R10")
	w.ins("BEQ scale%d", lanes)
	w.ins("FMOVS tile_beta(R0), F%d", beta)
	w.ins("MOVD tile_d(R0), R8")
	w.ins("MOVD tile_dRow(R0), R9")
	for i := range m {
		for j := range n {
			from, at := w.vector("R8", j, n)
			w.load(from, at, spare, lanes)
			w.word("FMUL 4S by S[0]", spare, spare, beta)
			w.word("FMLA 4S by S[0]", spare, i*n+j, alpha)
			w.ins("VMOV V%d.B16, V%d.B16", spare, i*n+j)
		}
		if i < m-1 {
			w.ins("ADD R9, R8")
		}
	}
	w.ins("B activate%d", lanes)
	w.label(fmt.Sprintf("scale%d", lanes))
	for i := range m * n {
		w.word("FMUL 4S by S[0]", i, i, alpha)
	}
	w.label(fmt.Sprintf("activate%d", lanes))
	w.ins("TSTW $const_modeReLU, R10")
	w.ins("BEQ store%d", lanes)
	w.note("keep what is not <= 0: positive values and NaN")
	for i := range m * n {
		w.word("FCMLE 4S 0", spare, i, 0)
		w.word("BIC 16B", i, i, spare)
	}
	w.label(fmt.Sprintf("store%d", lanes))
	w.ins("MOVD tile_c(R0), R5")
	w.ins("MOVD tile_cRow(R0), R6")
	for i := range m {
		for j := range n {
			to, at := w.vector("R5", j, n)
			w.store(i*n+j, to, at, lanes)
		}
		if i < m-1 {
			w.ins("ADD R6, R5")
		}
	}
	w.end()
}
