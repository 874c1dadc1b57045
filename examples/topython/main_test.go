package main

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/serialize/safetensors"
)

func TestFileHasPyTorchsNames(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "digits.safetensors")
	require.NoError(t, run(&bytes.Buffer{}, path, 0))
	f, err := safetensors.Open(path)
	require.NoError(t, err)
	defer f.Close()
	shapes := map[string][]int{}
	for _, info := range f.Tensors() {
		shapes[info.Name] = info.Shape
	}
	assert.Equal(t, map[string][]int{"0.weight": {128, 64}, "0.bias": {128}, "3.weight": {10, 128}, "3.bias": {10}}, shapes)
}

func TestPyTorchComputesWhatHeftComputes(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	path := filepath.Join(t.TempDir(), "digits.safetensors")
	var program bytes.Buffer
	require.NoError(t, run(&program, path, 2))

	var want, got []float64
	_, printed, _ := strings.Cut(program.String(), "# Heft prints ")
	require.NoError(t, json.Unmarshal([]byte(strings.ReplaceAll(printed, " ", ",")), &want))
	require.NoError(t, json.Unmarshal([]byte(interop.Run(t, program.String())), &got))
	require.Len(t, got, 10)
	assert.InDeltaSlice(t, want, got, 1e-3)
}
