package autograd_test

import "github.com/heft-ml/heft/autograd"

func poolRows[T autograd.Float]() []row[T] {
	on := func(op string, shape []int, f func(x *tensor[T]) *tensor[T]) row[T] {
		return row[T]{op: op, shapes: shapes(shape), f: func(x ...*tensor[T]) *tensor[T] { return f(x[0]) }}
	}
	max1d := func(shape []int, kernel int, opts ...autograd.WindowOption) row[T] {
		return on("MaxPool1d", shape, func(x *tensor[T]) *tensor[T] { return x.MaxPool1d(kernel, opts...) })
	}
	max2d := func(shape []int, kernel int, opts ...autograd.WindowOption) row[T] {
		return on("MaxPool2d", shape, func(x *tensor[T]) *tensor[T] { return x.MaxPool2d(kernel, opts...) })
	}
	avg1d := func(shape []int, kernel int, opts ...autograd.WindowOption) row[T] {
		return on("AvgPool1d", shape, func(x *tensor[T]) *tensor[T] { return x.AvgPool1d(kernel, opts...) })
	}
	avg2d := func(shape []int, kernel int, opts ...autograd.WindowOption) row[T] {
		return on("AvgPool2d", shape, func(x *tensor[T]) *tensor[T] { return x.AvgPool2d(kernel, opts...) })
	}
	stride, padding, dilation, width := autograd.Stride, autograd.Padding, autograd.Dilation, autograd.KernelWidth
	rows := []row[T]{
		max1d([]int{2, 3, 7}, 2),
		max1d([]int{2, 3, 9}, 3, stride(2), padding(1), dilation(2)),
		max2d([]int{2, 3, 6, 8}, 2),
		max2d([]int{2, 3, 5, 7}, 2),                        // a row and a column left over
		max2d([]int{1, 2, 7, 6}, 3, stride(2), padding(1)), // overlapping
		max2d([]int{1, 2, 7, 6}, 2, stride(3)),             // gaps
		max2d([]int{2, 1, 8, 9}, 3, width(2), stride(2, 1), padding(1), dilation(2, 3)),
		avg1d([]int{2, 3, 7}, 2),
		avg1d([]int{2, 3, 9}, 3, stride(2), padding(1)),
		avg2d([]int{2, 3, 6, 8}, 2),
		avg2d([]int{2, 3, 5, 7}, 3, stride(2), padding(1)),
		avg2d([]int{2, 3, 5, 7}, 3, stride(2), padding(1), autograd.CountIncludePad(false)),
		avg2d([]int{2, 3, 5, 7}, 2, width(4), stride(1), padding(1, 2), autograd.CountIncludePad(true)),
		avg2d([]int{1, 2, 2, 70}, 2, width(67), stride(1)), // long rows
	}
	for _, size := range [][2]int{{1, 1}, {2, 3}, {5, 4}, {7, 9}} { // of 5 by 7: larger than the plane, too
		rows = append(rows,
			on("AdaptiveMaxPool2d", []int{2, 3, 5, 7}, func(x *tensor[T]) *tensor[T] { return x.AdaptiveMaxPool2d(size[0], size[1]) }),
			on("AdaptiveAvgPool2d", []int{2, 3, 5, 7}, func(x *tensor[T]) *tensor[T] { return x.AdaptiveAvgPool2d(size[0], size[1]) }),
		)
	}
	return rows
}
