package main

import "fmt"

// This file writes the routines of NEON that pack, and its probe.

// packArguments loads the arguments of a routine that packs.
func (w neonWriter) packArguments() {
	for i, p := range []string{"dst", "src", "dstRow", "srcRow", "n", "k"} {
		w.ins("MOVD %s+%d(FP), R%d", p, 8*i, i)
	}
}

// transpose writes the routine that turns rows into columns, a square of 4 x 4 at a time.
func (w neonWriter) transpose() {
	w.begin("neonTranspose", packParams, 48,
		"neonTranspose makes k rows of the first k columns of n <= 4 rows; each row of dst is written as a whole vector.",
		"R0: row of dst, R2 to the next; R1, R8, R9, R10: rows of src, where those from n on repeat the last;",
		"R5: k left; V0 to V3: a square by rows, V4 to V7: its pairs of rows.")
	w.packArguments()
	last := "R1"
	for i, row := range []string{"R8", "R9", "R10"} {
		w.ins("CMP $%d, R4", i+1)
		w.ins("CSEL GT, R3, ZR, R11")
		w.ins("ADD R11, %s, %s", last, row)
		last = row
	}
	w.ins("SUBS $4, R5")
	w.ins("BLT rest")
	w.label("square")
	for i, row := range []string{"R1", "R8", "R9", "R10"} {
		w.ins("VLD1.P 16(%s), [V%d.S4]", row, i)
	}
	for i := range 2 {
		w.ins("VTRN1 V%d.S4, V%d.S4, V%d.S4", 2*i+1, 2*i, 4+2*i)
		w.ins("VTRN2 V%d.S4, V%d.S4, V%d.S4", 2*i+1, 2*i, 5+2*i)
	}
	for i := range 2 {
		w.ins("VTRN1 V%d.D2, V%d.D2, V%d.D2", 6+i, 4+i, i)
		w.ins("VTRN2 V%d.D2, V%d.D2, V%d.D2", 6+i, 4+i, 2+i)
	}
	for i := range 4 {
		w.ins("FMOVQ F%d, (R0)", i)
		w.ins("ADD R2, R0")
	}
	w.ins("SUBS $4, R5")
	w.ins("BGE square")
	w.label("rest")
	w.ins("ADDS $4, R5")
	w.ins("BEQ done")
	w.label("column")
	for i, row := range []string{"R1", "R8", "R9", "R10"} {
		w.ins("VLD1 (%s), V0.S[%d]", row, i)
		w.ins("ADD $4, %s", row)
	}
	w.ins("FMOVQ F0, (R0)")
	w.ins("ADD R2, R0")
	w.ins("SUBS $1, R5")
	w.ins("BNE column")
	w.label("done")
	w.end()
}

// copyRows writes the routine that copies rows, with a loop for every width.
func (w neonWriter) copyRows() {
	most := 2 * w.lanes
	w.begin("neonCopy", packParams, 48,
		fmt.Sprintf("neonCopy copies k rows of n <= %d columns; each is written as one or two whole vectors.", most),
		"R0: row of dst, R2 to the next; R1: row of src, R3 to the next; R5: rows left; V0, V1: a row.")
	w.packArguments()
	for n := 1; n < most; n++ {
		w.ins("CMP $%d, R4", n)
		w.ins("BEQ columns%d", n)
	}
	for n := most; n > 0; n-- {
		w.label(fmt.Sprintf("columns%d", n))
		for o := 0; o < n; o += w.lanes {
			w.load("R1", 4*o, o/w.lanes, min(w.lanes, n-o))
		}
		for o := 0; o < n; o += w.lanes {
			w.store(o/w.lanes, "R0", 4*o, w.lanes)
		}
		w.ins("ADD R3, R1")
		w.ins("ADD R2, R0")
		w.ins("SUBS $1, R5")
		w.ins("BNE columns%d", n)
		w.end()
	}
}

// probe writes the loop that reaches the processor's peak.
func (w neonWriter) probe() {
	sums := 2 * w.rows
	w.begin("neonProbe", "n int", 8,
		fmt.Sprintf("neonProbe executes %d n independent FMAs of %d lanes.", sums, w.lanes),
		fmt.Sprintf("V0 to V%d: sums; V%d: the factors; R0: rounds left.", sums-1, sums))
	w.ins("MOVD n+0(FP), R0")
	for i := range sums + 1 {
		w.clear(i)
	}
	w.label("loop")
	for i := range sums {
		w.word("FMLA 4S by S[0]", i, sums, sums)
	}
	w.ins("SUBS $1, R0")
	w.ins("BNE loop")
	w.end()
}
