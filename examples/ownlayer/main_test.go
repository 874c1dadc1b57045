package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
)

func TestBlockDeclaresItsNames(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.KaimingNormal())
	NewBlock(s.At("block", 0), 8, 2)
	var names []string
	for _, p := range s.Params() {
		names = append(names, p.Name)
		assert.Equal(t, p.Name == "block.0.down.weight", p.Residual, p.Name)
	}
	assert.Equal(t, []string{
		"block.0.norm.weight", "block.0.norm.bias", "block.0.up.weight", "block.0.up.bias", "block.0.down.weight", "block.0.down.bias",
	}, names)
}

func TestBlockWithoutDownWeightsPassesItsInputOn(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.KaimingNormal())
	b := NewBlock(s.At("block", 0), 4, 1)
	clear(s.Param("block.0.down.weight").Data)
	p := nn.NewPass(s, nn.Inference)
	x := p.Of(s.Param("block.0.up.weight")) // [8, 4]: any values do
	assert.Equal(t, x.Data(), b.Forward(p, x).Data())
}

func TestRunShowsTheBlockAndLearns(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, run(&out, 25))
	assert.Regexp(t, `(?m)^block\.1 +Block +\[1 16\]`, out.String())
	var accuracy float64
	_, err := fmt.Sscanf(out.String()[strings.LastIndex(out.String(), "accuracy"):], "accuracy on the spiral %f%%", &accuracy)
	require.NoError(t, err)
	assert.Greater(t, accuracy, 90.0)
}
