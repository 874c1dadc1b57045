package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

// Not parallel: it changes the level of the process.
func TestLevelOfTheProcessCanBeChosen(t *testing.T) {
	before := autograd.SIMD()
	defer func() { require.NoError(t, autograd.UseSIMD(before)) }()
	require.NoError(t, autograd.UseSIMD("none"))
	require.Equal(t, "none", autograd.SIMD())
	require.ErrorContains(t, autograd.UseSIMD("mmx"), `unknown SIMD level "mmx"`)
	require.Equal(t, "none", autograd.SIMD())
}
