package autograd_test

import (
	"math"

	"github.com/heft-ml/heft/autograd"
)

func mathRows[T autograd.Float]() []row[T] {
	shape := shapes([]int{3, 7})
	pow := func(p T) func(x ...*tensor[T]) *tensor[T] {
		return func(x ...*tensor[T]) *tensor[T] { return x[0].Pow(p) }
	}
	where := func(mask autograd.Mask) func(x ...*tensor[T]) *tensor[T] {
		return func(x ...*tensor[T]) *tensor[T] { return x[0].Where(mask, x[1]) }
	}
	row5 := autograd.MaskOf([]bool{true, false, false, true, true})
	column3 := autograd.MaskOf([]bool{true, false, true}, 3, 1)
	inf := T(math.Inf(1))
	return []row[T]{
		{op: "Exp", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Exp() }},
		{op: "Log", shapes: shape, at: positive, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Log() }},
		{op: "Sqrt", shapes: shape, at: positive, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Sqrt() }},
		{op: "Pow", shapes: shape, f: pow(0)},
		{op: "Pow", shapes: shape, f: pow(1)},
		{op: "Pow", shapes: shape, f: pow(2)},
		{op: "Pow", shapes: shape, f: pow(3)},
		{op: "Pow", shapes: shape, at: positive, f: pow(-1.5)},
		{op: "Pow", shapes: shape, at: func(v float64) float64 { return -positive(v) }, f: pow(-2)},
		{op: "Abs", shapes: shape, at: awayFromZero, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Abs() }},
		{op: "Clamp", shapes: shape, at: awayFromZero, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Clamp(-1, 0) }},
		{op: "Clamp", shapes: shape, at: awayFromZero, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Clamp(0, inf) }},
		{op: "Where", shapes: shapes([]int{3, 5}, []int{3, 5}), f: where(autograd.MaskOf(checkered(15), 3, 5))},
		{op: "Where", shapes: shapes([]int{3, 5}, []int{3, 5}), f: where(row5)},
		{op: "Where", shapes: shapes([]int{5}, []int{2, 1, 1}), f: where(column3)},
		{op: "Where", shapes: shapes([]int{}, []int{3, 1}), f: where(row5)},
		{op: "Where", shapes: shapes([]int{4, 2}), f: func(x ...*tensor[T]) *tensor[T] {
			return x[0].Where(x[0].Greater(autograd.Scalar[T](0.25)), x[0].MulScalar(-3))
		}},
	}
}

func checkered(n int) []bool {
	mask := make([]bool, n)
	for i := range mask {
		mask[i] = i%2 == 0
	}
	return mask
}
