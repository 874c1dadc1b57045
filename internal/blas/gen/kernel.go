package main

import "fmt"

// shape is what a micro-kernel computes at most: rows by vectors.
type shape struct{ rows, vectors int }

// kernels are the micro-kernels of an instruction set.
func (v *vectors) kernels() (all []shape) {
	for m := 1; m <= v.rows; m++ {
		for n := 1; n <= v.most(m); n++ {
			all = append(all, shape{m, n})
		}
	}
	return all
}

// most is how many vectors the widest tile of m rows has.
func (v *vectors) most(m int) int { return v.tiles[m-1] }

func (v *vectors) kernelName(k shape) string {
	return fmt.Sprintf("%sTile%dx%d", v.name, k.rows, k.vectors*v.lanes)
}

// pointers hold the addresses of rows 0, 3, 6 and 9 of A.
var pointers = []string{"AX", "BX", "R11", "R12"}

// element is the address of row i of A.
func element(i int) string {
	return fmt.Sprintf("(%s)", pointers[i/3]) + []string{"", "(R8*1)", "(R8*2)"}[i%3]
}

func offset(bytes int, register string) string {
	if bytes == 0 {
		return "(" + register + ")"
	}
	return fmt.Sprintf("%d(%s)", bytes, register)
}

// kernel writes a micro-kernel.
func (w *writer) kernel(k shape) {
	m, n := k.rows, k.vectors
	w.begin(w.kernelName(k), "t *tile", 8,
		fmt.Sprintf("%s computes a tile of %d rows and %d to %d columns.", w.kernelName(k), m, (n-1)*w.lanes+1, n*w.lanes),
		fmt.Sprintf("%s to %s: sums, row by row; AX, BX, R11, R12: rows 0, 3, 6, 9 of A, R8 from row to row, R9 from k to k;", w.r(0), w.r(m*n-1)),
		"DX: row of B, R10 to the next; SI: row of C, R13 to the next; CX: steps of k left.")
	w.ins("MOVQ t+0(FP), DI")
	w.ins("MOVQ tile_n(DI), CX")
	if n > 1 {
		w.ins("SUBQ $%d, CX", (n-1)*w.lanes)
	}
	if w.maskedLoop {
		w.ins("MOVQ CX, SI")
	}
	w.prepareMask()
	for _, p := range [][2]string{{"a", "AX"}, {"aRow", "R8"}, {"aStep", "R9"}, {"b", "DX"}, {"bStep", "R10"}, {"k", "CX"}} {
		w.ins("MOVQ tile_%s(DI), %s", p[0], p[1])
	}
	if m > 3 {
		w.ins("LEAQ (R8)(R8*2), R13")
		for q := 1; q <= (m-1)/3; q++ {
			w.ins("LEAQ (%s)(R13*1), %s", pointers[q-1], pointers[q])
		}
	}
	for i := range m * n {
		w.clear(i)
	}
	if w.maskedLoop {
		w.ins("CMPQ SI, $%d", w.lanes)
		w.ins("JEQ whole")
		w.loop(k, "part", true)
		w.ins("JMP part_done")
		w.label("whole")
		w.loop(k, "full", false)
		w.writeBack(k, "full", false)
		w.label("part_done")
		w.writeBack(k, "part", true)
		return
	}
	w.loop(k, "part", true)
	w.writeBack(k, "part", true)
}

// loop adds up k products of a column of A and a row of B.
func (w *writer) loop(k shape, name string, masked bool) {
	w.prefetchC(k)
	w.ins("PCALIGN $64")
	w.label(name)
	if k.vectors <= 2 && k.rows > 1 {
		w.stepNarrow(k, masked)
	} else {
		w.stepWide(k, masked)
	}
	for q := 0; q <= (k.rows-1)/3; q++ {
		w.ins("ADDQ R9, %s", pointers[q])
	}
	w.ins("ADDQ R10, DX")
	w.ins("DECQ CX")
	w.ins("JNZ %s", name)
}

// prefetchC asks for the rows of C long before they are written.
func (w *writer) prefetchC(k shape) {
	w.ins("MOVQ tile_c(DI), SI")
	w.ins("MOVQ tile_cRow(DI), R13")
	for i := range k.rows {
		for j := 0; j < k.vectors*w.size(); j += 64 {
			w.ins("PREFETCHT0 %s", offset(j, "SI"))
		}
		if i < k.rows-1 {
			w.ins("ADDQ R13, SI")
		}
	}
}

// stepNarrow holds the row of B in registers and takes the rows of A one after another.
func (w *writer) stepNarrow(k shape, masked bool) {
	m, n := k.rows, k.vectors
	first := m * n // register of the row of B
	for j := range n {
		w.load(offset(j*w.size(), "DX"), first+j, masked && j == n-1)
	}
	spare := min(4, 2*w.lanes-first-n) // registers for elements of A
	for i := range m {
		if n == 1 && w.broadcasts {
			w.ins("VFMADD231PS.BCST %s, %s, %s", element(i), w.r(first), w.r(i))
			continue
		}
		a := first + n + i%spare
		w.ins("VBROADCASTSS %s, %s", element(i), w.r(a))
		for j := range n {
			w.fma(first+j, a, i*n+j)
		}
	}
}

// stepWide holds the column of A in registers and takes the vectors of B one after another.
func (w *writer) stepWide(k shape, masked bool) {
	m, n := k.rows, k.vectors
	first := m * n // register of the column of A
	for i := range m {
		w.ins("VBROADCASTSS %s, %s", element(i), w.r(first+i))
	}
	spare := min(4, 2*w.lanes-first-m) // registers for vectors of B
	for j := range n {
		b := first + m + j%spare
		w.load(offset(j*w.size(), "DX"), b, masked && j == n-1)
		for i := range m {
			w.fma(b, first+i, i*n+j)
		}
	}
}

// writeBack makes C of the sums: alpha sum, or alpha sum + beta D, then ReLU where it is asked for.
func (w *writer) writeBack(k shape, name string, masked bool) {
	m, n := k.rows, k.vectors
	last := 2*w.lanes - 1 // of the registers
	alpha, beta, spare := last, last-1, last-2
	each := func(f func(sum, vector int)) {
		for i := range m * n {
			f(i, i%n)
		}
	}
	w.note("%s: alpha, %s: beta; AX: row of D, BX to the next", w.r(alpha), w.r(beta))
	w.ins("VBROADCASTSS tile_alpha(DI), %s", w.r(alpha))
	w.ins("MOVL tile_mode(DI), CX")
	w.ins("TESTL $const_modeAdd, CX")
	w.ins("JZ %s_scale", name)
	w.ins("VBROADCASTSS tile_beta(DI), %s", w.r(beta))
	w.ins("MOVQ tile_d(DI), AX")
	w.ins("MOVQ tile_dRow(DI), BX")
	each(func(sum, j int) {
		w.load(offset(j*w.size(), "AX"), spare, masked && j == n-1)
		w.ins("VMULPS %s, %s, %[2]s", w.r(beta), w.r(spare))
		w.ins("VFMADD213PS %s, %s, %s", w.r(spare), w.r(alpha), w.r(sum))
		if j == n-1 && sum < m*n-1 {
			w.ins("ADDQ BX, AX")
		}
	})
	w.ins("JMP %s_activate", name)
	w.label(name + "_scale")
	each(func(sum, _ int) { w.ins("VMULPS %s, %s, %[2]s", w.r(alpha), w.r(sum)) })
	w.label(name + "_activate")
	w.ins("TESTL $const_modeReLU, CX")
	w.ins("JZ %s_store", name)
	w.note("keep what is not <= 0: positive values and NaN")
	w.clear(last)
	each(func(sum, _ int) { w.reluOf(sum, last, spare) })
	w.label(name + "_store")
	w.ins("MOVQ tile_c(DI), SI")
	each(func(sum, j int) {
		w.store(sum, offset(j*w.size(), "SI"), masked && j == n-1, spare)
		if j == n-1 && sum < m*n-1 {
			w.ins("ADDQ R13, SI")
		}
	})
	w.end()
}

// reluOf replaces what is <= 0 in a register by 0. zero is a register of zeros.
func (w *writer) reluOf(i, zero, spare int) {
	if w.wide() {
		w.ins("VCMPPS $22, %s, %s, K2", w.r(zero), w.r(i))
		w.ins("VMOVAPS.Z %s, K2, %[1]s", w.r(i))
		return
	}
	w.ins("VCMPPS $22, %s, %s, %s", w.r(zero), w.r(i), w.r(spare))
	w.ins("VANDPS %s, %s, %[2]s", w.r(spare), w.r(i))
}
