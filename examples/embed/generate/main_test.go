package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// Kernels of other processors and releases round otherwise, and training carries that on: hence the tolerance.
func TestTheFileInTheTreeIsWhatTrainingGives(t *testing.T) {
	t.Parallel()
	f, err := safetensors.Open("../digits.safetensors")
	require.NoError(t, err)
	defer f.Close()
	s := train()
	assert.Len(t, f.Tensors(), len(s.Params()))
	for _, p := range s.Params() {
		stored, err := f.Read(p.Name)
		require.NoError(t, err)
		values, err := stored.Float32s(nil)
		require.NoError(t, err)
		assert.Equal(t, p.Shape, stored.Shape, p.Name)
		assert.InDeltaSlice(t, p.Data, values, 0.02, p.Name)
	}
}
