package autograd_test

import "github.com/heft-ml/heft/autograd"

func layerRows[T autograd.Float]() []row[T] {
	layerNorm := func(x ...*tensor[T]) *tensor[T] { return x[0].LayerNorm(x[1], x[2], 1e-5) }
	rmsNorm := func(x ...*tensor[T]) *tensor[T] { return x[0].RMSNorm(x[1], 1e-6) }
	batchNorm := func(x ...*tensor[T]) *tensor[T] {
		y, _, _ := x[0].BatchNorm(x[1], x[2], 1e-5)
		return y
	}
	inference := func(x ...*tensor[T]) *tensor[T] {
		variance := x[4].Mul(x[4]).AddScalar(0.5)
		return x[0].BatchNormInference(x[1], x[2], x[3], variance, 1e-5)
	}
	return []row[T]{
		{op: "Linear", shapes: shapes([]int{3, 5}, []int{4, 5}, []int{4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Linear(x[1], x[2]) }},
		{op: "Linear", shapes: shapes([]int{2, 3, 5}, []int{4, 5}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].Linear(x[1], nil) }},
		{op: "LinearOf", shapes: shapes([]int{3, 5}, []int{4, 5}, []int{4}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].LinearOf(autograd.GELUPoints[T](), x[1], x[2]) }},
		{op: "LinearOf", shapes: shapes([]int{2, 3, 5}, []int{4, 5}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].LinearOf(autograd.SiLUPoints[T](), x[1], nil) }},
		{op: "LinearOf", shapes: shapes([]int{5}, []int{5, 5}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].LinearOf(autograd.GELUTanhPoints[T](), x[1], x[0]) }},
		{op: "LayerNorm", shapes: shapes([]int{4, 7}, []int{7}, []int{7}), f: layerNorm},
		{op: "LayerNorm", shapes: shapes([]int{2, 3, 5}, []int{5}, []int{5}), f: layerNorm},
		{op: "LayerNorm", shapes: shapes([]int{67}, []int{67}, []int{67}), f: layerNorm},
		{op: "LayerNorm", shapes: shapes([]int{4, 7}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].LayerNorm(nil, nil, 0.1) }},
		{op: "LayerNorm", shapes: shapes([]int{4, 7}, []int{7}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].LayerNorm(x[1], nil, 1e-5) }},
		{op: "LayerNorm", shapes: shapes([]int{4, 7}, []int{7}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].LayerNorm(nil, x[1], 1e-5) }},
		{op: "LayerNorm", shapes: shapes([]int{5}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].LayerNorm(x[0], x[0], 1e-5) }},
		{op: "RMSNorm", shapes: shapes([]int{4, 7}, []int{7}), f: rmsNorm},
		// A row of one is its sign, but for eps: with a small one the gradient is what float32's cancellation leaves of it.
		{op: "RMSNorm", shapes: shapes([]int{2, 3, 1}, []int{1}), at: awayFromZero, f: func(x ...*tensor[T]) *tensor[T] { return x[0].RMSNorm(x[1], 0.1) }},
		{op: "RMSNorm", shapes: shapes([]int{67}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].RMSNorm(nil, 0.1) }},
		{op: "BatchNorm", shapes: shapes([]int{6, 5}, []int{5}, []int{5}), f: batchNorm},
		{op: "BatchNorm", shapes: shapes([]int{3, 4, 2, 3}, []int{4}, []int{4}), f: batchNorm},
		{op: "BatchNorm", shapes: shapes([]int{6, 5}), f: func(x ...*tensor[T]) *tensor[T] { return batchNorm(x[0], nil, nil) }},
		{op: "BatchNormInference", shapes: shapes([]int{6, 5}, []int{5}, []int{5}, []int{5}, []int{5}), f: inference},
		{op: "BatchNormInference", shapes: shapes([]int{2, 3, 4}, []int{3}, []int{3}, []int{3}, []int{3}), f: inference},
		{op: "BatchNormInference", shapes: shapes([]int{6, 5}, []int{5}, []int{5}), f: func(x ...*tensor[T]) *tensor[T] { return inference(x[0], nil, nil, x[1], x[2]) }},
	}
}
