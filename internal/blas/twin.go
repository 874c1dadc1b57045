package blas

import (
	"runtime"
	"unsafe"
)

// twin is the pure-Go twin of the assembly. It rounds each product before it adds, on every platform: a conversion
// keeps the compiler from fusing the two.
var twin = microkernels{
	lanes:      4,
	rows:       2,
	steps:      1,
	tiles:      [][]func(*tile){{twinRow}, {twinPair}},
	transpose:  twinTranspose,
	copyRows:   twinCopy,
	probe:      twinProbe,
	probeFlops: 16,
}

func at(p unsafe.Pointer, offset uintptr) *float32 { return (*float32)(unsafe.Add(p, offset)) }

// twinRow computes a tile of one row and up to 4 columns.
func twinRow(t *tile) {
	var sum [4]float32
	for q := range uintptr(t.k) {
		x := *at(t.a, q*t.aStep)
		for j, y := range unsafe.Slice(at(t.b, q*t.bStep), t.n) {
			sum[j&3] += float32(x * y)
		}
	}
	t.finish(0, &sum)
}

// twinPair computes a tile of two rows and up to 4 columns.
func twinPair(t *tile) {
	if t.n < 4 {
		twinRow(t)
		second := *t
		second.a = unsafe.Add(t.a, t.aRow)
		second.c = unsafe.Add(t.c, t.cRow)
		second.d = unsafe.Add(t.d, t.dRow)
		twinRow(&second)
		return
	}
	var s0, s1, s2, s3, r0, r1, r2, r3 float32
	a0, a1, b := t.a, unsafe.Add(t.a, t.aRow), t.b
	for q := range uintptr(t.k) {
		x, z := *at(a0, q*t.aStep), *at(a1, q*t.aStep)
		y := (*[4]float32)(unsafe.Add(b, q*t.bStep))
		s0 += float32(x * y[0])
		s1 += float32(x * y[1])
		s2 += float32(x * y[2])
		s3 += float32(x * y[3])
		r0 += float32(z * y[0])
		r1 += float32(z * y[1])
		r2 += float32(z * y[2])
		r3 += float32(z * y[3])
	}
	t.finish(0, &[4]float32{s0, s1, s2, s3})
	t.finish(1, &[4]float32{r0, r1, r2, r3})
}

// finish writes row i of C from its sums.
func (t *tile) finish(i uintptr, sum *[4]float32) {
	c := unsafe.Slice(at(t.c, i*t.cRow), t.n)
	for j := range c {
		v := float32(t.alpha * sum[j&3])
		if t.mode&modeAdd != 0 {
			v += float32(t.beta * *at(t.d, i*t.dRow+4*uintptr(j)))
		}
		if t.mode&modeReLU != 0 && v <= 0 {
			v = 0
		}
		c[j] = v
	}
}

func twinTranspose(dst, src unsafe.Pointer, dstRow, srcRow uintptr, n, k int) {
	for j := range uintptr(n) {
		for q, v := range unsafe.Slice(at(src, j*srcRow), k) {
			*at(dst, uintptr(q)*dstRow+4*j) = v
		}
	}
}

func twinCopy(dst, src unsafe.Pointer, dstRow, srcRow uintptr, n, k int) {
	for q := range uintptr(k) {
		copy(unsafe.Slice(at(dst, q*dstRow), n), unsafe.Slice(at(src, q*srcRow), n))
	}
}

// twinProbe is 8 independent multiplications and additions, n times.
func twinProbe(n int) {
	var s0, s1, s2, s3, s4, s5, s6, s7 float32
	const x, y = 0.5, 1
	for range n {
		s0 = float32(s0*x) + y
		s1 = float32(s1*x) + y
		s2 = float32(s2*x) + y
		s3 = float32(s3*x) + y
		s4 = float32(s4*x) + y
		s5 = float32(s5*x) + y
		s6 = float32(s6*x) + y
		s7 = float32(s7*x) + y
	}
	runtime.KeepAlive(s0 + s1 + s2 + s3 + s4 + s5 + s6 + s7) // or the compiler leaves the loop out
}
