package autograd_test

import (
	"math"
	"runtime"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
)

func normal32(seed uint64, shape ...int) *tensor[float32] {
	return autograd.From(convert[float32](gradcheck.Normal(seed, shape...).Data()), shape...)
}

// naive is attention written down: [n, t, heads, d] and [n, s, kvheads, d].
func naive(q, k, v *tensor[float64], causal bool) []float64 {
	n, t, heads, d := q.Dim(0), q.Dim(1), q.Dim(2), q.Dim(3)
	s, kvHeads := k.Dim(1), k.Dim(2)
	y := make([]float64, q.Len())
	for i := range n * t * heads {
		sample, query, head := i/heads/t, i/heads%t, i%heads
		seen := s
		if causal {
			seen = max(0, s-t+query+1)
		}
		var total float64
		for j := range seen {
			at := ((sample*s+j)*kvHeads + head*kvHeads/heads) * d
			var score float64
			for e := range d {
				score += q.Data()[i*d+e] * k.Data()[at+e]
			}
			w := math.Exp(score / math.Sqrt(float64(d)))
			total += w
			for e := range d {
				y[i*d+e] += w * v.Data()[at+e]
			}
		}
		for e := range d {
			if seen > 0 {
				y[i*d+e] /= total
			}
		}
	}
	return y
}

func TestAttentionIsTheFormula(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ t, s, heads, kvHeads, d int }{
		{1, 1, 1, 1, 1}, {5, 9, 4, 2, 3}, {9, 5, 2, 2, 3}, {67, 67, 2, 1, 8}, {130, 700, 1, 1, 4}, {3, 1100, 2, 1, 5},
	} {
		q := gradcheck.Normal(1, 2, c.t, c.heads, c.d)
		k, v := gradcheck.Normal(2, 2, c.s, c.kvHeads, c.d), gradcheck.Normal(3, 2, c.s, c.kvHeads, c.d)
		require.InDeltaSlice(t, naive(q, k, v, false), q.Attention(k, v).Data(), 1e-13, "%v", c)
		require.InDeltaSlice(t, naive(q, k, v, true), q.Attention(k, v, autograd.Causal()).Data(), 1e-13, "%v, causal", c)
	}
}

func TestPackedAttentionHasTheBitsOfItsParts(t *testing.T) {
	t.Parallel()
	const n, steps, heads, kvHeads, d = 2, 70, 4, 2, 9
	x := normal32(1, n, steps, (heads+2*kvHeads)*d)
	parts := x.Split(2, heads*d, kvHeads*d, kvHeads*d)
	apart := parts[0].Reshape(n, steps, heads, d).Attention(parts[1].Reshape(n, steps, kvHeads, d), parts[2].Reshape(n, steps, kvHeads, d), autograd.Causal())
	require.Equal(t, apart.Data(), x.SelfAttention(heads, autograd.KVHeads(kvHeads), autograd.Causal()).Data())
}

func TestHiddenKeysCountForNothing(t *testing.T) {
	t.Parallel()
	q, k, v := normal32(1, 2, 4, 2, 3), normal32(2, 2, 6, 2, 3), normal32(3, 2, 6, 2, 3)
	few := func(x *tensor[float32]) *tensor[float32] { return x.Slice(1, 0, 4) }
	want := q.Attention(few(k), few(v)).Data()
	require.Equal(t, want, q.Attention(k, v, autograd.KeyRows(4)).Data())
	require.Equal(t, want, q.Attention(k, v, autograd.KeyLengths([]int{4, 4})).Data())
	seen := []bool{true, true, true, true, false, false}
	mask := autograd.KeyMask(autograd.MaskOf(append(seen, seen...), 2, 6))
	require.Equal(t, want, q.Attention(k, v, mask).Data())
	none := autograd.KeyMask(autograd.MaskOf(make([]bool, 12), 2, 6))
	require.Equal(t, make([]float32, 2*4*6), q.Attention(k, v, none).Data(), "a query that sees no key gets zeros")
}

// A hidden key more makes too many keys for their weights to be kept.
func TestKeptWeightsGiveTheGradientsOfThoseComputedAgain(t *testing.T) {
	t.Parallel()
	const steps, heads, d = 40, 2, 20
	seen := append(slices.Repeat([]bool{true}, 2*d), false)
	inputs := []*tensor[float32]{normal32(1, 1, steps, heads, d), normal32(2, 1, 2*d+1, heads, d), normal32(3, 1, 2*d+1, heads, d)}
	kept := run(func(x ...*tensor[float32]) *tensor[float32] {
		return x[0].Attention(x[1], x[2], autograd.KeyRows(2*d))
	}, inputs)
	again := run(func(x ...*tensor[float32]) *tensor[float32] {
		return x[0].Attention(x[1], x[2], autograd.KeyMask(autograd.MaskOf(seen, 1, 2*d+1)))
	}, inputs)
	for i := range kept {
		require.InDeltaSlice(t, again[i], kept[i], 1e-5)
	}
}

// Two cuts of the keys for the products, and of the queries for the strips, are on the way.
func TestAQueryHasTheSameBitsWhateverStandsAroundIt(t *testing.T) {
	t.Parallel()
	const steps, heads, d = 1200, 2, 8
	q, k, v := normal32(1, 3, steps, heads, d), normal32(2, 3, steps, heads, d), normal32(3, 3, steps, heads, d)
	all := q.Attention(k, v, autograd.Causal())
	one := func(x *tensor[float32], sample, from, to int) *tensor[float32] {
		return x.Slice(0, sample, sample+1).Slice(1, from, to)
	}
	for sample := range 3 {
		alone := one(q, sample, 0, steps).Attention(one(k, sample, 0, steps), one(v, sample, 0, steps), autograd.Causal())
		require.Equal(t, all.Slice(0, sample, sample+1).Data(), alone.Data(), "a batch of one")
	}
	for _, query := range []int{0, 1, 63, 64, 511, 512, 700, 1199} {
		last := one(q, 1, query, query+1).Attention(one(k, 1, 0, query+1), one(v, 1, 0, query+1), autograd.Causal())
		require.Equal(t, all.Slice(0, 1, 2).Slice(1, query, query+1).Data(), last.Data(), "query %d as the last", query)
	}
}

func TestAttentionDropsAShareOfTheWeightsAndKeepsTheMean(t *testing.T) {
	t.Parallel()
	const s = 4000
	v := make([]float32, s)
	for i := range v {
		v[i] = 1
	}
	q, k := normal32(1, 1, 1, 1, 1).MulScalar(0), normal32(2, 1, s, 1, 1)
	y := q.Attention(k, autograd.From(v, 1, s, 1, 1), autograd.AttentionDropout(0.25, fixedRand())).Item()
	assert.NotEqual(t, float32(1), y)
	assert.InDelta(t, 1, y, 0.05)
	y = q.Attention(k, autograd.From(v, 1, s, 1, 1), autograd.AttentionDropout(1, fixedRand())).Item()
	assert.Zero(t, y)
}

// Not parallel: it changes GOMAXPROCS.
func TestAttentionHasTheSameBitsOnAnyNumberOfProcessors(t *testing.T) {
	x := gradcheck.Normal(1, 3, 150, 4*24)
	f := func(x ...*tensor[float32]) *tensor[float32] {
		return x[0].SelfAttention(4, autograd.KVHeads(2), autograd.Causal(), autograd.AttentionDropout(0.1, sameRand))
	}
	inputs := []*tensor[float32]{autograd.From(convert[float32](x.Data()), x.Shape()...)}
	want := run(f, inputs)
	for _, processors := range []int{1, 3} {
		before := runtime.GOMAXPROCS(processors)
		got := run(f, inputs)
		runtime.GOMAXPROCS(before)
		require.Equal(t, want, got)
	}
}

func TestMemoryOfAttentionIsLinearInTheLength(t *testing.T) {
	t.Parallel()
	const heads, d = 1, 4
	memory := func(steps int) int {
		tape := autograd.NewTape[float32](true)
		x := tape.Leaf("", make([]float32, steps*3*heads*d), []int{1, steps, 3 * heads * d}, true)
		y := x.SelfAttention(heads, autograd.Causal())
		tape.Backward(y, make([]float32, y.Len()))
		elements, _ := tape.Memory()
		return elements
	}
	const short, long = 1024, 4096
	require.LessOrEqual(t, memory(long), 5*memory(short))
	require.Less(t, memory(long), long*long/8, "scores of a head never stand")
}

func TestAttentionRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	x, q, k := normal32(1, 2, 3, 12), normal32(1, 2, 3, 4, 2), normal32(1, 2, 5, 3, 2)
	shape := func(reason string, f func()) {
		t.Helper()
		var e *autograd.ShapeError
		require.ErrorAs(t, autograd.Catch(f), &e)
		require.Contains(t, e.Error(), reason)
	}
	usage := func(reason string, f func()) {
		t.Helper()
		var e *autograd.UsageError
		require.ErrorAs(t, autograd.Catch(f), &e)
		require.Contains(t, e.Error(), reason)
	}
	shape("[2 3 12]: the input must be [n, t, (heads + 2 kvheads) d], for 5 heads and 5 of the keys", func() { x.SelfAttention(5) })
	usage("heads must be 1 or more, not 0", func() { x.SelfAttention(0) })
	usage("kv heads must divide the heads, 4, but are 3", func() { x.SelfAttention(4, autograd.KVHeads(3)) })
	usage("kv heads must be 1 or more, not 0", func() { x.SelfAttention(4, autograd.KVHeads(0)) })
	usage("KeyRows is an option of attention", func() { x.SelfAttention(4, autograd.KeyRows(2)) })
	usage("KVHeads is an option of self_attention", func() { q.Attention(q, q, autograd.KVHeads(2)) })
	shape("the heads of the keys must divide those of the queries", func() { q.Attention(k, k) })
	shape("queries must be [n, t, heads, d], and keys and values [n, s, kvheads, d]", func() { q.Attention(q, k) })
	shape("there are fewer keys than the 4 that KeyRows says", func() { q.Attention(q, q, autograd.KeyRows(4)) })
	usage("key rows must be 0 or more, not -1", func() { q.Attention(q, q, autograd.KeyRows(-1)) })
	usage("the scale must be finite, not NaN", func() { q.Attention(q, q, autograd.AttentionScale(math.NaN())) })
	usage("1 lengths of keys for 2 samples", func() { q.Attention(q, q, autograd.KeyLengths([]int{1})) })
	usage("sample 1 has 3 keys, but its length is 4", func() { q.Attention(q, q, autograd.KeyLengths([]int{1, 4})) })
	shape("the mask of keys must have a row for each sample", func() { q.Attention(q, q, autograd.KeyMask(autograd.MaskOf([]bool{true}))) })
	usage("dropout must be from 0 to 1, not 2", func() { q.Attention(q, q, autograd.AttentionDropout(2, nil)) })
	usage("needs a source of randomness", func() { q.Attention(q, q, autograd.AttentionDropout(0.5, nil)) })
	shape("with an even d", func() { normal32(1, 2, 3, 4, 3).Rotary(0, 10) })
	usage("theta must be finite and above 0, not 0", func() { q.Rotary(0, 0) })
	usage("the offset must be 0 or more, not -1", func() { q.Rotary(-1, 10) })
}

func TestAttentionOverNothingIsEmptyOrZero(t *testing.T) {
	t.Parallel()
	q, none := normal32(1, 2, 3, 1, 2), normal32(1, 2, 0, 1, 2)
	require.Equal(t, make([]float32, 12), q.Attention(none, none).Data())
	for _, v := range run(func(x ...*tensor[float32]) *tensor[float32] { return x[0].Attention(x[1], x[1]) }, []*tensor[float32]{none, q})[1:] {
		require.Equal(t, make([]float32, len(v)), v, "no query, no gradient")
	}
}

func TestRotaryDotProductsDependOnTheDistanceAlone(t *testing.T) {
	t.Parallel()
	q, k := gradcheck.Normal(1, 1, 1, 1, 8), gradcheck.Normal(2, 1, 1, 1, 8)
	at := func(i, j int) float64 { return q.Rotary(i, 100).Mul(k.Rotary(j, 100)).Sum().Item() }
	require.InDelta(t, at(5, 3), at(1002, 1000), 1e-12)
	require.InDelta(t, at(0, 0), q.Mul(k).Sum().Item(), 1e-12)
}
