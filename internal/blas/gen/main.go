// Gen writes the assembly of package blas: run it by `go generate` in that folder. It prints the same bytes every time.
//
// A file of instructions is made of the same parts for every instruction set: micro-kernels (kernel.go), the routines
// that pack (pack.go) and a probe of the peak (probe.go). What the instruction sets call their registers and how they
// load and store part of a vector is in vector.go. What differs for pairs of bfloat16 is in bf16.go, NEON is in neon.go
// and neon_pack.go.
package main

import (
	"log"
	"os"
)

func main() {
	var s stubs
	for _, v := range []*vectors{avx512, avx2, bf16} {
		w := &writer{stubs: &s, vectors: v}
		w.header()
		for _, k := range v.kernels() {
			w.kernel(k)
		}
		if v.pairs {
			w.transposePairs()
			w.copyPairs()
		} else {
			w.transpose()
			w.copyRows()
		}
		w.probe()
		write("kernels_"+v.name+"_amd64.s", w.bytes())
		s.table(v)
	}
	write("kernels_amd64.go", s.bytes())

	var arm stubs
	w := neonWriter{&writer{stubs: &arm, vectors: neon}}
	w.header()
	for _, k := range neon.kernels() {
		w.kernel(k)
	}
	w.transpose()
	w.copyRows()
	w.probe()
	write("kernels_neon_arm64.s", w.bytes())
	arm.table(neon)
	write("kernels_arm64.go", arm.bytes())
}

func write(name string, content []byte) {
	if err := os.WriteFile(name, content, 0o644); err != nil {
		log.Fatal(err)
	}
}
