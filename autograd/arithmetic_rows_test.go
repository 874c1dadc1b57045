package autograd_test

import "github.com/heft-ml/heft/autograd"

func arithmeticRows[T autograd.Float]() []row[T] {
	add := func(x ...*tensor[T]) *tensor[T] { return x[0].Add(x[1]) }
	sub := func(x ...*tensor[T]) *tensor[T] { return x[0].Sub(x[1]) }
	mul := func(x ...*tensor[T]) *tensor[T] { return x[0].Mul(x[1]) }
	div := func(x ...*tensor[T]) *tensor[T] { return x[0].Div(x[1]) }
	return []row[T]{
		{op: "AddOnto", shapes: shapes([]int{3, 4}, []int{3, 4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].AddOnto(x[1].MulScalar(3)) }},
		{op: "AddOnto", shapes: shapes([]int{3, 4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].AddOnto(x[0].MulScalar(3)) }},
		{op: "AddOnto", shapes: shapes([]int{4}, []int{3, 4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].AddOnto(x[1].MulScalar(3)) }},
		{op: "AddOnto", shapes: shapes([]int{3, 4}, []int{4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].AddOnto(x[1]) }},
		{op: "Add", shapes: shapes([]int{3, 5}, []int{3, 5}), f: add},
		{op: "Add", shapes: shapes([]int{3, 5}, []int{5}), f: add},
		{op: "Add", shapes: shapes([]int{2, 1, 5}, []int{3, 1}), f: add},
		{op: "Add", shapes: shapes([]int{7}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Add(x[0]) }},
		{op: "Sub", shapes: shapes([]int{3, 5}, []int{3, 5}), f: sub},
		{op: "Sub", shapes: shapes([]int{1}, []int{4, 3}), f: sub},
		{op: "Mul", shapes: shapes([]int{3, 5}, []int{3, 5}), f: mul},
		{op: "Mul", shapes: shapes([]int{3, 1, 2}, []int{4, 1}), f: mul},
		{op: "Mul", shapes: shapes([]int{7}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Mul(x[0]) }},
		{op: "Div", shapes: shapes([]int{3, 5}, []int{3, 5}), at: positive, f: div},
		{op: "Div", shapes: shapes([]int{3, 5}, []int{3, 1}), at: positive, f: div},
		{op: "Neg", shapes: shapes([]int{4, 3}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Neg() }},
		{op: "MulScalar", shapes: shapes([]int{4, 3}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].MulScalar(-2.5) }},
		{op: "AddScalar", shapes: shapes([]int{4, 3}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].AddScalar(0.75) }},
	}
}
