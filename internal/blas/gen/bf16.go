package main

import "fmt"

// This file writes what is different with bfloat16: an element is a pair of them, of two steps of k, in 32 bits.
//
// VDPBF16PS adds the product of the upper halves to a sum, then that of the lower halves, and rounds each time. So the
// earlier step goes in the upper half, and the sum has the bits of a chain of FMAs on the rounded factors.

var bf16 = &vectors{name: "bf16", reg: "Z", lanes: 16, rows: 12, tiles: avx512.tiles, pairs: true, data: `
// weave<> takes the words of two rows, the first row's above the second's: word 16+i, then i.
` + weave()}

// weave is the table of VPERMW that makes pairs of two rows, from the words of both one after another.
func weave() (data string) {
	for i := 0; i < 16; i += 2 {
		data += fmt.Sprintf("DATA weave<>+%d(SB)/8, $0x%04x%04x%04x%04x\n", 4*i, 17+i, 1+i, 16+i, i)
	}
	return data + "GLOBL weave<>(SB), RODATA|NOPTR, $64\n"
}

// Instructions that Go's assembler lacks, by the second byte of their prefix and their number (Intel 319433-054, 5.1).
const (
	f3Prefix = 0x7e // F3.W0, with vvvv 0
	f2Prefix = 0x7f // F2.W0
	dotPair  = 0x52 // VDPBF16PS, with F3: d += a b, in pairs
	toPairs  = 0x72 // VCVTNE2PS2BF16, with F2: the lower half of d is b, the upper half is a
)

// evex writes an instruction of map 0F38 on three registers of 512 bits.
func (w *writer) evex(prefix, number, d, a, b int, name string) {
	inverted := func(i, bit int) int { return 1 - i>>bit&1 }
	p0 := inverted(d, 3)<<7 | inverted(b, 4)<<6 | inverted(b, 3)<<5 | inverted(d, 4)<<4 | 2
	p1 := prefix &^ ((a & 15) << 3)
	p2 := 0x40 | inverted(a, 4)<<3
	w.ins("LONG $0x%02x%02x%02x62; WORD $0x%02x%02x // %s %s, %s, %s",
		p2, p1, p0, 0xc0|d&7<<3|b&7, number, name, w.r(b), w.r(a), w.r(d))
}

// fma writes sum += a b.
func (w *writer) fma(b, a, sum int) {
	if w.pairs {
		w.evex(f3Prefix, dotPair, sum, a, b, "VDPBF16PS")
		return
	}
	w.ins("VFMADD231PS %s, %s, %s", w.r(b), w.r(a), w.r(sum))
}

// transposePairs writes the routine that turns rows into columns of pairs, 16 rows of 32 elements at a time.
func (w *writer) transposePairs() {
	name := w.name + "Transpose"
	w.begin(name, packParams, 48,
		fmt.Sprintf("%s makes rows of pairs of the first k columns of n <= %d rows; each row of dst is written as a whole vector.", name, w.lanes),
		"DX: row of dst, R10 to the next; AX: column of src, SI: element, R8 to the next row, and R9, which becomes 0 after",
		"row n: the rows from there on repeat it; BX: n; CX: k left; K1, K2: which of 32 elements there are; R13: rows of dst.")
	w.packArguments()
	w.ins("XORL R11, R11")
	w.label("loop")
	w.ins("MOVQ CX, R12")
	w.ins("MOVQ $%d, R13", 2*w.lanes)
	w.ins("CMPQ CX, R13")
	w.ins("CMOVQGT R13, CX")
	w.note("R15: a bit for each element there is; R13: pairs")
	w.ins("LEAQ 1(CX), R13")
	w.ins("SHRQ $1, R13")
	w.ins("MOVQ $1, R15")
	w.ins("SHLQ CX, R15")
	w.ins("DECQ R15")
	w.ins("KMOVW R15, K1")
	w.ins("SHRQ $16, R15")
	w.ins("KMOVW R15, K2")
	w.ins("MOVQ AX, SI")
	w.ins("MOVQ R8, R9")
	for i := range w.lanes {
		w.ins("VMOVUPS.Z (SI), K1, %s", w.r(i))
		w.ins("VMOVUPS.Z 64(SI), K2, %s", w.r(w.lanes+i))
		w.evex(f2Prefix, toPairs, i, w.lanes+i, i, "VCVTNE2PS2BF16")
		w.ins("VPROLD $16, %s, %[1]s", w.r(i))
		if i < w.lanes-1 {
			w.ins("CMPQ BX, $%d", i+1)
			w.ins("CMOVQLE R11, R9")
			w.ins("ADDQ R9, SI")
		}
	}
	first := w.shuffle()
	for i := range w.lanes {
		w.ins("VMOVUPS %s, (DX)", w.r(first+i))
		w.ins("ADDQ R10, DX")
		if i < w.lanes-1 {
			w.ins("DECQ R13")
			w.ins("JZ next")
		}
	}
	w.label("next")
	w.ins("ADDQ $%d, AX", 2*w.size())
	w.ins("MOVQ R12, CX")
	w.ins("SUBQ $%d, CX", 2*w.lanes)
	w.ins("JGT loop")
	w.end()
}

// copyPairs writes the routine that makes a row of pairs of two rows.
func (w *writer) copyPairs() {
	name := w.name + "Copy"
	w.begin(name, packParams, 48,
		fmt.Sprintf("%s makes rows of pairs of k rows of n <= %d columns; each is written as one or two whole vectors.", name, 2*w.lanes),
		"DX: row of dst, R10 to the next; AX: row of src, SI: the one after it, R8 to the next; CX: rows left;",
		fmt.Sprintf("K1: columns of the last vector; %s: the order of words, %s: zeros.", w.r(31), w.r(30)))
	w.packArguments()
	w.ins("VMOVDQU32 weave<>(SB), Z31")
	w.clear(30)
	w.ins("MOVQ CX, R13")
	w.ins("MOVQ BX, CX")
	w.ins("SUBQ $%d, CX", w.lanes)
	w.ins("JGT two")
	w.ins("MOVQ BX, CX")
	w.prepareMask()
	w.ins("MOVQ R13, CX")
	w.pairLoop("one", 1)
	w.label("two")
	w.prepareMask()
	w.ins("MOVQ R13, CX")
	w.pairLoop("pair", 2)
}

// pairLoop writes the loop over pairs of rows of n vectors, and the last row if it is alone: its partner is zeros.
func (w *writer) pairLoop(name string, n int) {
	row := func(alone bool) {
		for j := range n {
			w.load(offset(j*w.size(), "AX"), 2*j, j == n-1)
			second := 30
			if !alone {
				second = 2*j + 1
				w.load(offset(j*w.size(), "SI"), second, j == n-1)
			}
			w.evex(f2Prefix, toPairs, 2*j, 2*j, second, "VCVTNE2PS2BF16")
			w.ins("VPERMW %s, Z31, %[1]s", w.r(2*j))
			w.store(2*j, offset(j*w.size(), "DX"), false, 0)
		}
	}
	w.ins("SUBQ $2, CX")
	w.ins("JLT %s_last", name)
	w.label(name)
	w.ins("LEAQ (AX)(R8*1), SI")
	row(false)
	w.ins("LEAQ (SI)(R8*1), AX")
	w.ins("ADDQ R10, DX")
	w.ins("SUBQ $2, CX")
	w.ins("JGE %s", name)
	w.label(name + "_last")
	w.ins("ADDQ $2, CX")
	w.ins("JZ %s_done", name)
	row(true)
	w.label(name + "_done")
	w.end()
}

// steps is how many steps of k an element holds.
func (v *vectors) steps() int {
	if v.pairs {
		return 2
	}
	return 1
}
