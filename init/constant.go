package initializer

import (
	"fmt"
	"math/rand/v2"
)

// Zeros starts weights at 0: every unit of a layer stays the same as its neighbours for ever.
func Zeros() Scheme { return constant("zeros", 0) }

// Ones starts weights at 1.
func Ones() Scheme { return constant("ones", 1) }

// Constant starts weights at v.
func Constant(v float64) Scheme { return constant(fmt.Sprintf("constant(%v)", v), v) }

func constant(text string, v float64) Scheme {
	return rule{text, func(_ *Param, _ *rand.Rand, dst []float32) { fill(dst, float32(v)) }}
}
