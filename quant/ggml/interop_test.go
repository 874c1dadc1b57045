package ggml_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/quant/ggml"
)

// throughPython reads each NAME.data as type NAME and writes NAME.values, and writes the file input as blocks of the types named.
const throughPython = `
import pathlib, sys
import numpy as np
from gguf import GGMLQuantizationType, quants

folder = pathlib.Path(sys.argv[1])
for path in folder.glob("*.data"):
    with np.errstate(all="ignore"):
        x = quants.dequantize(np.fromfile(path, np.uint8), GGMLQuantizationType[path.stem])
    x.astype(np.float32).tofile(path.with_suffix(".values"))
x = np.fromfile(folder / "input", np.float32)
for name in sys.argv[2:]:
    quants.quantize(x, GGMLQuantizationType[name]).tofile(folder / (name + ".blocks"))
`

func TestGGUFPyDecodesTheSameValuesAndEncodesTheSameBlocks(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	save := func(name string, data []byte) {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), data, 0o600))
	}
	load := func(name string) []byte {
		data, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		return data
	}
	const blocks = 4096
	x := normals(5, 1<<18)
	arguments := []string{folder}
	save("input", littleEndian(x))
	for i, typ := range decodedTypes {
		if typ != ggml.Q8_K { // which gguf-py leaves out
			save(typ.String()+".data", anyBytes(300+i, blocks*typ.BlockBytes()))
		}
	}
	// gguf-py's Q4_0 and Q5_0 round in float64, as ggml does not; it has no quantizer for the others.
	written := []ggml.Type{ggml.F32, ggml.F16, ggml.BF16, ggml.Q4_1, ggml.Q5_1, ggml.Q8_0}
	for _, typ := range written {
		arguments = append(arguments, typ.String())
	}
	interop.Run(t, throughPython, arguments...)

	for i, typ := range decodedTypes {
		if typ == ggml.Q8_K {
			continue
		}
		ours, theirs := make([]float32, blocks*typ.BlockSize()), make([]float32, blocks*typ.BlockSize())
		require.NoError(t, ggml.Decode(ours, typ, anyBytes(300+i, blocks*typ.BlockBytes())))
		require.NoError(t, ggml.Decode(theirs, ggml.F32, load(typ.String()+".values")))
		assert.True(t, string(littleEndian(theirs)) == string(littleEndian(ours)), "%v is decoded otherwise", typ)
	}
	for _, typ := range written {
		assert.True(t, string(load(typ.String()+".blocks")) == string(encoded(t, typ, x)), "%v is encoded otherwise", typ)
	}
}
