package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

func TestResetChoosesTheShard(t *testing.T) {
	t.Parallel()
	s := newStore()
	w := vector(s, "w", 1)
	for first, passes := range []int{1, 4, 3} {
		p := nn.NewPassShard(s, nn.Training, first, passes)
		for _, c := range []struct {
			since string
			do    func()
			want  int
		}{
			{"nothing", func() {}, first},
			{"nothing, again", func() {}, first},
			{"a parameter was used", func() { p.Of(w) }, first + passes},
			{"an input was used", func() { p.Input(normal(1, 2)) }, first + 2*passes},
			{"nothing after use", func() {}, first + 2*passes},
			{"a stream was used", func() { p.Rand("drop") }, first + 3*passes},
			{"a step", func() { s.Commit(nn.Grads{}) }, first},
			{"use and a step", func() { p.Of(w); s.Commit(nn.Grads{}) }, first},
			{"the shard was chosen", func() { p.Shard = 7 }, 7},
			{"it was used", func() { p.Of(w) }, 7 + passes},
			{"a step after that", func() { s.Commit(nn.Grads{}) }, first},
		} {
			c.do()
			p.Reset()
			require.Equal(t, c.want, p.Shard, "Reset after %s, first shard %d of %d", c.since, first, passes)
		}
	}
}

// kept tells which of n values dropout keeps in a pass.
func kept(p *nn.Pass, layer *nn.Dropout, n int) []float32 {
	ones := make([]float32, n)
	for i := range ones {
		ones[i] = 1
	}
	return append([]float32(nil), layer.Forward(p, p.Input(autograd.From(ones, n))).Data()...)
}

func TestDropoutDiffersByStepShardAndUse(t *testing.T) {
	t.Parallel()
	const n = 64 // the chance of two equal draws is 2^-64
	s := newStore()
	layer, twin := nn.NewDropout(s.At("drop"), 0.5), nn.NewDropout(s.At("twin"), 0.5)
	var draws [][]float32
	for range 2 {
		for shard := range 2 {
			p := nn.NewPassShard(s, nn.Training, shard, 3)
			draws = append(draws, kept(p, layer, n), kept(p, layer, n), kept(p, twin, n))
		}
		s.Commit(nn.Grads{})
	}
	seen := map[string]bool{}
	for i, d := range draws {
		require.False(t, seen[fmt.Sprint(d)], "draw %d came before", i)
		seen[fmt.Sprint(d)] = true
	}
}

func TestDropoutIsTheSameForTheSameStepAndShard(t *testing.T) {
	t.Parallel()
	s := newStore()
	layer := nn.NewDropout(s.At("drop"), 0.5)
	p := nn.NewPass(s, nn.Training)
	kept(p, layer, 64)
	p.Reset() // on to shard 1
	want := kept(nn.NewPassShard(s, nn.Training, 1, 2), layer, 64)
	require.Equal(t, want, kept(p, layer, 64))
	p.Reset()
	p.Shard = 1
	require.Equal(t, want, kept(p, layer, 64))
}

func TestAccumulatedGradientsEqualThoseOfOneLargeBatch(t *testing.T) {
	t.Parallel()
	const parts, n = 4, 6
	s := newStore()
	net := nn.NewMLP(s.Root(), 3, 8, 2)
	x, y := normal(1, parts*n, 3), labels(1, parts*n, 2)
	backward := func(p *nn.Pass, from, to int) nn.Grads {
		part := autograd.LabelsOf(y.Data[from:to])
		return p.Backward(net.Forward(p, p.Input(x.Slice(0, from, to))).CrossEntropy(part))
	}
	accumulate := func() (sum nn.Grads) {
		p := nn.NewPass(s, nn.Training)
		for i := range parts {
			p.Reset()
			sum.Add(backward(p, i*n, i*n+n))
		}
		sum.Scale(1.0 / parts)
		return sum
	}
	large := backward(nn.NewPass(s, nn.Training), 0, parts*n)
	sum, again := accumulate(), accumulate()
	for _, w := range s.Params() {
		require.Len(t, sum.Of(w), len(w.Data))
		for i, v := range large.Of(w) {
			assert.InDelta(t, v, sum.Of(w)[i], 1e-6, "%s", w.Name)
		}
		assert.Equal(t, bitsOf(sum.Of(w)), bitsOf(again.Of(w)), "%s", w.Name)
	}
}
