package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
)

// pull returns a run's gradients of vectors a and b, which are the given ones, in the pass's memory.
func pull(p *nn.Pass, a, b *nn.Param, da, db []float32) nn.Grads {
	dot := func(w *nn.Param, d []float32) *nn.Tensor { return p.Of(w).Mul(autograd.From(d, len(d))).Sum() }
	return p.Backward(dot(a, da).Add(dot(b, db)))
}

// pulled returns a store of two vectors, of 3 and 2 numbers, and a run's gradients of them.
func pulled(da, db []float32) (s *nn.Store, p *nn.Pass, a, b *nn.Param, grads nn.Grads) {
	s = newStore()
	a, b = vector(s, "a", 1, 1, 1), vector(s, "b", 1, 1)
	p = nn.NewPass(s, nn.Training)
	return s, p, a, b, pull(p, a, b, da, db)
}

func TestNormIsTheRootOfTheSumOfAllSquares(t *testing.T) {
	t.Parallel()
	_, _, _, _, grads := pulled([]float32{1, -2, 4}, []float32{6, -8})
	require.InEpsilon(t, 11, grads.Norm(), 1e-15)
	grads.Scale(-0.5)
	require.InEpsilon(t, 5.5, grads.Norm(), 1e-15)
	_, _, _, _, large := pulled([]float32{3e38, 0, 0}, []float32{3e38, 0})
	require.InEpsilon(t, math.Sqrt2*float64(float32(3e38)), large.Norm(), 1e-15, "squares do not overflow")
}

func TestScaleIsPendingUntilSomebodyLooks(t *testing.T) {
	t.Parallel()
	_, _, a, b, grads := pulled([]float32{1, -2, 4}, []float32{6, -8})
	grads.Scale(0.5)
	grads.Scale(3)
	raw, scale := grads.Raw(a)
	assert.Equal(t, []float32{1, -2, 4}, raw)
	assert.Equal(t, float32(1.5), scale)
	assert.Equal(t, []float32{1.5, -3, 6}, grads.Of(a))
	assert.Equal(t, []float32{9, -12}, grads.Of(b))
	raw, scale = grads.Raw(b)
	assert.Equal(t, []float32{9, -12}, raw)
	assert.Equal(t, float32(1), scale)
}

func TestCopiesAreTheSameGrads(t *testing.T) {
	t.Parallel()
	_, _, a, _, grads := pulled([]float32{1, -2, 4}, []float32{6, -8})
	twin := grads
	twin.Scale(2)
	assert.Equal(t, []float32{2, -4, 8}, grads.Of(a))
	twin.Add(grads)
	assert.Equal(t, []float32{4, -8, 16}, grads.Of(a), "even added to themselves")
}

func TestClipNormScalesToTheLimit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ limit, factor float64 }{
		{1, 1 / (11 + 1e-6)}, {10, 10 / (11 + 1e-6)}, {11, 11 / (11 + 1e-6)}, {12, 1}, {1e9, 1}, {math.Inf(1), 1}, {0, 0},
	} {
		_, _, a, b, grads := pulled([]float32{1, -2, 4}, []float32{6, -8})
		assert.InEpsilon(t, 11, grads.ClipNorm(c.limit), 1e-15, "the norm before")
		f := float32(c.factor)
		assert.Equal(t, []float32{f, -2 * f, 4 * f}, grads.Of(a), "limit %v", c.limit)
		assert.Equal(t, []float32{6 * f, -8 * f}, grads.Of(b), "limit %v", c.limit)
	}
}

func TestClipNormLeavesGradientsThatAreNotFinite(t *testing.T) {
	t.Parallel()
	for _, bad := range []float64{math.NaN(), math.Inf(1), math.Inf(-1)} {
		_, _, a, b, grads := pulled([]float32{1, -2, 4}, []float32{6, float32(bad)})
		norm := grads.ClipNorm(1)
		assert.False(t, norm-norm == 0, "the norm %v tells", norm)
		assert.Equal(t, []float32{1, -2, 4}, grads.Of(a), "beside %v", bad)
		assert.Equal(t, bitsOf([]float32{6, float32(bad)}), bitsOf(grads.Of(b)))
	}
}

func TestClipValueLimitsEveryGradient(t *testing.T) {
	t.Parallel()
	_, _, a, b, grads := pulled([]float32{1, -2, 4}, []float32{6, -8})
	grads.Scale(0.5)
	grads.ClipValue(1.5)
	assert.Equal(t, []float32{0.5, -1, 1.5}, grads.Of(a))
	assert.Equal(t, []float32{1.5, -1.5}, grads.Of(b))
}

func TestAddCopiesOutOfThePass(t *testing.T) {
	t.Parallel()
	_, p, a, b, grads := pulled([]float32{1, -2, 4}, []float32{6, -8})
	var sum nn.Grads
	sum.Add(grads)
	p.Reset()
	next := pull(p, a, b, []float32{10, 10, 10}, []float32{10, 10})
	assert.Equal(t, []float32{1, -2, 4}, sum.Of(a))
	sum.Add(next)
	p.Reset()
	pull(p, a, b, []float32{-1, -1, -1}, []float32{-1, -1})
	assert.Equal(t, []float32{11, 8, 14}, sum.Of(a))
	assert.Equal(t, []float32{16, 2}, sum.Of(b))
}

func TestAddToAPassesGradsMovesThemOutToo(t *testing.T) {
	t.Parallel()
	_, p, a, b, grads := pulled([]float32{1, -2, 4}, []float32{6, -8})
	twin := grads
	grads.Add(pull(p, a, b, []float32{1, 1, 1}, []float32{1, 1}))
	p.Reset()
	pull(p, a, b, []float32{9, 9, 9}, []float32{9, 9})
	assert.Equal(t, []float32{2, -1, 5}, grads.Of(a))
	assert.Equal(t, []float32{2, -1, 5}, twin.Of(a))
}

func TestAddSettlesBothFactors(t *testing.T) {
	t.Parallel()
	_, p, a, b, grads := pulled([]float32{1, -2, 4}, []float32{6, -8})
	more := pull(p, a, b, []float32{1, 1, 1}, []float32{1, 1})
	grads.Scale(2)
	more.Scale(10)
	grads.Add(more)
	grads.Add(nn.Grads{})
	assert.Equal(t, []float32{12, 6, 18}, grads.Of(a))
	assert.Equal(t, []float32{10, 10, 10}, more.Of(a), "what is added keeps its value")
}

func TestAddJoinsGradientsOfDifferentParameters(t *testing.T) {
	t.Parallel()
	s := newStore()
	a := vector(s, "a", 1)
	p := nn.NewPass(s, nn.Training)
	var sum nn.Grads
	sum.Add(p.Backward(p.Of(a).MulScalar(2)))
	b := vector(s, "b", 1)
	assert.Nil(t, sum.Of(b), "declared after the run")
	sum.Add(p.Backward(p.Of(b).MulScalar(3)))
	assert.Equal(t, []float32{2}, sum.Of(a))
	assert.Equal(t, []float32{3}, sum.Of(b))
}

func TestGradientsOfTwoStoresCannotMeet(t *testing.T) {
	t.Parallel()
	s, _, a, _, grads := pulled([]float32{1, -2, 4}, []float32{6, -8})
	other := newStore()
	c := vector(other, "c", 1)
	q := nn.NewPass(other, nn.Training)
	fewer := q.Backward(q.Of(c).Sum())
	d := vector(other, "d", 1, 1)
	e := vector(other, "e", 1, 1)
	more := q.Backward(q.Of(c).Add(q.Of(d).Sum()).Add(q.Of(e).Sum()))
	const reason = `gradients of two stores cannot be added: their first parameters are "a" and "c"`
	requireUsageError(t, reason, func() { grads.Add(fewer) })
	requireUsageError(t, reason, func() { grads.Add(more) })
	assert.Equal(t, []float32{1, -2, 4}, grads.Of(a), "a refused Add adds nothing")
	assert.True(t, grads.For(s))
	assert.False(t, grads.For(other))
	assert.False(t, fewer.For(s))
	assert.False(t, fewer.For(newStore()))
	assert.Nil(t, grads.Of(c))
}

func TestZeroGradsAreNoGradients(t *testing.T) {
	t.Parallel()
	s := newStore()
	w := vector(s, "w", 1)
	var none nn.Grads
	assert.Nil(t, none.Of(w))
	raw, scale := none.Raw(w)
	assert.Nil(t, raw)
	assert.Equal(t, float32(1), scale)
	assert.Zero(t, none.Norm())
	assert.Zero(t, none.ClipNorm(1))
	none.Scale(2)
	none.ClipValue(1)
	none.Add(nn.Grads{})
	assert.True(t, none.For(s))
	s.Commit(none)
	assert.Equal(t, 1, s.Step())
	assert.Equal(t, []float32{1}, w.Data)
}

func TestBuffersMoveByTheMomentumInTheOrderOfAdd(t *testing.T) {
	t.Parallel()
	run := func(order ...int) []float32 {
		s := newStore()
		w, m := vector(s, "w", 1), s.Root().Buffer("m", 8, 2)
		var sum nn.Grads
		for _, i := range order {
			p := nn.NewPass(s, nn.Training)
			p.Update(m, []float32{float32(i), float32(-i)}, 0.5)
			sum.Add(p.Backward(p.Of(w).Sum()))
		}
		require.Equal(t, []float32{8, 8}, m.Data, "passes never write the store")
		s.Commit(sum)
		return m.Data
	}
	assert.Equal(t, []float32{(8 + 2) / 2, (8 - 2) / 2}, run(2))
	assert.Equal(t, []float32{((8+2)/2. + 4) / 2, ((8-2)/2. - 4) / 2}, run(2, 4))
	assert.Equal(t, []float32{((8+4)/2. + 2) / 2, ((8-4)/2. - 2) / 2}, run(4, 2))
}

func TestStagedStatisticsGoWithTheNextBackwardAndNoOther(t *testing.T) {
	t.Parallel()
	s := newStore()
	w, m := vector(s, "w", 1), s.Root().Buffer("m", 0, 1)
	p := nn.NewPass(s, nn.Training)
	value := []float32{4}
	p.Update(m, value, 1)
	first, second := p.Backward(p.Of(w).Sum()), p.Backward(p.Of(w).Sum())
	s.Commit(second)
	require.Equal(t, []float32{0}, m.Data)
	s.Commit(first)
	require.Equal(t, []float32{4}, m.Data)

	p.Reset()
	p.Update(m, []float32{9}, 1)
	p.Reset()
	s.Commit(p.Backward(p.Of(w).Sum()))
	require.Equal(t, []float32{4}, m.Data, "Reset drops what no Backward took")
}

func TestAddCopiesStatistics(t *testing.T) {
	t.Parallel()
	s := newStore()
	w, m := vector(s, "w", 1), s.Root().Buffer("m", 0, 1)
	p := nn.NewPass(s, nn.Training)
	value := []float32{4}
	p.Update(m, value, 1)
	var sum nn.Grads
	sum.Add(p.Backward(p.Of(w).Sum()))
	value[0] = 100 // as memory that serves again
	p.Reset()
	s.Commit(sum)
	require.Equal(t, []float32{4}, m.Data)
}
