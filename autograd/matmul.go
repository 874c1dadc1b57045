package autograd

import "github.com/heft-ml/heft/internal/blas"

// MatMulOption says how an operand of [Tensor.MatMul] is stored.
type MatMulOption func(p *matMulPlan)

// TransA multiplies with the left operand's last two axes swapped, without copying it.
func TransA() MatMulOption { return func(p *matMulPlan) { p.ta = blas.Trans } }

// TransB multiplies with the right operand's last two axes swapped, without copying it.
func TransB() MatMulOption { return func(p *matMulPlan) { p.tb = blas.Trans } }

// MatMul returns the matrix product x z as NumPy's matmul: the last two axes are the matrices, those before are a batch
// and broadcast. An x of one axis is a row and a z of one axis a column, and y lacks that axis.
// [TransA] and [TransB] swap the last two axes of an operand first.
//
//	x [..., m, k] or [k], z [..., k, n] or [k], y [..., m, n]
func (x *Tensor[T]) MatMul(z *Tensor[T], opts ...MatMulOption) *Tensor[T] {
	p := planMatMul(x, z, opts)
	m, n, k := p.m, p.n, p.k
	y := New(p.shape, x, z)
	for i := range p.count {
		blas.Gemm(p.ta, p.tb, m, n, k, 1, matrix(x.data, p.a, i, m*k), matrix(z.data, p.b, i, k*n), 0, y.data[i*m*n:])
	}
	return y.Record("matmul", func(dy []T) {
		eachMatrixGrad(x, p.a, p.count, m*k, func(i int, dx []T, beta T) {
			dy, z := dy[i*m*n:], matrix(z.data, p.b, i, k*n)
			if p.ta {
				blas.Gemm(p.tb, blas.Trans, k, m, n, 1, z, dy, beta, dx)
			} else {
				blas.Gemm(blas.NoTrans, !p.tb, m, k, n, 1, dy, z, beta, dx)
			}
		})
		eachMatrixGrad(z, p.b, p.count, k*n, func(i int, dz []T, beta T) {
			dy, x := dy[i*m*n:], matrix(x.data, p.a, i, m*k)
			if p.tb {
				blas.Gemm(blas.Trans, p.ta, n, k, m, 1, dy, x, beta, dz)
			} else {
				blas.Gemm(!p.ta, blas.NoTrans, k, n, m, 1, x, dy, beta, dz)
			}
		})
	})
}

// matMulPlan is the geometry of a MatMul: count products of op(A) [m, k] and op(B) [k, n].
type matMulPlan struct {
	ta, tb  blas.Transpose
	m, n, k int
	count   int
	a, b    []int // which matrix of an operand the i-th product takes; nil: its i-th
	shape   []int // of the result
}

func planMatMul[T Float](x, z *Tensor[T], opts []MatMulOption) (p matMulPlan) {
	for _, set := range opts {
		set(&p)
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
	batch, ok := joinShapes(batchA, batchB)
	if !ok {
		x.mismatch("matmul", "the axes before the last two must broadcast", z)
	}
	p.m, p.n, p.k, p.count = m, n, k, product(batch)
	p.shape = batch
	if !row {
		p.shape = append(p.shape, m)
	}
	if !column {
		p.shape = append(p.shape, n)
	}
	if product(batchB) == 1 && !p.ta { // the rows of all of A's matrices are those of one
		p.m, p.count = m*p.count, 1
		return p
	}
	p.a, p.b = repeats(batchA, batch), repeats(batchB, batch)
	return p
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
	newStretch(part, full).walk(func(to, from, n, step int) {
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

// eachMatrixGrad calls f with the place of the i-th product's gradient in x's: a matrix taken more than once gathers.
func eachMatrixGrad[T Float](x *Tensor[T], at []int, count, size int, f func(i int, dx []T, beta T)) {
	if x.slot == nil {
		return
	}
	dx, beta := x.GradTo()
	if at != nil && beta == 0 {
		clear(dx)
		beta = 1
	}
	for i := range count {
		f(i, matrix(dx, at, i, size), beta)
	}
}
