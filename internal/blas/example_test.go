package blas_test

import (
	"fmt"

	"github.com/heft-ml/heft/internal/blas"
)

// A layer: y = max(x Wᵀ + b, 0), for two inputs of three elements.
func ExampleMultiply() {
	x := []float32{
		1, 2, 3,
		0, 1, 0,
	}
	w := []float32{
		1, 1, 1,
		2, 0, -1,
	}
	y := make([]float32, 4)
	blas.Multiply(&blas.Args[float32]{
		TransB: blas.Trans, M: 2, N: 2, K: 3, Alpha: 1,
		A: x, LDA: 3, B: w, LDB: 3, C: y, LDC: 2,
		Bias: []float32{0.5, -0.5}, ReLU: true,
	})
	fmt.Println(y)
	// Output: [6.5 0 1.5 0]
}
