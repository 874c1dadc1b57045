package lab_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

// gaussian returns n samples of independent numbers.
func gaussian(n, features int, seed uint64) *nn.Tensor {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float32, n*features)
	for i := range x {
		x[i] = float32(r.NormFloat64())
	}
	return autograd.From(x, n, features)
}

// labels returns n labels of so many classes, in turn.
func labels(n, classes int) nn.Labels {
	y := make([]int32, n)
	for i := range y {
		y[i] = int32(i % classes)
	}
	return autograd.LabelsOf(y)
}

// tiny is a network of two units whose every number can be found by hand.
func tiny() (*nn.Store, *nn.MLP, *nn.Tensor, nn.Labels) {
	s := nn.NewStore(1, initializer.Zeros())
	m := nn.NewMLP(s.Root(), 2, 2, 2)
	copy(s.Param("0.weight").Data, []float32{1, -1, 0, 1})
	copy(s.Param("2.weight").Data, []float32{1, 0, 0, 0})
	return s, m, autograd.From([]float32{1, 2, 3, 1}, 2, 2), autograd.LabelsOf([]int32{0, 1})
}

// The two samples make z = (-1, 2) and (2, 1), h = (0, 2) and (2, 1), logits (0, 0) and (2, 0). With p = e²/(e²+1) the
// gradients of the losses with respect to the logits are (-1/2, 1/2) and (p, -p), and with respect to h (-1/2, 0), (p, 0).
func TestPropagationIsWhatOneFindsByHand(t *testing.T) {
	t.Parallel()
	s, m, x, y := tiny()
	got := lab.Measure(s, m, x, y)
	p := math.Exp(2) / (math.Exp(2) + 1)
	const exact = 1e-6

	assert.InDelta(t, (math.Ln2-math.Log(1-p))/2, got.Loss, exact)
	var paths, types []string
	for _, l := range got.Layers {
		paths, types = append(paths, l.Path), append(types, l.Type)
	}
	assert.Equal(t, []string{"0", "1", "2", ""}, paths)
	assert.Equal(t, []string{"Linear", "relu", "Linear", "MLP"}, types)

	h := got.Of("relu")[0]
	assert.Equal(t, 4, h.Activation.N)
	assert.InDelta(t, 1.25, h.Activation.Mean, exact)
	assert.InDelta(t, 2.25, h.Activation.SecondMoment, exact)
	assert.InDelta(t, math.Sqrt(0.6875), h.Activation.Std, exact)
	assert.InDelta(t, 3, h.Activation.Norm, exact)
	assert.InDelta(t, 1.25, h.Activation.MeanAbs, exact)
	assert.InDelta(t, 0.25, h.Activation.Zero, 0)
	assert.Equal(t, [2]float64{0, 2}, [2]float64{h.Activation.Min, h.Activation.Max})
	assert.InDeltaSlice(t, []float64{1, 1.5}, h.UnitMeans, exact)
	assert.InDelta(t, 0.5, h.Spread(), exact)
	assert.Zero(t, h.Dead)

	assert.InDelta(t, (p-0.5)/4, h.Gradient.Mean, exact)
	assert.InDelta(t, math.Hypot(0.5, p), h.Gradient.Norm, exact)
	assert.InDelta(t, 0.5, h.Gradient.Zero, 0)

	weights := got.Weights()
	require.Len(t, weights, 2)
	assert.Equal(t, "2.weight", weights[1].Name)
	// ½ Σ (gradient of the logits) ⊗ h
	want := []float64{2 * p / 2, (-1 + p) / 2, -2 * p / 2, (1 - p) / 2}
	norm := 0.0
	for _, v := range want {
		norm += v * v
	}
	assert.InDelta(t, math.Sqrt(norm), weights[1].Gradient.Norm, exact)
	assert.InDelta(t, 0.25, weights[1].Value.Mean, exact)
}

func TestMeasuringChangesNothing(t *testing.T) {
	t.Parallel()
	s, m, x, y := tiny()
	before := s.Tensors()
	first, second := lab.Measure(s, m, x, y), lab.Measure(s, m, x, y)
	assert.Equal(t, first, second)
	assert.Equal(t, before, s.Tensors())
	assert.Zero(t, s.Step())
}

// He et al. 2015, section 2.2: the second moment of ReLU layers changes by n Var(w)/2 from one to the next: by 1 with
// Kaiming's variance, by 1/2 with Xavier's. The tolerance is 5/sqrt(width layers).
func TestReLUKeepsKaimingsSignalAndHalvesXaviers(t *testing.T) {
	t.Parallel()
	const width, layers = 256, 30
	widths := []int{width}
	for range layers {
		widths = append(widths, width)
	}
	x := gaussian(32, width, 7)
	for _, c := range []struct {
		scheme initializer.Scheme
		factor float64
	}{{initializer.KaimingNormal(), 1}, {initializer.XavierNormal(), 0.5}} {
		s := nn.NewStore(3, c.scheme)
		m := nn.NewMLP(s.Root(), append(widths, 10)...)
		p := lab.Measure(s, m, x, labels(32, 10))
		h := p.Of("relu")
		require.Len(t, h, layers)
		perLayer := func(of func(l lab.Layer) float64) float64 {
			return math.Pow(of(h[layers-1])/of(h[0]), 1/float64(layers-1))
		}
		tolerance := 5 / math.Sqrt(width*layers)
		assert.InEpsilon(t, c.factor, perLayer(func(l lab.Layer) float64 { return l.Activation.SecondMoment }), tolerance, c.scheme)
		assert.InEpsilon(t, 1/c.factor, perLayer(func(l lab.Layer) float64 { return l.Gradient.SecondMoment }), tolerance, c.scheme)
	}
}

func TestSaturatedAndDeadUnitsAreCounted(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Zeros())
	m := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: []int{1, 4, 2}, Activation: "tanh"})
	copy(s.Param("0.weight").Data, []float32{0, 0.1, 10, -10})
	h := lab.Measure(s, m, autograd.From([]float32{1, -1}, 2, 1), labels(2, 2)).Of("tanh")[0]
	assert.InDelta(t, 0.5, h.Saturated, 0)
	assert.InDelta(t, 0.25, h.Dead, 0)
	assert.InDelta(t, 0.25, h.Activation.Zero, 0)
}

func TestUnitsOfImagesAreChannels(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Zeros())
	conv := nn.NewConv2d(s.At("conv"), 1, 3, 1)
	copy(conv.Weight.Data, []float32{0, 1, 2})
	p := lab.MeasureLoss(s, 1, func(p *nn.Pass) *nn.Tensor {
		return conv.Forward(p, p.Input(autograd.From([]float32{1, 2, 3, 4}, 1, 1, 2, 2))).Mean()
	})
	require.Len(t, p.Layers, 1)
	assert.InDeltaSlice(t, []float64{0, 2.5, 5}, p.Layers[0].UnitMeans, 1e-6)
	assert.InDelta(t, 1.0/3, p.Layers[0].Dead, 1e-9)
}

func TestWhatOverflowsIsCountedAndKeptOutOfHistograms(t *testing.T) {
	t.Parallel()
	inf := float32(math.Inf(1))
	s := lab.StatsOf([]float32{1, 2, inf, float32(math.NaN())}, 1)
	assert.InDelta(t, 0.5, s.NonFinite, 0)
	assert.Equal(t, [2]float64{1, 2}, [2]float64{s.Min, s.Max})
	assert.Equal(t, 2, s.Histogram.Total())
	assert.True(t, math.IsNaN(s.Mean))

	s = lab.StatsOf([]float32{inf, inf}, 1)
	assert.InDelta(t, 1, s.NonFinite, 0)
	assert.Zero(t, s.Histogram.Total())
	assert.Nil(t, s.Histogram.Density())
	assert.Zero(t, lab.StatsOf(nil, 1).N)
}

func TestHistogramsHaveAreaOne(t *testing.T) {
	t.Parallel()
	s := lab.StatsOf(gaussian(100, 10, 1).Data(), 3)
	assert.Equal(t, 1000, s.Histogram.Total())
	area := 0.0
	for _, d := range s.Histogram.Density() {
		area += d * (s.Histogram.Hi - s.Histogram.Lo) / float64(len(s.Histogram.Counts))
	}
	assert.InDelta(t, 1, area, 1e-9)
	one := lab.StatsOf([]float32{2, 2, 2}, 1)
	assert.Equal(t, []int{3}, one.Histogram.Counts)
}
