package initializer_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/golden"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

func seeded() *rand.Rand { return rand.New(rand.NewPCG(3, 1)) }

// filled returns what a scheme makes of a weight of such a shape with so many groups.
func filled(scheme initializer.Scheme, groups int, shape ...int) []float32 {
	n := 1
	for _, d := range shape {
		n *= d
	}
	p := &initializer.Param{Name: "w", Shape: shape, FanIn: n / shape[0], FanOut: shape[0], Parts: make([]initializer.Part, groups)}
	dst := make([]float32, n)
	for i := range dst {
		dst[i] = float32(math.NaN()) // every value must be written
	}
	scheme.Fill(p, seeded(), dst)
	return dst
}

// requireOrthonormal checks that the rows or columns of w [rows, cols], whichever are fewer, are orthonormal times gain.
func requireOrthonormal(t *testing.T, w []float32, rows, cols int, gain float64) {
	t.Helper()
	at, vectors := func(i, j int) float64 { return float64(w[i*cols+j]) }, rows
	if rows > cols {
		at, vectors = func(i, j int) float64 { return float64(w[j*cols+i]) }, cols
	}
	for a := range vectors {
		for b := range vectors {
			var dot float64
			for j := range max(rows, cols) {
				dot += at(a, j) * at(b, j)
			}
			want := 0.0
			if a == b {
				want = gain * gain
			}
			require.InDelta(t, want, dot, 1e-6, "[%d, %d], vectors %d and %d", rows, cols, a, b)
		}
	}
}

func TestOrthogonalRowsOrColumnsAreOrthonormalTimesGain(t *testing.T) {
	t.Parallel()
	for _, shape := range [][]int{{40, 40}, {64, 17}, {17, 64}, {8, 3, 3, 3}, {1, 5}, {5, 1}} {
		w := filled(initializer.Orthogonal(initializer.WithGain(1.5)), 1, shape...)
		requireOrthonormal(t, w, shape[0], len(w)/shape[0], 1.5)
	}
}

// A Haar matrix has entries of mean 0 whichever their place: without the signs of R's diagonal, Q's first column would
// lean one way.
func TestOrthogonalHasNoPreferredDirection(t *testing.T) {
	t.Parallel()
	const n, draws = 4, 4000
	r := rand.New(rand.NewPCG(5, 5))
	p := &initializer.Param{Name: "w", Shape: []int{n, n}}
	dst := make([]float32, n*n)
	sums := make([]float64, n*n)
	for range draws {
		initializer.Orthogonal().Fill(p, r, dst)
		for i, v := range dst {
			sums[i] += float64(v)
		}
	}
	for i, s := range sums {
		assert.Less(t, math.Abs(s)/math.Sqrt(draws/float64(n)), 5.0, "entry %d, in standard errors", i)
	}
}

func TestDeltaOrthogonalKernelsAreOrthonormalInTheMiddleAndZeroAround(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ groups, rows, cols, high, wide int }{
		{1, 12, 8, 3, 3}, {1, 8, 12, 3, 3}, {1, 5, 5, 1, 1}, {3, 4, 2, 3, 5}, {1, 6, 6, 2, 4},
	} {
		w := filled(initializer.DeltaOrthogonal(initializer.For("tanh")), c.groups, c.groups*c.rows, c.cols, c.high, c.wide)
		taps := c.high * c.wide
		middle := c.high/2*c.wide + c.wide/2
		for g := range c.groups {
			var matrix []float32
			for i := range c.rows * c.cols {
				kernel := w[(g*c.rows*c.cols+i)*taps:][:taps]
				matrix = append(matrix, kernel[middle])
				kernel[middle] = 0
			}
			requireOrthonormal(t, matrix, c.rows, c.cols, 5.0/3)
		}
		require.Equal(t, make([]float32, len(w)), w, "around the middle of %+v", c)
	}
	matrix := filled(initializer.DeltaOrthogonal(), 1, 7, 9)
	require.Equal(t, filled(initializer.Orthogonal(), 1, 7, 9), matrix, "a linear layer starts as with Orthogonal")
}

// As a map from image to image the layer has nothing but singular values of 1, zeros around the image or not.
func TestDeltaOrthogonalConvolutionsKeepEveryLength(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.DeltaOrthogonal())
	l := nn.NewConv2d(s.At("conv"), 3, 5, 3, nn.Padding(1), nn.NoBias())
	for _, v := range lab.SingularValues(lab.Jacobian(s, autograd.From(make([]float32, 48), 1, 3, 4, 4), l.Forward)) {
		require.InDelta(t, 1, v, 1e-5)
	}
}

func TestIdentitiesMatchPyTorch(t *testing.T) {
	t.Parallel()
	cases := golden.Init(t).Identities
	require.NotEmpty(t, cases)
	for _, c := range cases {
		got := filled(initializer.Identity(), c.Groups, c.Weight.Shape...)
		require.Equal(t, golden.As[float32](c.Weight.Data), got, "shape %v, %d groups", c.Weight.Shape, c.Groups)
	}
	require.Equal(t, []float32{0.5, 0, 0, 0.5}, filled(initializer.Identity(initializer.WithGain(0.5)), 1, 2, 2))
}

func TestSparseColumnsHaveAsManyZerosAsInPyTorch(t *testing.T) {
	t.Parallel()
	cases := golden.Init(t).Sparsities
	require.NotEmpty(t, cases)
	for _, c := range cases {
		rows, cols := c.Shape[0], c.Shape[1]
		w := filled(initializer.Sparse(c.Sparsity, 1), 1, rows, cols)
		for j := range cols {
			zeros := 0
			for i := range rows {
				if w[i*cols+j] == 0 {
					zeros++
				}
			}
			require.Equal(t, c.Zeros, zeros, "column %d of %v, sparsity %v", j, c.Shape, c.Sparsity)
		}
	}
}

func TestHadamardKeepsLengthsOnlyWithZerosAndOnesAndSigns(t *testing.T) {
	t.Parallel()
	require.Equal(t, []float32{1, 0, 0, 0, 1, 0}, filled(initializer.Hadamard(), 1, 2, 3))
	require.Equal(t, []float32{
		0.5, 0.5, 0.5,
		0.5, -0.5, 0.5,
		0.5, 0.5, -0.5,
		0.5, -0.5, -0.5,
	}, filled(initializer.Hadamard(), 1, 4, 3), "Sylvester's matrix, three of its columns")
	w := filled(initializer.Hadamard(), 1, 6, 5)
	root := float32(math.Sqrt(1.0 / 8))
	for _, v := range w {
		require.InDelta(t, root, max(v, -v), 1e-7, "the corner of a matrix of 8 by 8")
	}
	requireOrthonormal(t, filled(initializer.Hadamard(), 1, 64, 40), 64, 40, 1)
	grouped := filled(initializer.Hadamard(), 2, 4, 1, 3)
	root = float32(math.Sqrt(0.5))
	require.Equal(t, []float32{0, root, 0, 0, root, 0, 0, root, 0, 0, root, 0}, grouped, "each group widens from 1 to 2")
}

func TestMatricesNeedTwoAxes(t *testing.T) {
	t.Parallel()
	for _, scheme := range []initializer.Scheme{
		initializer.Orthogonal(), initializer.DeltaOrthogonal(), initializer.Identity(), initializer.Hadamard(), initializer.Sparse(0.5, 1),
	} {
		require.PanicsWithError(t, "initializer: b: the scheme needs two axes or more, not shape [3]", func() {
			scheme.Fill(&initializer.Param{Name: "b", Shape: []int{3}}, seeded(), make([]float32, 3))
		}, scheme.String())
	}
}

func TestPartsThatDoNotDivideTheFirstAxisAreRefused(t *testing.T) {
	t.Parallel()
	p := &initializer.Param{Name: "w", Shape: []int{3, 2}, Parts: make([]initializer.Part, 2)}
	require.PanicsWithError(t, "initializer: w: its 2 parts do not divide the first axis of shape [3 2]", func() {
		initializer.Identity().Fill(p, seeded(), make([]float32, 6))
	})
}

func TestEmbeddingsOfExactSchemesAreDrawn(t *testing.T) {
	t.Parallel()
	for _, scheme := range []initializer.Scheme{initializer.Identity(), initializer.Hadamard()} {
		p := &initializer.Param{Name: "wte", Kind: initializer.Embedding, Shape: []int{5000, 4}, FanIn: 4, FanOut: 5000}
		dst := make([]float32, 20_000)
		scheme.Fill(p, seeded(), dst)
		var squares float64
		for _, v := range dst {
			squares += float64(v) * float64(v)
		}
		require.InDelta(t, 1, squares/5000, 0.05, "the mean square length of a vector with %s", scheme)
	}
}
