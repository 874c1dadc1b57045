package autograd

import "github.com/heft-ml/heft/internal/blas"

// MatMulOption says how an operand of [Tensor.MatMul] is stored.
type MatMulOption struct{ a, b blas.Transpose }

// TransA multiplies with the left operand's last two axes swapped, without copying it.
func TransA() MatMulOption { return MatMulOption{a: blas.Trans} }

// TransB multiplies with the right operand's last two axes swapped, without copying it.
func TransB() MatMulOption { return MatMulOption{b: blas.Trans} }

// MatMul returns the matrix product x z as NumPy's matmul: the last two axes are the matrices, those before are a batch
// and broadcast. An x of one axis is a row and a z of one axis a column, and y lacks that axis.
// [TransA] and [TransB] swap the last two axes of an operand first.
//
//	x [..., m, k] or [k], z [..., k, n] or [k], y [..., m, n]
func (x *Tensor[T]) MatMul(z *Tensor[T], opts ...MatMulOption) *Tensor[T] {
	var axes [usualAxes]int
	p, shape := planMatMul(axes[:0], x, z, opts)
	m, n, k := p.m, p.n, p.k
	y := New(shape, x, z)
	p.each(func(i, count int) {
		y.tape.multiply(blas.Args[T]{
			TransA: p.ta, TransB: p.tb, M: m, N: n, K: k, Count: count,
			A: matrix(x.data, p.a, i, m*k), B: matrix(z.data, p.b, i, k*n), C: y.data[i*m*n:],
		})
	})
	return y.Record("matmul", func(dy []T) {
		if dx, beta := gradOfMatrices(x, p.a); dx != nil {
			p.each(func(i, count int) {
				dy, z, dx := dy[i*m*n:], matrix(z.data, p.b, i, k*n), matrix(dx, p.a, i, m*k)
				if p.ta {
					y.tape.multiply(blas.Args[T]{TransA: p.tb, TransB: blas.Trans, M: k, N: m, K: n, Count: count, A: z, B: dy, Beta: beta, C: dx})
				} else {
					y.tape.multiply(blas.Args[T]{TransB: !p.tb, M: m, N: k, K: n, Count: count, A: dy, B: z, Beta: beta, C: dx})
				}
			})
		}
		if dz, beta := gradOfMatrices(z, p.b); dz != nil {
			p.each(func(i, count int) {
				dy, x, dz := dy[i*m*n:], matrix(x.data, p.a, i, m*k), matrix(dz, p.b, i, k*n)
				if p.tb {
					y.tape.multiply(blas.Args[T]{TransA: blas.Trans, TransB: p.ta, M: n, N: k, K: m, Count: count, A: dy, B: x, Beta: beta, C: dz})
				} else {
					y.tape.multiply(blas.Args[T]{TransA: !p.ta, M: k, N: n, K: m, Count: count, A: x, B: dy, Beta: beta, C: dz})
				}
			})
		}
	})
}

// matMulPlan is the geometry of a MatMul: count products of op(A) [m, k] and op(B) [k, n].
type matMulPlan struct {
	ta, tb  blas.Transpose
	m, n, k int
	count   int
	a, b    []int // which matrix of an operand the i-th product takes; nil: its i-th
}

// planMatMul returns the geometry, and the shape of the result, which it appends to shape.
func planMatMul[T Float](shape []int, x, z *Tensor[T], opts []MatMulOption) (p matMulPlan, _ []int) {
	for _, o := range opts {
		p.ta, p.tb = p.ta || o.a, p.tb || o.b
	}
	row, column := len(x.shape) == 1, len(z.shape) == 1
	switch {
	case len(x.shape) == 0 || len(z.shape) == 0:
		x.mismatch("matmul", "a scalar is no matrix: use Mul", z)
	case row && bool(p.ta) || column && bool(p.tb):
		x.mismatch("matmul", "a single axis cannot be transposed", z)
	}
	a, b := x.shape, z.shape
	if row {
		a = []int{1, a[0]}
	}
	if column {
		b = []int{b[0], 1}
	}
	batchA, m, k := matrixAxes(a, p.ta)
	batchB, inner, n := matrixAxes(b, p.tb)
	if k != inner {
		x.mismatch("matmul", "the inner axes must be equal", z)
	}
	batch, ok := joinShapes(shape, batchA, batchB)
	if !ok {
		x.mismatch("matmul", "the axes before the last two must broadcast", z)
	}
	p.m, p.n, p.k, p.count = m, n, k, product(batch)
	if product(batchB) == 1 && !p.ta { // the rows of all of A's matrices are those of one
		p.m, p.count = m*p.count, 1
	} else {
		p.a, p.b = repeats(batchA, batch), repeats(batchB, batch)
	}
	shape = batch
	if !row {
		shape = append(shape, m)
	}
	if !column {
		shape = append(shape, n)
	}
	return p, shape
}

// each calls f for all products: for count of them from the i-th on, whose matrices lie one after another.
func (p *matMulPlan) each(f func(i, count int)) {
	if p.a == nil && p.b == nil && p.count > 0 {
		f(0, p.count)
		return
	}
	for i := range p.count {
		f(i, 1)
	}
}

// matrixAxes splits a shape into the batch before the last two axes and the rows and columns of one matrix.
func matrixAxes(shape []int, t blas.Transpose) (batch []int, rows, columns int) {
	last := len(shape) - 1
	rows, columns = shape[last-1], shape[last]
	if t {
		rows, columns = columns, rows
	}
	return shape[:last-1], rows, columns
}

// repeats returns which matrix of a part belongs to each of the full batch, or nil where it is the one of that number.
func repeats(part, full []int) []int {
	if product(part) == product(full) {
		return nil
	}
	at := make([]int, product(full))
	walkStretch(part, full, func(to, from, n, step int) {
		for i := range n {
			at[to+i] = from + i*step
		}
	})
	return at
}

// matrix returns the data from the matrix on that the i-th product takes.
func matrix[T Float](data []T, at []int, i, size int) []T {
	if at != nil {
		i = at[i]
	}
	return data[i*size:]
}

// gradOfMatrices is GradTo for an operand of MatMul: a matrix taken more than once gathers.
func gradOfMatrices[T Float](x *Tensor[T], at []int) (dx []T, beta T) {
	if at == nil {
		return x.GradTo()
	}
	return x.Grad(), 1
}
