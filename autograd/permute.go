package autograd

import "github.com/heft-ml/heft/internal/simd"

// Permute returns x with its axes in another order, copied: axis i of y is axis order[i] of x.
// Negative axes count from the end.
func (x *Tensor[T]) Permute(order ...int) *Tensor[T] {
	rank := len(x.shape)
	if len(order) != rank {
		misuse("permute", "%d axes given for shape %v", len(order), x.shape)
	}
	shape, strides := make([]int, rank), make([]int, rank)
	seen := make([]bool, rank)
	for i, a := range order {
		a = x.axis("permute", a)
		if seen[a] {
			misuse("permute", "axis %d is named twice", a)
		}
		seen[a] = true
		shape[i], strides[i] = x.shape[a], product(x.shape[a+1:])
	}
	y := New(shape, x)
	outer, run := rank, 1 // the axes that stay last are copied as one
	for outer > 0 && strides[outer-1] == run {
		outer--
		run *= shape[outer]
	}
	walk := func(f func(to, from int)) {
		walkStrided(shape[:outer], strides[:outer], func(i, offset int) { f(i*run, offset) })
	}
	walk(func(to, from int) { copy(y.data[to:to+run], x.data[from:]) })
	return y.Record("permute", func(dy []T) {
		dx, beta := x.GradTo()
		walk(func(from, to int) {
			if to, dy := dx[to:to+run], dy[from:from+run]; beta == 0 {
				copy(to, dy)
			} else {
				simd.Add(to, to, dy)
			}
		})
	})
}

// Transpose swaps two axes, copying. Matrix products need none: see [TransA] and [TransB].
func (x *Tensor[T]) Transpose(a, b int) *Tensor[T] {
	a, b = x.axis("transpose", a), x.axis("transpose", b)
	order := make([]int, len(x.shape))
	for i := range order {
		order[i] = i
	}
	order[a], order[b] = b, a
	return x.Permute(order...)
}

// walkStrided visits a shape in row-major order: f gets the running index and the offset under other strides.
func walkStrided(shape, strides []int, f func(i, offset int)) {
	total := product(shape)
	at := make([]int, len(shape))
	offset := 0
	for i := range total {
		f(i, offset)
		for a := len(shape) - 1; a >= 0; a-- {
			offset += strides[a]
			if at[a]++; at[a] < shape[a] {
				break
			}
			offset -= at[a] * strides[a]
			at[a] = 0
		}
	}
}
