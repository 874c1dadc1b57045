package initializer

import (
	"fmt"
	"math/rand/v2"
)

var (
	_ = register(entry{
		family: familyConstant, name: "zeros", about: "weights 0",
		scheme: func([]float64, []Option) Scheme { return Zeros() },
	})
	_ = register(entry{
		family: familyConstant, name: "ones", about: "weights 1",
		scheme: func([]float64, []Option) Scheme { return Ones() },
	})
	_ = register(entry{
		family: familyConstant, name: "constant", about: "weights VALUE", numbers: []float64{0.1},
		scheme: func(n []float64, _ []Option) Scheme { return Constant(n[0]) },
	})
)

// Zeros starts weights at 0: every unit of a layer stays the same as its neighbours for ever. It is for single layers, as
// a head, and to see why not for all.
func Zeros() Scheme { return constant("zeros", 0) }

// Ones starts weights at 1: as with [Zeros], units of a layer that start equal stay equal.
func Ones() Scheme { return constant("ones", 1) }

// Constant starts weights at v: to see that equal units stay equal, and for single parameters by an [Override].
func Constant(v float64) Scheme { return constant(fmt.Sprintf("constant(%v)", v), v) }

func constant(text string, v float64) Scheme {
	return rule{text, func(_ *Param, _ *rand.Rand, dst []float32) { fill(dst, float32(v)) }}
}
