package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
)

// finer is a number that bfloat16 rounds to 1.
const finer = 1 + 0x1p-10

// precise runs f on a tape of a precision, forward and back from ones, with an input of n times finer.
func precise[T autograd.Float](p autograd.MatmulPrecision, n int, f func(x *tensor[T]) *tensor[T]) (y, dx []T) {
	tape := autograd.NewTape[T](true)
	tape.MatmulPrecision = p
	data := make([]T, n)
	for i := range data {
		data[i] = finer
	}
	x := tape.Leaf("x", data, []int{1, n}, true)
	out := f(x)
	seed := make([]T, out.Len())
	for i := range seed {
		seed[i] = finer
	}
	tape.Backward(out, seed)
	return out.Data(), x.TakeGrad()
}

// filled is a constant [rows, columns] of one value.
func filled[T autograd.Float](v T, rows, columns int) *tensor[T] {
	data := make([]T, rows*columns)
	for i := range data {
		data[i] = v
	}
	return autograd.From(data, rows, columns)
}

func products[T autograd.Float]() map[string]func(x *tensor[T]) *tensor[T] {
	return map[string]func(x *tensor[T]) *tensor[T]{
		"Linear": func(x *tensor[T]) *tensor[T] {
			return x.Linear(filled[T](1, 3, 2), autograd.From([]T{0.5, 0.5, 0.5}, 3))
		},
		"MatMul": func(x *tensor[T]) *tensor[T] { return x.MatMul(filled[T](1, 2, 3)).AddScalar(0.5) },
	}
}

func TestMediumPrecisionRoundsTheFactorsOfProducts(t *testing.T) {
	t.Parallel()
	for name, f := range products[float32]() {
		y, dx := precise(autograd.MatmulHighest, 2, f)
		require.Equal(t, []float32{2*finer + 0.5, 2*finer + 0.5, 2*finer + 0.5}, y, name)
		require.Equal(t, []float32{3 * finer, 3 * finer}, dx, name)
		y, dx = precise(autograd.MatmulMedium, 2, f)
		require.Equal(t, []float32{2.5, 2.5, 2.5}, y, name)
		require.Equal(t, []float32{3, 3}, dx, name)
	}
}

func TestPrecisionIsForFloat32Alone(t *testing.T) {
	t.Parallel()
	for name, f := range products[float64]() {
		y, dx := precise(autograd.MatmulMedium, 2, f)
		require.Equal(t, []float64{2*finer + 0.5, 2*finer + 0.5, 2*finer + 0.5}, y, name)
		require.Equal(t, []float64{3 * finer, 3 * finer}, dx, name)
	}
}

func TestMediumPrecisionKeepsItsError(t *testing.T) {
	t.Parallel()
	const m, n, k = 64, 48, 256
	a := convert[float32](gradcheck.Normal(1, m, k).Data())
	b := convert[float32](gradcheck.Normal(2, k, n).Data())
	multiply := func(p autograd.MatmulPrecision) []float32 {
		tape := autograd.NewTape[float32](false)
		tape.MatmulPrecision = p
		return tape.Leaf("", a, []int{m, k}, false).MatMul(tape.Leaf("", b, []int{k, n}, false)).Data()
	}
	exact, rough := multiply(autograd.MatmulHighest), multiply(autograd.MatmulMedium)
	var errors, sizes float64
	for i := range exact {
		var bound float64
		for q := range k {
			bound += math.Abs(float64(a[i/n*k+q]) * float64(b[q*n+i%n]))
		}
		d := math.Abs(float64(exact[i]) - float64(rough[i]))
		require.LessOrEqual(t, d, 0x1.01p-8*bound)
		errors += d * d
		sizes += float64(exact[i]) * float64(exact[i])
	}
	relative := math.Sqrt(errors / sizes)
	t.Logf("relative error %.2g", relative)
	assert.Greater(t, relative, 1e-4)
	assert.Less(t, relative, 4e-3)
}

func TestUnknownPrecisionIsRefused(t *testing.T) {
	t.Parallel()
	for _, f := range products[float32]() {
		requireUsageError(t, "autograd: matmul: there is no precision MatmulPrecision(7): use MatmulHighest or MatmulMedium",
			func() { precise(7, 2, f) })
	}
	require.Equal(t, "highest", autograd.MatmulHighest.String())
	require.Equal(t, "medium", autograd.MatmulMedium.String())
}
