package autograd_test

import "github.com/heft-ml/heft/autograd"

func reductionRows[T autograd.Float]() []row[T] {
	shape := shapes([]int{2, 3, 4})
	rows := []row[T]{
		{op: "Sum", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Sum() }},
		{op: "Sum", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Sum(1) }},
		{op: "Sum", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Sum(0, 2) }},
		{op: "Mean", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Mean() }},
		{op: "Mean", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Mean(-1, 1) }},
	}
	for _, axes := range [][]int{nil, {0}, {1}, {-1}, {1, 2}, {2, 0}} {
		rows = append(rows,
			row[T]{op: "Max", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Max(axes...) }},
			row[T]{op: "Min", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Min(axes...) }},
			row[T]{op: "Var", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Var(1, axes...) }},
			row[T]{op: "Var", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Var(0, axes...) }},
			row[T]{op: "Std", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Std(1, axes...) }},
			row[T]{op: "LogSumExp", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].LogSumExp(axes...) }},
		)
	}
	for axis := range 3 {
		rows = append(rows,
			row[T]{op: "Softmax", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Softmax(axis) }},
			row[T]{op: "LogSoftmax", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].LogSoftmax(axis) }},
		)
	}
	return append(rows,
		row[T]{op: "Softmax", shapes: shapes([]int{5, 1}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Softmax(-1) }},
		row[T]{op: "LogSoftmax", shapes: shapes([]int{67}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].LogSoftmax(0) }},
		row[T]{op: "LogSumExp", shapes: shapes([]int{67}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].LogSumExp() }},
		row[T]{op: "Var", shapes: shapes([]int{67}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Var(1) }},
	)
}
