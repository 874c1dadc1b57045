package autograd_test

import "github.com/heft-ml/heft/autograd"

func activationRows[T autograd.Float]() []row[T] {
	shape := shapes([]int{3, 7})
	far := func(v float64) float64 { return 8 * v }
	return []row[T]{
		{op: "ReLU", shapes: shape, at: awayFromZero, f: func(x ...*tensor[T]) *tensor[T] { return x[0].ReLU() }},
		{op: "LeakyReLU", shapes: shape, at: awayFromZero, f: func(x ...*tensor[T]) *tensor[T] { return x[0].LeakyReLU(0.1) }},
		{op: "GELU", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].GELU() }},
		{op: "GELUTanh", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].GELUTanh() }},
		{op: "Sigmoid", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Sigmoid() }},
		{op: "Sigmoid", shapes: shape, at: far, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Sigmoid() }},
		{op: "LogSigmoid", shapes: shape, at: far, f: func(x ...*tensor[T]) *tensor[T] { return x[0].LogSigmoid() }},
		{op: "SiLU", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].SiLU() }},
		{op: "SiLU", shapes: shape, at: far, f: func(x ...*tensor[T]) *tensor[T] { return x[0].SiLU() }},
		{op: "Tanh", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Tanh() }},
		{op: "Tanh", shapes: shape, at: far, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Tanh() }},
		{op: "Softplus", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Softplus() }},
		{op: "Softplus", shapes: shape, at: far, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Softplus() }},
		{op: "ELU", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].ELU(1) }},
		{op: "ELU", shapes: shape, at: awayFromZero, f: func(x ...*tensor[T]) *tensor[T] { return x[0].ELU(0.5) }},
		{op: "SELU", shapes: shape, at: awayFromZero, f: func(x ...*tensor[T]) *tensor[T] { return x[0].SELU() }},
		{op: "Dropout", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Dropout(0.4, fixedRand()) }},
		{op: "Dropout", shapes: shape, f: func(x ...*tensor[T]) *tensor[T] { return x[0].Dropout(0, nil).Dropout(1, fixedRand()) }},
	}
}
