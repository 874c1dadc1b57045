package lab_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mat"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

func TestSingularValuesComeLargestFirst(t *testing.T) {
	t.Parallel()
	assert.InDeltaSlice(t, []float64{3, 2}, lab.SingularValues(mat.NewDense(2, 3, []float64{0, -2, 0, 3, 0, 0})), 1e-12)
	assert.Nil(t, lab.SingularValues(mat.NewDense(1, 1, []float64{math.NaN()})))
	assert.Nil(t, lab.SingularValues(&mat.Dense{}))
}

func TestOrthogonalKeepsEveryDirection(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Orthogonal(initializer.WithGain(2)))
	l := nn.NewLinear(s.At("l"), 24, 16)
	for _, v := range lab.SingularValues(lab.Matrix(l.Weight)) {
		assert.InDelta(t, 2, v, 1e-5)
	}
}

// What the density gives below every place must be the share that a large Gaussian matrix has there. The tolerance is that
// of a spectrum of 200 values, whose fluctuations are of the order of 1/200.
func TestGaussianMatricesFollowMarchenkoPastur(t *testing.T) {
	t.Parallel()
	for _, shape := range [][2]int{{200, 200}, {400, 200}, {200, 800}} {
		s := nn.NewStore(2, initializer.Normal(0, 0.1))
		w := nn.NewLinear(s.At("l"), shape[1], shape[0]).Weight
		values := lab.SingularValues(lab.Matrix(w))
		d := lab.NewMarchenkoPastur(shape[0], shape[1], 0.1)
		assert.Less(t, values[0], 1.05*d.Hi)
		const steps = 20000
		below, k := 0.0, len(values)-1
		for i := range steps {
			at := d.Lo + (d.Hi-d.Lo)*(float64(i)+0.5)/steps
			below += d.Density(at) * (d.Hi - d.Lo) / steps
			for k >= 0 && values[k] < at {
				k--
			}
			if i%500 == 499 {
				share := float64(len(values)-1-k) / float64(len(values))
				require.InDelta(t, below, share, 0.02, "%v at %v", shape, at)
			}
		}
		assert.InDelta(t, 1, below, 2e-3, "%v", shape)
		assert.Zero(t, d.Density(1.01*d.Hi))
	}
}

// tiny's hidden layer at (1, 2) has z = (-1, 2): the first unit is off, the second passes on its row of the weight, (0, 1).
func TestJacobianIsWhatOneFindsByHand(t *testing.T) {
	t.Parallel()
	s, m, _, _ := tiny()
	j := lab.Jacobian(s, autograd.From([]float32{1, 2}, 1, 2), func(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
		return m.Layers[1].Forward(p, m.Layers[0].Forward(p, x))
	})
	assert.Equal(t, []float64{0, 0, 0, 1}, j.RawMatrix().Data)
}

func TestJacobianMatchesDifferences(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(4, initializer.XavierNormal())
	m := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: []int{3, 8, 5}, Activation: "tanh"})
	at := []float32{0.3, -0.7, 1.1}
	j := lab.Jacobian(s, autograd.From(at, 1, 3), m.Forward)
	const step = 1e-2
	for k := range at {
		y := func(d float32) []float32 {
			x := append([]float32(nil), at...)
			x[k] += d
			p := nn.NewPass(s, nn.Inference)
			return m.Forward(p, p.Input(autograd.From(x, 1, 3))).Data()
		}
		up, down := y(step), y(-step)
		for i := range up {
			assert.InDelta(t, float64(up[i]-down[i])/(2*step), j.At(i, k), 1e-3) // of the order of step², and of float32's digits over step
		}
	}
}

func TestJacobianOfAConstantIsZero(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Zeros())
	j := lab.Jacobian(s, autograd.From([]float32{1, 2}, 1, 2), func(p *nn.Pass, x *nn.Tensor) *nn.Tensor { return x.Detach() })
	assert.Equal(t, make([]float64, 4), j.RawMatrix().Data)
}

// Saxe et al. 2013: in a deep linear net of orthogonal matrices every singular value of the whole is 1.
func TestOrthogonalLinearNetsPassEverythingOn(t *testing.T) {
	t.Parallel()
	setup := small("orthogonal")
	setup.Activation, setup.Depth = "identity", 20
	e := open(t, setup)
	for _, v := range lab.SingularValues(e.LayerJacobian(0, 1, 20)) {
		assert.InDelta(t, 1, v, 1e-4)
	}
	assert.Equal(t, []int{16, 16}, e.Weight(20).Shape)
}

// For ReLU, inputs at a right angle have cosine 1/π after one wide layer (Cho and Saul 2009, the arc-cosine kernel of order
// 1 at θ = π/2), and what orthogonal linear layers keep is kept.
func TestCorrelationFollowsTheArcCosineKernel(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{1, 0, 0, 1, 0, 1}, 3, 2) // one pair at a right angle, and a row left over
	s := nn.NewStore(1, initializer.KaimingNormal())
	m := nn.NewMLP(s.Root(), 2, 20000, 1)
	seen := lab.Correlation(s, m, x)
	assert.Equal(t, "relu", seen[1].Type)
	assert.InDelta(t, 1/math.Pi, seen[1].Cosine, 0.03)

	s = nn.NewStore(1, initializer.Orthogonal())
	l := nn.NewLinear(s.At("l"), 2, 2)
	kept := lab.Correlation(s, l, autograd.From([]float32{1, 0, 1, 1}, 2, 2))[0]
	assert.InDelta(t, math.Sqrt2/2, kept.Cosine, 1e-6)
	assert.InDelta(t, 1/math.Sqrt2, kept.Distance, 1e-6)
}
