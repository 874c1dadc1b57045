package blas

import (
	"unsafe"

	"github.com/heft-ml/heft/internal/parallel"
)

// operand is a matrix as kernels see it: element i, j is at first + i row + j column. Distances are in bytes.
type operand struct {
	first       unsafe.Pointer
	row, column uintptr
	next        uintptr // from one product's operand to the next's
}

func (o *operand) set(x []float32, t Transpose, ld, stride int) {
	o.first, o.row, o.column, o.next = unsafe.Pointer(unsafe.SliceData(x)), 4*uintptr(ld), 4, 4*uintptr(stride)
	if t {
		o.transpose()
	}
}

// transpose swaps the axes.
func (o *operand) transpose() { o.row, o.column = o.column, o.row }

// at is the address of element i, j of product item.
func (o *operand) at(item, i, j int) unsafe.Pointer {
	return unsafe.Add(o.first, uintptr(item)*o.next+uintptr(i)*o.row+uintptr(j)*o.column)
}

// product is a batch of products of float32 and how it is divided.
type product struct {
	set         *microkernels
	m, n, k     int
	count       int
	alpha, beta float32
	a, b, c, d  operand // d: what is added to the sums
	add, relu   bool

	rows, columns blocks // of one product
	pieces        int    // of the batch
}

// multiply32 computes g with our own kernels.
func multiply32(g *Args[float32]) {
	w := takeWorker()
	p := &w.shared
	p.describe(g)
	p.divide()
	if p.pieces == 1 {
		w.piece(p, 0)
	} else {
		parallel.Run(p.pieces, w.share)
	}
	p.a.first, p.b.first, p.c.first, p.d.first = nil, nil, nil, nil // keep nothing alive
	idle.give(w)
}

func (p *product) describe(g *Args[float32]) {
	p.set = active()
	if g.BF16 {
		p.set = activeBF16()
	}
	p.m, p.n, p.k, p.count = g.M, g.N, g.K, g.count()
	p.alpha, p.beta, p.add, p.relu = g.Alpha, g.Beta, g.Beta != 0, g.ReLU
	p.a.set(g.A, g.TransA, g.LDA, g.StrideA)
	p.b.set(g.B, g.TransB, g.LDB, g.StrideB)
	p.c.set(g.C, NoTrans, g.LDC, g.StrideC)
	if g.Bias == nil {
		p.d.set(g.C, NoTrans, g.LDC, g.StrideC)
	} else {
		p.d.set(g.Bias, NoTrans, 0, 0)
		p.add, p.beta = true, 1
	}
	if p.n == 1 && g.LDC == 1 && g.Bias == nil {
		// A column is computed as a row: its elements fill vectors.
		p.m, p.n = p.n, p.m
		p.a, p.b = p.b, p.a
		p.a.transpose()
		p.b.transpose()
	}
}
