package lab_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab"
)

func TestCKASeesThroughRotationAndScale(t *testing.T) {
	t.Parallel()
	const rows = 50
	x := gaussian(rows, 3, 1).Data()
	sin, cos := math.Sincos(0.7)
	turned, permuted, shifted := make([]float32, len(x)), make([]float32, len(x)), make([]float32, len(x))
	for i := range rows {
		a, b, c := float64(x[3*i]), float64(x[3*i+1]), float64(x[3*i+2])
		turned[3*i], turned[3*i+1], turned[3*i+2] = float32(5*(cos*a-sin*b)), float32(5*(sin*a+cos*b)), float32(5*c)
		permuted[3*i], permuted[3*i+1], permuted[3*i+2] = x[3*i+2], x[3*i], x[3*i+1]
		shifted[3*i], shifted[3*i+1], shifted[3*i+2] = x[3*i]+9, x[3*i+1]-4, x[3*i+2]
	}
	for name, y := range map[string][]float32{"itself": x, "turned": turned, "permuted": permuted, "shifted": shifted} {
		assert.InDelta(t, 1, lab.LinearCKA(x, y, rows), 1e-6, name)
	}
	other := lab.LinearCKA(x, gaussian(rows, 5, 2).Data(), rows)
	assert.Less(t, other, 0.3)
	assert.InDelta(t, other, lab.LinearCKA(gaussian(rows, 5, 2).Data(), x, rows), 1e-12)
	assert.True(t, math.IsNaN(lab.LinearCKA(x, make([]float32, 2*rows), rows)), "what never changes is alike to nothing")
}

// By hand: a has the centered columns (1,-1) and b (1,-1) and (2,-2), so |bᵀa|² = 4 + 16, |aᵀa| = 2 and |bᵀb| = 10.
func TestCKAIsWhatOneFindsByHand(t *testing.T) {
	t.Parallel()
	assert.InDelta(t, 1, lab.LinearCKA([]float32{3, 1}, []float32{1, 2, -1, -2}, 2), 1e-12)
	// a: columns (1,0,-1); b: (1,-2,1): no common direction.
	assert.InDelta(t, 0, lab.LinearCKA([]float32{1, 0, -1}, []float32{1, -2, 1}, 3), 1e-12)
}

func TestResponsesAreWhatEveryModuleReturns(t *testing.T) {
	t.Parallel()
	s, m, x, _ := tiny()
	heard := lab.Responses(s, m, x)
	require.Len(t, heard, 4)
	assert.Equal(t, lab.Response{Path: "0", Type: "Linear", Values: []float32{-1, 2, 2, 1}}, heard[0])
	assert.Equal(t, lab.Response{Path: "1", Type: "relu", Values: []float32{0, 2, 2, 1}}, heard[1])
}
