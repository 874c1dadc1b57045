package blas

//go:generate go run ./gen

import (
	"gonum.org/v1/gonum/blas/blas32"
	gonumblas "gonum.org/v1/gonum/blas/gonum"
)

// Multiply computes what g describes. Like gonum it panics when the arguments describe no product; a batch of Count
// products must fit in its slices as a single product must. It allocates nothing in steady state and may be called from
// many goroutines at once.
func Multiply[T Float](g *Args[T]) {
	if !g.check() {
		return
	}
	if g, ok := any(g).(*Args[float32]); ok && g.K > 0 && g.Alpha != 0 && (g.BF16 || ownKernels()) {
		multiply32(g)
		return
	}
	foreign(g)
}

// ownKernels tells whether the program has left gonum's blas32 as it was.
func ownKernels() bool {
	_, ours := blas32.Implementation().(gonumblas.Implementation)
	return ours
}
