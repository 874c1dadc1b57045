package autograd_test

import "github.com/heft-ml/heft/autograd"

func matmulRows[T autograd.Float]() []row[T] {
	product := func(a, b []int, opts ...autograd.MatMulOption) row[T] {
		return row[T]{op: "MatMul", shapes: shapes(a, b), f: func(x ...*tensor[T]) *tensor[T] { return x[0].MatMul(x[1], opts...) }}
	}
	ta, tb := autograd.TransA(), autograd.TransB()
	ids := autograd.LabelsOf([]int32{1, 0, 1, 4, 1, 3}, 2, 3)
	return []row[T]{
		product([]int{3, 5}, []int{5, 4}),
		product([]int{5, 3}, []int{5, 4}, ta),
		product([]int{3, 5}, []int{4, 5}, tb),
		product([]int{5, 3}, []int{4, 5}, ta, tb),
		product([]int{5}, []int{5}),
		product([]int{5}, []int{5, 3}),
		product([]int{3, 5}, []int{5}),
		product([]int{5}, []int{2, 5, 3}),
		product([]int{2, 3, 5}, []int{5}),
		product([]int{2, 3, 5}, []int{5, 4}),
		product([]int{2, 3, 5}, []int{4, 5}, tb),
		product([]int{2, 5, 3}, []int{5, 4}, ta),
		product([]int{2, 3, 5}, []int{2, 5, 4}),
		product([]int{2, 5, 3}, []int{2, 4, 5}, ta, tb),
		product([]int{3, 5}, []int{2, 5, 4}),
		product([]int{5, 3}, []int{2, 4, 5}, ta, tb),
		product([]int{2, 1, 3, 5}, []int{4, 5, 2}),
		product([]int{2, 1, 3, 5}, []int{1, 4, 5, 2}),
		product([]int{4, 3, 5}, []int{2, 1, 2, 5}, tb),
		product([]int{3, 5}, []int{1, 1, 5, 4}),
		{op: "MatMul", shapes: shapes([]int{4, 4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].MatMul(x[0]) }},
		{op: "MatMul", shapes: shapes([]int{2, 4, 3}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].MatMul(x[0], tb) }},
		{op: "Embedding", shapes: shapes([]int{5, 3}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Embedding(ids) }},
		{op: "Embedding", shapes: shapes([]int{5, 1}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].MulScalar(2).Embedding(ids) }},
	}
}
