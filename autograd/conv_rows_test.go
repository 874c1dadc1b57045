package autograd_test

import "github.com/heft-ml/heft/autograd"

func convRows[T autograd.Float]() []row[T] {
	conv1d := func(x, w []int, opts ...autograd.WindowOption) row[T] {
		return row[T]{op: "Conv1d", shapes: shapes(x, w, w[:1]), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Conv1d(x[1], x[2], opts...) }}
	}
	conv2d := func(x, w []int, opts ...autograd.WindowOption) row[T] {
		return row[T]{op: "Conv2d", shapes: shapes(x, w, w[:1]), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Conv2d(x[1], x[2], opts...) }}
	}
	stride, padding, dilation, groups := autograd.Stride, autograd.Padding, autograd.Dilation, autograd.Groups
	return []row[T]{
		conv1d([]int{2, 3, 9}, []int{4, 3, 3}),
		conv1d([]int{2, 4, 9}, []int{6, 2, 2}, groups(2), stride(3), padding(2), dilation(2)),
		conv1d([]int{2, 3, 8}, []int{3, 1, 3}, groups(3), padding(1)),
		conv1d([]int{3, 2, 5}, []int{4, 2, 1}),
		conv2d([]int{2, 3, 6, 5}, []int{4, 3, 3, 3}),
		conv2d([]int{3, 2, 5, 6}, []int{3, 2, 3, 2}, padding(1)),
		conv2d([]int{2, 2, 7, 6}, []int{3, 2, 2, 2}, stride(3)), // skips elements
		conv2d([]int{2, 2, 7, 9}, []int{3, 2, 3, 2}, stride(2, 3), padding(1, 2), dilation(2, 3)),
		conv2d([]int{1, 2, 3, 3}, []int{2, 2, 2, 2}, padding(4, 3)), // more than the kernel needs
		conv2d([]int{1, 1, 2, 3}, []int{2, 1, 3, 3}, padding(3), dilation(2), stride(2)),
		conv2d([]int{2, 6, 4, 5}, []int{4, 3, 3, 3}, groups(2), padding(1)),
		conv2d([]int{2, 6, 4, 5}, []int{3, 2, 2, 3}, groups(3), stride(2), dilation(1, 2)),
		conv2d([]int{2, 3, 5, 4}, []int{3, 1, 3, 3}, groups(3), padding(1)),                 // depthwise
		conv2d([]int{2, 3, 6, 7}, []int{6, 1, 3, 2}, groups(3), stride(2), padding(2, 1)),   // two for each channel
		conv2d([]int{1, 2, 6, 6}, []int{2, 1, 2, 3}, groups(2), dilation(2), padding(1, 5)), // all padding in places
		conv2d([]int{3, 4, 3, 2}, []int{5, 4, 1, 1}),                                        // pointwise
		conv2d([]int{3, 4, 3, 2}, []int{6, 2, 1, 1}, groups(2)),                             // pointwise in groups
		conv2d([]int{2, 3, 4, 5}, []int{2, 3, 1, 1}, stride(2)),                             // and strided
		conv2d([]int{2, 3, 4, 5}, []int{2, 3, 1, 1}, padding(1)),                            // and padded
		conv2d([]int{2, 2, 1, 1}, []int{3, 2, 1, 1}),                                        // one position
		conv2d([]int{2, 2, 3, 4}, []int{3, 2, 3, 4}),                                        // all at once
		conv2d([]int{2, 8, 6, 5}, []int{8, 8, 3, 3}),                                        // rows in pairs
		conv2d([]int{1, 8, 5, 4}, []int{9, 8, 3, 2}, padding(1, 2), dilation(1, 2)),         // and one left over
		conv2d([]int{1, 16, 2, 3}, []int{16, 8, 3, 1}, groups(2), padding(2, 0)),            // in groups
		{op: "Conv2d", shapes: shapes([]int{2, 3, 4, 4}, []int{2, 3, 3, 3}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Conv2d(x[1], nil) }},
		{op: "Conv2d", shapes: shapes([]int{2, 2, 3, 3}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Conv2d(x[0], nil, padding(1)) }},
		{op: "Conv2d", shapes: shapes([]int{2, 1, 3, 3}), f: func(x ...*tensor[T]) *tensor[T] {
			return autograd.Concat(1, x[0], x[0]).Conv2d(x[0], nil, groups(2), padding(1))
		}},
	}
}
