package lab

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestMomentsOfNumbersBelowFloat32AreNoPrediction(t *testing.T) {
	t.Parallel()
	m := newNonlinearity("relu").at([]float64{1e-91, 1e-70, 0})
	assert.True(t, math.IsNaN(m[0].square) && math.IsNaN(m[0].slope))
	assert.InEpsilon(t, 0.5e-70, m[1].square, 1e-4)
	assert.Zero(t, m[2].square)
}
