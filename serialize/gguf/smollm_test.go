package gguf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/interop"
)

// smolLM says what gguf-py finds in a model that people use, SmolLM2-135M-Instruct: hashes of the numbers of each tensor.
const smolLM = `
import hashlib, json, sys
import numpy as np
from gguf import GGUFReader, quants

reader = GGUFReader(sys.argv[1])
tensors = []
for t in reader.tensors:
    x = quants.dequantize(t.data, t.tensor_type).astype(np.float32)
    tensors.append([t.name, t.tensor_type.name, [int(n) for n in x.shape], hashlib.sha256(x.tobytes()).hexdigest()])
tokens = reader.fields["tokenizer.ggml.tokens"]
print(json.dumps({
    "tensors": tensors,
    "keys": [k for k in reader.fields if not k.startswith("GGUF.")],
    "tokens": hashlib.sha256(b"\0".join(bytes(tokens.parts[i]) for i in tokens.data)).hexdigest(),
}))
`

func TestAModelOfThePublicIsReadAsPythonReadsIt(t *testing.T) {
	t.Parallel()
	path := interop.SmolLM.Path(t)
	var theirs struct {
		Tensors [][4]any
		Keys    []string
		Tokens  string
	}
	require.NoError(t, json.Unmarshal([]byte(interop.Run(t, smolLM, path)), &theirs))
	f, err := Open(path)
	require.NoError(t, err)
	defer func() { assert.NoError(t, f.Close()) }()
	var keys []string
	for _, kv := range f.Metadata() {
		keys = append(keys, kv.Key)
	}
	assert.Equal(t, theirs.Keys, keys)
	blocks, err := f.Metadata().Int("llama.block_count")
	require.NoError(t, err)
	assert.Equal(t, int64(30), blocks)
	tokens, err := f.Metadata().Texts("tokenizer.ggml.tokens")
	require.NoError(t, err)
	assert.Len(t, tokens, 49152)
	sum := sha256.New()
	for i, token := range tokens {
		if i > 0 {
			sum.Write([]byte{0})
		}
		sum.Write([]byte(token))
	}
	assert.Equal(t, theirs.Tokens, hex.EncodeToString(sum.Sum(nil)))

	infos := f.Tensors()
	require.Len(t, infos, len(theirs.Tensors))
	for i, want := range theirs.Tensors {
		shape := []any{}
		for _, n := range infos[i].Shape {
			shape = append(shape, float64(n))
		}
		s, err := f.Decoded(infos[i].Name)
		require.NoError(t, err)
		sum := sha256.New()
		require.NoError(t, s.WriteAs(sum, dtype.F32, dtype.Refuse))
		require.Equal(t, want, [4]any{infos[i].Name, infos[i].Type, shape, hex.EncodeToString(sum.Sum(nil))})
	}

	copyPath := filepath.Join(t.TempDir(), "copy.gguf")
	require.NoError(t, Create(copyPath, f.Metadata(), infos, f.Content))
	original, err := os.ReadFile(path)
	require.NoError(t, err)
	again, err := os.ReadFile(copyPath)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(original, again), "what llama.cpp wrote is not written again as it was")
}
