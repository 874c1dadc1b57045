package initializer_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
)

// wide is a weight [out, in] of a network of such a width.
func wide(width int, parts ...initializer.Part) *initializer.Param {
	p := weight()
	p.Width, p.Parts, p.Multiplier, p.LRMultiplier = width, parts, 1, 1
	return p
}

func TestMuPIsTheStandardParametrizationAtItsBaseWidth(t *testing.T) {
	t.Parallel()
	want := valuesOf(initializer.LeCunNormal(), weight())
	for _, p := range []*initializer.Param{wide(64), wide(0), wide(64, initializer.Head), wide(0, initializer.Head)} {
		require.Equal(t, want, valuesOf(initializer.MuP(64), p))
		require.Equal(t, [2]float32{1, 1}, [2]float32{p.Multiplier, p.LRMultiplier})
	}
}

func TestMuPScalesRatesOfHiddenWeightsAndTheHeadsOutput(t *testing.T) {
	t.Parallel()
	plain := valuesOf(initializer.LeCunNormal(), weight())
	hidden := wide(256)
	require.Equal(t, plain, valuesOf(initializer.MuP(64), hidden), "fan_in sees to the start of a hidden weight")
	assert.Equal(t, [2]float32{1, 0.25}, [2]float32{hidden.Multiplier, hidden.LRMultiplier})
	head := wide(256, initializer.Head)
	requireTimes(t, 2, plain, valuesOf(initializer.MuP(64), head), "the head starts as at the base width")
	assert.Equal(t, [2]float32{0.25, 1}, [2]float32{head.Multiplier, head.LRMultiplier})
	narrow := wide(16)
	valuesOf(initializer.MuP(64), narrow)
	assert.Equal(t, float32(4), narrow.LRMultiplier, "narrower than the base")
	for _, kind := range []initializer.Kind{initializer.Bias, initializer.Scale, initializer.Embedding} {
		p := wide(0)
		p.Kind = kind
		valuesOf(initializer.MuP(64), p)
		assert.Equal(t, [2]float32{1, 1}, [2]float32{p.Multiplier, p.LRMultiplier}, kind.String())
	}
}

// TestMuPKeepsTheOutputOfTheHeadInSizeHoweverWideTheNetworkIs compares the variance of an output, fan_in times that of
// Multiplier times a weight: at initialization it falls as 1/width, as the authors say, and learned parts of it do not.
func TestMuPKeepsTheOutputOfTheHeadInSizeHoweverWideTheNetworkIs(t *testing.T) {
	t.Parallel()
	for _, width := range []int{64, 256, 1024} {
		p := &initializer.Param{
			Name: "head.weight", Shape: []int{100, width}, FanIn: width, FanOut: 100, Width: width, Multiplier: 1, LRMultiplier: 1,
			Parts: []initializer.Part{initializer.Head},
		}
		var squares float64
		for _, v := range valuesOf(initializer.MuP(64), p) {
			squares += math.Pow(float64(p.Multiplier)*float64(v), 2)
		}
		require.InEpsilon(t, 64/float64(width), squares/100, 0.1, "width %d", width)
		require.InDelta(t, 64/float64(width), float64(p.Multiplier), 1e-7, "a step adds width times 1/width")
	}
}

func TestMuPStartsHeadOrQueriesAtZeroWhereAsked(t *testing.T) {
	t.Parallel()
	head := wide(256, initializer.Head)
	require.Equal(t, make([]float32, out*in), valuesOf(initializer.MuP(64, initializer.ZeroHead()), head))
	require.Equal(t, float32(0.25), head.Multiplier, "it learns as any head")
	const c = 8
	want := valuesOf(initializer.LeCunNormal(), fused(c, 4))
	got := valuesOf(initializer.MuP(64, initializer.ZeroQueries()), fused(c, 4))
	require.Equal(t, make([]float32, c*c), got[:c*c], "queries")
	require.Equal(t, want[c*c:], got[c*c:], "keys and values")
	require.Equal(t, want, valuesOf(initializer.MuP(64, initializer.ZeroHead()), fused(c, 4)))
}

func TestMuPRefusesWidthsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, base := range []int{0, -4, 1<<30 + 1} {
		require.ErrorContains(t, autograd.Catch(func() { initializer.MuP(base) }), "mup needs a base width that is a whole number from 1")
	}
	require.ErrorContains(t, autograd.Catch(func() { initializer.MuP(64, initializer.FanOut()) }), "mup takes no fan: use for, slope, gain, zero")
}
