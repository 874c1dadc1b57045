// Package kernels holds the float32 kernels of internal/simd in the language of internal/vector, a family to a file.
package kernels

import (
	"slices"

	"github.com/heft-ml/heft/internal/vector"
)

// All returns every kernel, in the order in which they are written to the generated files.
func All() []*vector.Kernel {
	return slices.Concat(
		arithmetic(),
		bce(),
		compare(),
		convert(),
		crossEntropy(),
		distance(),
		elu(),
		exponential(),
		extreme(),
		gelu(),
		glu(),
		lineSums(),
		logSoftmax(),
		normalize(),
		optimizer(),
		power(),
		random(),
		recurrent(),
		reduce(),
		relu(),
		sigmoid(),
		softmax(),
		tanh(),
		variance(),
	)
}
