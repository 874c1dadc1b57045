package nn_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

// recorder keeps copies of what a probe sees, by module.
type recorder struct {
	up, down         []string
	values, gradient map[string][]float32
}

func newRecorder() *recorder {
	return &recorder{values: map[string][]float32{}, gradient: map[string][]float32{}}
}

func (r *recorder) Up(m nn.Module, y *nn.Tensor) {
	r.up = append(r.up, m.Path())
	r.values[m.Path()] = slices.Clone(y.Data())
}

func (r *recorder) Down(m nn.Module, dy []float32) {
	r.down = append(r.down, m.Path())
	r.gradient[m.Path()] = slices.Clone(dy)
}

// nudge adds a constant to what passes: a way to move another layer's output by hand.
type nudge struct {
	nn.Named
	by []float32
}

func (l *nudge) Forward(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
	return p.Tap(l, x.Add(autograd.From(l.by, x.Shape()...)))
}

// nudged is a smooth model whose first layer, of so many outputs for two samples, can be nudged.
func nudged(s *nn.Store) (net nn.Layer, by []float32) {
	by = make([]float32, 2*4)
	return nn.NewSequential(s.At("net"),
		nn.NewLinear(s.At("net.0"), 3, 4), &nudge{s.At("net.1").Named(), by}, nn.NewActivation(s.At("net.2"), "tanh"),
		nn.NewLayerNorm(s.At("net.3"), 4), nn.NewLinear(s.At("net.4"), 4, 3)), by
}

func TestAProbeSeesValuesGoingUpAndGradientsComingDown(t *testing.T) {
	t.Parallel()
	s := newStore()
	net, by := nudged(s)
	loss := func(p *nn.Pass) *nn.Tensor {
		return net.Forward(p, p.Input(normal(1, 2, 3))).CrossEntropy(autograd.LabelsOf([]int32{0, 2}))
	}
	p := nn.NewPass(s, nn.Training)
	seen := newRecorder()
	p.Probe = seen
	p.Backward(loss(p))
	require.Equal(t, []string{"net.0", "net.1", "net.2", "net.3", "net.4", "net"}, seen.up)
	require.Equal(t, []string{"net", "net.4", "net.3", "net.2", "net.1", "net.0"}, seen.down)

	plain := nn.NewPass(s, nn.Inference)
	x := plain.Input(normal(1, 2, 3))
	require.Equal(t, x.Linear(plain.Of(s.Param("net.0.weight")), plain.Of(s.Param("net.0.bias"))).Data(), seen.values["net.0"])
	require.Equal(t, seen.values["net.4"], seen.values["net"])

	const step = 1.0 / 64
	at := func(i int, v float32) float64 {
		by[i] = v
		defer func() { by[i] = 0 }()
		return float64(loss(plain).Item())
	}
	require.Len(t, seen.gradient["net.0"], len(by))
	for i, got := range seen.gradient["net.0"] {
		want := (at(i, step) - at(i, -step)) / (2 * step)
		assert.InDelta(t, want, got, 2e-4, "element %d", i)
	}
	require.Equal(t, seen.gradient["net.1"], seen.gradient["net.0"], "to add a constant changes no gradient")
}

func TestAProbeSeesTheWholeGradientOfABranchingValue(t *testing.T) {
	t.Parallel()
	s := newStore()
	same := nn.NewActivation(s.At("same"), "tanh")
	p := nn.NewPass(s, nn.Training)
	seen := newRecorder()
	p.Probe = seen
	w := vector(s, "w", 0, 0)
	y := same.Forward(p, p.Of(w))
	p.Backward(y.MulScalar(3).Sum().Add(y.MulScalar(4).Sum()))
	require.Equal(t, []float32{7, 7}, seen.gradient["same"])
}

func TestInferenceShowsAProbeNoGradients(t *testing.T) {
	t.Parallel()
	s := newStore()
	net, _ := nudged(s)
	p := nn.NewPass(s, nn.Inference)
	seen := newRecorder()
	p.Probe = seen
	net.Forward(p, p.Input(normal(1, 2, 3)))
	assert.Len(t, seen.up, 6)
	assert.Empty(t, seen.down)
}

func TestAProbeChangesNoBits(t *testing.T) {
	t.Parallel()
	gradients := func(probe nn.Probe) (all []uint32) {
		s := newStore()
		net := noisy(s)
		p := nn.NewPass(s, nn.Training)
		p.Probe = probe
		grads := p.Backward(net.Forward(p, p.Input(normal(1, 8, 6))).CrossEntropy(labels(1, 8, 3)))
		for _, w := range s.Params() {
			all = append(all, bitsOf(grads.Of(w))...)
		}
		return all
	}
	require.Equal(t, gradients(nil), gradients(newRecorder()))
}
