package main

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/autograd/gradcheck"
	_ "github.com/heft-ml/heft/internal/testmode"
)

func TestSwishHasTheRightGradient(t *testing.T) {
	t.Parallel()
	op := func(x ...*gradcheck.Tensor) *gradcheck.Tensor { return Swish(x[0], x[1]) }
	for seed := range uint64(5) {
		require.NoError(t, gradcheck.Check(op, gradcheck.Normal(seed, 3, 7), gradcheck.Normal(seed+10, 1)))
	}
}

func TestSwishWithBetaOneIsSiLU(t *testing.T) {
	t.Parallel()
	x := gradcheck.Normal(1, 100)
	assert.InDeltaSlice(t, x.SiLU().Data(), Swish(x, autograd.Scalar(1.0)).Data(), 1e-15)
}

func TestRunLearnsBeta(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(&out, 3))
	var accuracy, from, to float64
	_, err := fmt.Sscanf(out.String(), "the gradients agree with central differences\naccuracy %f%%\n1.beta went from %f to %f",
		&accuracy, &from, &to)
	require.NoError(t, err, out.String())
	assert.Greater(t, accuracy, 85.0)
	assert.Equal(t, 1.0, from)
	assert.NotEqual(t, from, to)
}
