package main

import "fmt"

const packParams = "dst, src unsafe.Pointer, dstRow, srcRow uintptr, n, k int"

// packArguments loads the arguments of a routine that packs.
func (w *writer) packArguments() {
	for i, r := range []string{"DX", "AX", "R10", "R8", "BX", "CX"} {
		w.ins("MOVQ %s+%d(FP), %s", []string{"dst", "src", "dstRow", "srcRow", "n", "k"}[i], 8*i, r)
	}
}

// transpose writes the routine that turns rows into columns, a square of lanes x lanes at a time.
func (w *writer) transpose() {
	name := w.name + "Transpose"
	w.begin(name, packParams, 48,
		fmt.Sprintf("%s makes k rows of the first k columns of n <= %d rows; each row of dst is written as a whole vector.", name, w.lanes),
		"DX: row of dst, R10 to the next; AX: column of src, SI: element, R8 to the next row, and R9, which becomes 0 after",
		"row n: the rows from there on repeat it; BX: n; CX: k left; R13: lanes to load.")
	w.packArguments()
	w.ins("XORL R11, R11")
	w.label("loop")
	w.ins("MOVQ $%d, R13", w.lanes)
	w.ins("CMPQ CX, R13")
	w.ins("CMOVQLT CX, R13")
	w.ins("MOVQ CX, R12")
	w.ins("MOVQ R13, CX")
	w.prepareMask()
	w.ins("MOVQ R12, CX")
	w.ins("MOVQ AX, SI")
	w.ins("MOVQ R8, R9")
	if !w.wide() {
		w.ins("VMOVUPS (R15), Y15")
	}
	for i := range w.lanes {
		if w.wide() {
			w.load("(SI)", i, true)
		} else {
			w.ins("VMASKMOVPS (SI), Y15, Y%d", i)
		}
		if i < w.lanes-1 {
			w.ins("CMPQ BX, $%d", i+1)
			w.ins("CMOVQLE R11, R9")
			w.ins("ADDQ R9, SI")
		}
	}
	first := w.shuffle()
	w.ins("CMPQ CX, $%d", w.lanes)
	w.ins("JLT partly")
	for i := range w.lanes {
		w.ins("VMOVUPS %s, (DX)", w.r(first+i))
		w.ins("ADDQ R10, DX")
	}
	w.ins("ADDQ $%d, AX", w.size())
	w.ins("SUBQ $%d, CX", w.lanes)
	w.ins("JNZ loop")
	w.ins("JMP done")
	w.label("partly")
	for i := range w.lanes - 1 {
		w.ins("VMOVUPS %s, (DX)", w.r(first+i))
		w.ins("ADDQ R10, DX")
		w.ins("DECQ CX")
		w.ins("JZ done")
	}
	w.label("done")
	w.end()
}

// shuffle transposes the square in registers 0 to lanes-1 and returns the first register of the result.
func (w *writer) shuffle() int {
	n := w.lanes
	w.note("pairs of rows, then quadruples: lane L of register 4q+c is column 4L+c of rows 4q to 4q+3")
	for i := 0; i < n; i += 2 {
		w.ins("VUNPCKLPS %s, %s, %s", w.r(i+1), w.r(i), w.r(n+i))
		w.ins("VUNPCKHPS %s, %s, %s", w.r(i+1), w.r(i), w.r(n+i+1))
	}
	for q := 0; q < n; q += 4 {
		for c := range 4 {
			low := []string{"VUNPCKLPD", "VUNPCKHPD"}[c%2]
			w.ins("%s %s, %s, %s", low, w.r(n+q+2+c/2), w.r(n+q+c/2), w.r(q+c))
		}
	}
	if n == 8 {
		for c := range 4 {
			w.ins("VPERM2F128 $0x20, %s, %s, %s", w.r(4+c), w.r(c), w.r(8+c))
			w.ins("VPERM2F128 $0x31, %s, %s, %s", w.r(4+c), w.r(c), w.r(12+c))
		}
		return 8
	}
	w.note("lanes 0 and 2, lanes 1 and 3, of rows 0 to 7 and 8 to 15; then of all rows")
	for c := range 4 {
		for half := range 2 {
			w.ins("VSHUFF32X4 $0x88, %s, %s, %s", w.r(8*half+4+c), w.r(8*half+c), w.r(16+8*half+c))
			w.ins("VSHUFF32X4 $0xdd, %s, %s, %s", w.r(8*half+4+c), w.r(8*half+c), w.r(20+8*half+c))
		}
	}
	for c := range 4 {
		for lane := range 4 {
			from, choice := 16+4*(lane%2)+c, []string{"$0x88", "$0xdd"}[lane/2]
			w.ins("VSHUFF32X4 %s, %s, %s, %s", choice, w.r(from+8), w.r(from), w.r(4*lane+c))
		}
	}
	return 0
}

// copyRows writes the routine that copies rows.
func (w *writer) copyRows() {
	name := w.name + "Copy"
	w.begin(name, packParams, 48,
		fmt.Sprintf("%s copies k rows of n <= %d columns; each is written as one or two whole vectors.", name, 2*w.lanes),
		"DX: row of dst, R10 to the next; AX: row of src, R8 to the next; CX: rows left.")
	w.packArguments()
	w.ins("MOVQ CX, R13")
	w.ins("MOVQ BX, CX")
	w.ins("SUBQ $%d, CX", w.lanes)
	w.ins("JGT two")
	w.ins("MOVQ BX, CX")
	w.prepareMask()
	w.ins("MOVQ R13, CX")
	w.copyLoop("one", 1)
	w.end()
	w.label("two")
	w.prepareMask()
	w.ins("MOVQ R13, CX")
	w.copyLoop("pair", 2)
	w.end()
}

func (w *writer) copyLoop(name string, n int) {
	w.label(name)
	for j := range n {
		w.load(offset(j*w.size(), "AX"), j, j == n-1)
	}
	for j := range n {
		w.store(j, offset(j*w.size(), "DX"), false, 0)
	}
	w.ins("ADDQ R8, AX")
	w.ins("ADDQ R10, DX")
	w.ins("DECQ CX")
	w.ins("JNZ %s", name)
}
