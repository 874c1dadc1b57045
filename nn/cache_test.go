package nn_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/nn"
)

// cachedLayers are causal layers from [n, t, 12] to the same shape, that remember.
var cachedLayers = map[string]func(s *nn.Scope) nn.Layer{
	"self": func(s *nn.Scope) nn.Layer {
		return nn.NewSelfAttention(s, 12, 3, nn.Causal(), nn.AttentionDropout(0.1))
	},
	"multi-head": func(s *nn.Scope) nn.Layer { return nn.NewMultiheadAttention(s, 12, 3, nn.Causal()) },
	"grouped": func(s *nn.Scope) nn.Layer {
		return nn.NewGroupedQueryAttention(s, 12, 6, 2, nn.Causal(), nn.Rotary(100))
	},
	"position": func(s *nn.Scope) nn.Layer { return nn.NewPositionEmbedding(s, 20, 12) },
	"two": func(s *nn.Scope) nn.Layer {
		first, second := nn.NewSelfAttention(s.At(0), 12, 3, nn.Causal()), nn.NewSelfAttention(s.At(1), 12, 2, nn.Causal())
		return nn.NewSequential(s, nn.NewPositionEmbedding(s.At("wpe"), 20, 12), first, second)
	},
}

func TestASequenceInPartsGivesTheBitsOfTheWhole(t *testing.T) {
	t.Parallel()
	const n, steps = 2, 20
	for name, makeLayer := range cachedLayers {
		s := newStore()
		l := makeLayer(s.At("m"))
		x := normal(1, n, steps, 12)
		whole := nn.NewPass(s, nn.Inference)
		want := l.Forward(whole, whole.Input(x))
		c := nn.NewCache(nn.Context(steps))
		p := nn.NewPass(s, nn.Inference, nn.Cached(c))
		for range 2 {
			for from, to := 0, 7; from < steps; from, to = to, to+1 {
				p.Reset()
				got := l.Forward(p, p.Input(x.Slice(1, from, to)))
				require.Equal(t, want.Slice(1, from, to).Data(), got.Data(), "%s: positions from %d to %d", name, from, to)
				require.Equal(t, to, c.Len(), name)
			}
			c.Reset()
			require.Zero(t, c.Len(), name)
		}
	}
}

func TestACacheRefusesWhatItCannotHold(t *testing.T) {
	t.Parallel()
	s := newStore()
	l := nn.NewSelfAttention(s.At("attn"), 12, 3, nn.Causal())
	forward := func(p *nn.Pass, n, steps int) { l.Forward(p, p.Input(normal(1, n, steps, 12))) }
	p := nn.NewPass(s, nn.Inference, nn.Cached(nn.NewCache(nn.Context(8))))
	forward(p, 1, 6)
	requireUsageError(t, `"attn" has seen 6 positions and is given 3 more, but the cache holds 8`, func() { forward(p, 1, 3) })
	requireUsageError(t, `"attn" remembers 1 samples, but is given 2: call the cache's Reset before another batch`, func() { forward(p, 2, 1) })
	forward(p, 1, 2)
	requireUsageError(t, "a training pass remembers nothing: caches are for nn.Inference", func() { nn.NewPass(s, nn.Training, nn.Cached(nn.NewCache())) })
	requireUsageError(t, "the context must be 1 or more positions, not 0", func() { nn.Context(0) })

	both := nn.NewSelfAttention(s.At("both"), 12, 3)
	requireUsageError(t, `"both" is not causal: its earlier positions would have to see the later ones`, func() { both.Forward(p, p.Input(normal(1, 1, 2, 12))) })
	wpe := nn.NewPositionEmbedding(s.At("wpe"), 4, 12)
	q := nn.NewPass(s, nn.Inference, nn.Cached(nn.NewCache()))
	wpe.Forward(q, q.Input(normal(1, 1, 3, 12)))
	requireUsageError(t, `"wpe" has 4 positions, but 5 are needed`, func() { wpe.Forward(q, q.Input(normal(1, 1, 2, 12))) })
}

// Not parallel: allocations are counted for the whole process.
func TestAStepWithACacheAllocatesLittle(t *testing.T) {
	s := newStore()
	l := nn.NewSelfAttention(s.At("attn"), 12, 3, nn.Causal())
	const context = 64
	c := nn.NewCache(nn.Context(context))
	p := nn.NewPass(s, nn.Inference, nn.Cached(c))
	x := normal(1, 1, 1, 12)
	step := func() {
		p.Reset()
		if c.Len() == context {
			c.Reset()
		}
		l.Forward(p, p.Input(x))
	}
	for range 2 * context {
		step()
	}
	before, _ := p.Tape().Memory()
	require.LessOrEqual(t, testing.AllocsPerRun(100, step), 40.0)
	after, _ := p.Tape().Memory()
	require.Equal(t, before, after)
}
