package autograd_test

import "github.com/heft-ml/heft/autograd"

func imageRows[T autograd.Float]() []row[T] {
	on := func(op string, shape []int, f func(x *tensor[T]) *tensor[T]) row[T] {
		return row[T]{op: op, shapes: shapes(shape), f: func(x ...*tensor[T]) *tensor[T] { return f(x[0]) }}
	}
	groupNorm := func(groups int) func(x ...*tensor[T]) *tensor[T] {
		return func(x ...*tensor[T]) *tensor[T] { return x[0].GroupNorm(groups, x[1], x[2], 1e-5) }
	}
	rows := []row[T]{
		{op: "GroupNorm", shapes: shapes([]int{3, 6}, []int{6}, []int{6}), f: groupNorm(2)},
		{op: "GroupNorm", shapes: shapes([]int{2, 6, 3, 2}, []int{6}, []int{6}), f: groupNorm(3)},
		{op: "GroupNorm", shapes: shapes([]int{2, 4, 5}, []int{4}, []int{4}), f: groupNorm(1)},
		{op: "GroupNorm", shapes: shapes([]int{2, 3, 7}, []int{3}, []int{3}), f: groupNorm(3)},
		{op: "GroupNorm", shapes: shapes([]int{2, 4, 5}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].GroupNorm(2, nil, nil, 0.1) }},
		{op: "GroupNorm", shapes: shapes([]int{2, 4, 5}, []int{4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].GroupNorm(2, x[1], nil, 1e-5) }},
		{op: "GroupNorm", shapes: shapes([]int{2, 4, 5}, []int{4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].GroupNorm(2, nil, x[1], 1e-5) }},
		on("PadConstant", []int{2, 3}, func(x *tensor[T]) *tensor[T] { return x.PadConstant(0.5, 1, 2) }),
		on("PadConstant", []int{2, 3, 2, 3}, func(x *tensor[T]) *tensor[T] { return x.PadConstant(-1, 0, 1, 2, 3) }),
		on("PadReflect", []int{2, 5}, func(x *tensor[T]) *tensor[T] { return x.PadReflect(4, 2) }),
		on("PadReflect", []int{2, 2, 3, 4}, func(x *tensor[T]) *tensor[T] { return x.PadReflect(1, 3, 2, 1) }),
		on("PadReplicate", []int{3}, func(x *tensor[T]) *tensor[T] { return x.PadReplicate(4, 2) }),
		on("PadReplicate", []int{2, 2, 3, 2}, func(x *tensor[T]) *tensor[T] { return x.PadReplicate(1, 3, 0, 5) }),
		on("DropPath", []int{5, 3, 2}, func(x *tensor[T]) *tensor[T] { return x.DropPath(0.4, fixedRand()) }),
		on("DropPath", []int{5}, func(x *tensor[T]) *tensor[T] { return x.DropPath(0.4, fixedRand()) }),
	}
	for _, size := range [][2]int{{6, 10}, {3, 5}, {7, 4}, {1, 1}, {2, 9}} { // of 3 by 5
		rows = append(rows,
			on("UpsampleNearest2d", []int{2, 2, 3, 5}, func(x *tensor[T]) *tensor[T] { return x.UpsampleNearest2d(size[0], size[1]) }),
			on("UpsampleBilinear2d", []int{2, 2, 3, 5}, func(x *tensor[T]) *tensor[T] { return x.UpsampleBilinear2d(size[0], size[1], false) }),
			on("UpsampleBilinear2d", []int{2, 2, 3, 5}, func(x *tensor[T]) *tensor[T] { return x.UpsampleBilinear2d(size[0], size[1], true) }),
		)
	}
	return rows
}
