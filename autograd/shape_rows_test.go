package autograd_test

import "github.com/heft-ml/heft/autograd"

func shapeRows[T autograd.Float]() []row[T] {
	cube := shapes([]int{2, 3, 4})
	index := autograd.LabelsOf([]int32{2, 0, 2, 1, 0, 0}, 2, 3)
	return []row[T]{
		{op: "Reshape", shapes: shapes([]int{3, 4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Reshape(2, -1).Mul(x[0].Reshape(2, 6)) }},
		{op: "Flatten", shapes: shapes([]int{2, 3, 2}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Flatten(1) }},
		{op: "Unsqueeze", shapes: shapes([]int{3, 4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Unsqueeze(1) }},
		{op: "Squeeze", shapes: shapes([]int{3, 1, 4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Squeeze(-2) }},
		{op: "Permute", shapes: cube, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Permute(2, 0, 1) }},
		{op: "Transpose", shapes: cube, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Transpose(0, -1) }},
		{op: "Slice", shapes: cube, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Slice(0, 1, 2) }},
		{op: "Slice", shapes: cube, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Slice(1, -2, 3) }},
		{op: "Slice", shapes: cube, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Slice(-1, 1, -1) }},
		{op: "Slice", shapes: cube, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Slice(2, 0, 3).Mul(x[0].Slice(2, 1, 4)) }},
		{op: "Select", shapes: cube, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Select(1, -1) }},
		{op: "Select", shapes: shapes([]int{5}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Select(0, 2) }},
		{op: "Split", shapes: cube, f: func(x ...*tensor[T]) *tensor[T] {
			parts := x[0].Split(-1, 1, 0, 3)
			return parts[0].Mul(parts[2])
		}},
		{op: "Concat", shapes: shapes([]int{2, 3}, []int{4, 3}, []int{0, 3}), f: func(x ...*tensor[T]) *tensor[T] { return autograd.Concat(0, x...) }},
		{op: "Concat", shapes: shapes([]int{2, 1, 3}, []int{2, 4, 3}), f: func(x ...*tensor[T]) *tensor[T] { return autograd.Concat(-2, x...) }},
		{op: "Concat", shapes: shapes([]int{2, 3}), f: func(x ...*tensor[T]) *tensor[T] { return autograd.Concat(1, x[0], x[0], x[0].MulScalar(2)) }},
		{op: "Stack", shapes: shapes([]int{2, 3}, []int{2, 3}), f: func(x ...*tensor[T]) *tensor[T] { return autograd.Stack(0, x...) }},
		{op: "Stack", shapes: shapes([]int{2, 3}, []int{2, 3}), f: func(x ...*tensor[T]) *tensor[T] { return autograd.Stack(-1, x[1], x[0], x[1]) }},
		{op: "Stack", shapes: shapes([]int{}, []int{}), f: func(x ...*tensor[T]) *tensor[T] { return autograd.Stack(0, x...) }},
		{op: "Gather", shapes: shapes([]int{3, 4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Gather(0, index) }},
		{op: "Gather", shapes: shapes([]int{3, 5}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Gather(-1, index) }},
		{op: "Gather", shapes: shapes([]int{2, 3, 3}), f: func(x ...*tensor[T]) *tensor[T] {
			return x[0].Gather(1, autograd.LabelsOf([]int32{2, 0, 1, 1, 2, 2, 0, 0}, 2, 4, 1))
		}},
		{op: "Gather", shapes: shapes([]int{5}), f: func(x ...*tensor[T]) *tensor[T] {
			return x[0].Gather(0, autograd.LabelsOf([]int32{4, 4, 0, 4, 1, 3, 2}))
		}},
	}
}
