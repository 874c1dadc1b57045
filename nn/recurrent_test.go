package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// recurrentLayerCases are the layers that run through time.
func recurrentLayerCases() []layerCase {
	x := []int{2, 4, 3}
	names := []string{"weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0"}
	type scope = nn.Scope
	return []layerCase{
		{"rnn", func(s *scope) nn.Module { return nn.NewRNN(s, nn.RecurrentConfig{In: 3, Hidden: 5}) }, names, x, []int{2, 4, 5}},
		{"gru", func(s *scope) nn.Module { return nn.NewGRU(s, nn.RecurrentConfig{In: 3, Hidden: 5, Dropout: 0.5}) }, names, x, []int{2, 4, 5}},
		{"lstm of two directions", func(s *scope) nn.Module {
			return nn.NewLSTM(s, nn.RecurrentConfig{In: 3, Hidden: 5, Bidirectional: true, NoBias: true})
		}, []string{"weight_ih_l0", "weight_hh_l0", "weight_ih_l0_reverse", "weight_hh_l0_reverse"}, x, []int{2, 4, 10}},
		{"lstm of two layers", func(s *scope) nn.Module {
			return nn.NewLSTM(s, nn.RecurrentConfig{In: 3, Hidden: 5, Layers: 2, Dropout: 0.5})
		}, append(names, "weight_ih_l1", "weight_hh_l1", "bias_ih_l1", "bias_hh_l1"), x, []int{2, 4, 5}},
	}
}

// runner is what all recurrent layers do.
type runner interface {
	nn.Layer
	ForwardFrom(p *nn.Pass, x *nn.Tensor, start nn.State) (*nn.Tensor, nn.State)
}

func runners(s *nn.Store, c nn.RecurrentConfig) []runner {
	return []runner{nn.NewRNN(s.At("rnn"), c), nn.NewGRU(s.At("gru"), c), nn.NewLSTM(s.At("lstm"), c)}
}

func TestASequenceGoesOnFromTheStateThatItsFirstPartEndsWith(t *testing.T) {
	t.Parallel()
	s := newStore()
	for _, l := range runners(s, nn.RecurrentConfig{In: 3, Hidden: 5, Layers: 2}) {
		p := nn.NewPass(s, nn.Inference)
		x := p.Input(normal(1, 2, 11, 3))
		want, end := l.ForwardFrom(p, x, nn.State{})
		first, state := l.ForwardFrom(p, x.Slice(1, 0, 4), nn.State{})
		second, last := l.ForwardFrom(p, x.Slice(1, 4, 11), state)
		require.Equal(t, want.Data(), autograd.Concat(1, first, second).Data(), l.Path())
		require.Len(t, last.H, 2)
		require.Equal(t, want.Select(1, -1).Data(), last.H[1].Data(), "the state at the end is the last output")
		for i, h := range end.H {
			require.Equal(t, h.Data(), last.H[i].Data())
		}
		for i, c := range end.C {
			require.Equal(t, c.Data(), last.C[i].Data())
		}
	}
}

func TestGradientsFlowFromTheStatesAtTheEndToThoseAtTheStart(t *testing.T) {
	t.Parallel()
	s := newStore()
	for _, l := range runners(s, nn.RecurrentConfig{In: 3, Hidden: 5, Bidirectional: true}) {
		p := nn.NewPass(s, nn.Training)
		start := nn.State{}
		for range 2 {
			start.H = append(start.H, p.Tape().Leaf("start", normal(2, 2, 5).Data(), []int{2, 5}, true))
		}
		_, end := l.ForwardFrom(p, p.Input(normal(1, 2, 4, 3)), start)
		ends := append(end.H, end.C...)
		sum := ends[0].Sum()
		for _, e := range ends[1:] {
			sum = sum.Add(e.Sum())
		}
		p.Backward(sum)
		for _, h := range start.H {
			g := h.TakeGrad()
			require.Len(t, g, 10, l.Path())
			for _, v := range g {
				require.NotZero(t, v)
			}
		}
	}
}

func TestEachGateHasFansOfItsOwn(t *testing.T) {
	t.Parallel()
	s := newStore()
	nn.NewLSTM(s.Root(), nn.RecurrentConfig{In: 3, Hidden: 5, Layers: 2, Bidirectional: true})
	for name, fans := range map[string][2]int{"weight_ih_l0": {3, 5}, "weight_hh_l0_reverse": {5, 5}, "weight_ih_l1": {10, 5}} {
		w := s.Param(name)
		assert.Equal(t, fans, [2]int{w.FanIn, w.FanOut}, name)
	}
}

func TestRecurrentLayersStartAsPyTorchsDo(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.PyTorchDefault())
	const h = 64
	nn.NewGRU(s.Root(), nn.RecurrentConfig{In: 3, Hidden: h, Layers: 2})
	bound := 1 / math.Sqrt(h)
	for _, w := range s.Params() {
		most := 0.0
		for _, v := range w.Data {
			most = max(most, math.Abs(float64(v)))
		}
		require.LessOrEqual(t, most, bound, w.Name)
		require.Greater(t, most, 0.95*bound, w.Name)
	}
}

func TestRecurrentLayersRefuseWhatCannotBe(t *testing.T) {
	t.Parallel()
	at := func() *nn.Scope { return newStore().At("m") }
	good := nn.RecurrentConfig{In: 3, Hidden: 5}
	with := func(change func(c *nn.RecurrentConfig)) nn.RecurrentConfig {
		c := good
		change(&c)
		return c
	}
	requireUsageError(t, `"m": In is 0, but must be 1 or more`, func() { nn.NewLSTM(at(), with(func(c *nn.RecurrentConfig) { c.In = 0 })) })
	requireUsageError(t, `"m": Hidden is -1, but must be 1 or more`, func() { nn.NewGRU(at(), with(func(c *nn.RecurrentConfig) { c.Hidden = -1 })) })
	requireUsageError(t, `"m": Layers is -2, but must be 1 or more`, func() { nn.NewRNN(at(), with(func(c *nn.RecurrentConfig) { c.Layers = -2 })) })
	requireUsageError(t, `"m": Dropout is 1.5, but must be in [0, 1]`, func() { nn.NewRNN(at(), with(func(c *nn.RecurrentConfig) { c.Dropout = 1.5 })) })

	s := newStore()
	l := nn.NewLSTM(s.At("m"), good)
	p := nn.NewPass(s, nn.Inference)
	requireUsageError(t, `"m" needs an input [n, t, 3] with at least one step, not [4 3]`, func() { l.Forward(p, p.Input(normal(1, 4, 3))) })
	requireUsageError(t, `"m" needs an input [n, t, 3] with at least one step, not [4 0 3]`, func() { l.Forward(p, p.Input(normal(1, 4, 0, 3))) })
	x := p.Input(normal(1, 2, 4, 3))
	h := p.Input(normal(1, 2, 5))
	requireUsageError(t, `"m" was given 2 states to start from, but has 1: one for each layer and direction`, func() { l.ForwardFrom(p, x, nn.State{H: []*nn.Tensor{h, h}}) })
	var wrong *autograd.ShapeError
	require.ErrorAs(t, autograd.Catch(func() { l.ForwardFrom(p, x, nn.State{H: []*nn.Tensor{p.Input(normal(1, 3, 5))}}) }), &wrong)
	require.ErrorAs(t, autograd.Catch(func() {
		nn.NewGRU(s.At("gru"), good).ForwardFrom(p, x, nn.State{C: []*nn.Tensor{h}})
	}), &wrong)

	cached := nn.NewPass(s, nn.Inference, nn.Cached(nn.NewCache()))
	requireUsageError(t, `"m" was given a state to start from, but the pass's cache has one: use one of the two`, func() {
		l.ForwardFrom(cached, cached.Input(normal(1, 2, 4, 3)), nn.State{H: []*nn.Tensor{cached.Input(normal(1, 2, 5))}})
	})
	both := nn.NewRNN(s.At("both"), with(func(c *nn.RecurrentConfig) { c.Bidirectional = true }))
	requireUsageError(t, `"both" is bidirectional: it needs the whole sequence at once, and no cache can go on from a part`, func() {
		both.Forward(cached, cached.Input(normal(1, 2, 4, 3)))
	})
}
