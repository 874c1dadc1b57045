package autograd_test

import "github.com/heft-ml/heft/autograd"

func gluRows[T autograd.Float]() []row[T] {
	swiGLU := func(x ...*tensor[T]) *tensor[T] { return x[0].SwiGLU(x[1]) }
	geGLU := func(x ...*tensor[T]) *tensor[T] { return x[0].GeGLU(x[1]) }
	far := func(v float64) float64 { return 8 * v }
	return []row[T]{
		{op: "SwiGLU", shapes: shapes([]int{3, 7}, []int{3, 7}), f: swiGLU},
		{op: "SwiGLU", shapes: shapes([]int{2, 3, 11}, []int{2, 3, 11}), at: far, f: swiGLU},
		{op: "SwiGLU", shapes: shapes([]int{5}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].SwiGLU(x[0]) }},
		{op: "GeGLU", shapes: shapes([]int{3, 7}, []int{3, 7}), f: geGLU},
		{op: "GeGLU", shapes: shapes([]int{67}, []int{67}), at: far, f: geGLU},
		{op: "GeGLU", shapes: shapes([]int{5}), f: func(x ...*tensor[T]) *tensor[T] { return x[0].GeGLU(x[0]) }},
	}
}

func gluCompositions() []composition {
	pair := shapes([]int{3, 7}, []int{3, 7})
	return []composition{
		{"SwiGLU", pair, func(x ...*tensor[float64]) *tensor[float64] { return x[0].SwiGLU(x[1]) },
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].SiLU().Mul(x[1]) }},
		{"GeGLU", pair, func(x ...*tensor[float64]) *tensor[float64] { return x[0].GeGLU(x[1]) },
			func(x ...*tensor[float64]) *tensor[float64] { return x[0].GELU().Mul(x[1]) }},
	}
}
