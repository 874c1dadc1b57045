package ggml_test

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/quant/ggml"
)

//go:embed testdata/reference.json
var referenceJSON []byte

// made is what the reference implementation made of an input: the hash of all bytes, and the first of them.
type made struct{ SHA256, First string }

// reference is testdata/reference.json, written by reference.py.
type reference struct {
	Encoded map[string]map[string]made
	Decoded map[string]made
}

func loadReference(t *testing.T) reference {
	t.Helper()
	var r reference
	require.NoError(t, json.Unmarshal(referenceJSON, &r))
	return r
}

// compare fails when data is not what was made. The first bytes come first, since they say more than a hash.
func compare(t *testing.T, want made, data []byte) {
	t.Helper()
	first := min(len(data), len(want.First)/2)
	require.Equal(t, want.First, hex.EncodeToString(data[:first]))
	sum := sha256.Sum256(data)
	require.Equal(t, want.SHA256, hex.EncodeToString(sum[:]), "the first %d bytes are equal, but not all", first)
}

func typeNamed(t *testing.T, name string) ggml.Type {
	t.Helper()
	typ, err := ggml.ParseType(name)
	require.NoError(t, err)
	return typ
}

func encoded(t *testing.T, typ ggml.Type, values []float32) []byte {
	t.Helper()
	size, err := typ.Size(int64(len(values)))
	require.NoError(t, err)
	data := make([]byte, size)
	require.NoError(t, ggml.Encode(data, typ, values))
	return data
}

func TestEncodedBlocksAreThoseOfGGML(t *testing.T) {
	t.Parallel()
	r := loadReference(t)
	for _, typ := range ggml.Types() {
		assert.Equal(t, typ.CanEncode(), r.Encoded[typ.String()] != nil, "%v", typ)
	}
	for name, cases := range r.Encoded {
		typ := typeNamed(t, name)
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			require.Len(t, cases, len(inputs))
			for stream, in := range inputs {
				t.Run(in.name, func(t *testing.T) {
					require.Contains(t, cases, in.name)
					compare(t, cases[in.name], encoded(t, typ, in.values(stream)))
				})
			}
		})
	}
}

// decodedTypes are in the order of reference.py: the place of a type says which bytes it decodes.
var decodedTypes = []ggml.Type{
	ggml.F32, ggml.F16, ggml.BF16, ggml.Q4_0, ggml.Q4_1, ggml.Q5_0, ggml.Q5_1, ggml.Q8_0,
	ggml.Q2_K, ggml.Q3_K, ggml.Q4_K, ggml.Q5_K, ggml.Q6_K, ggml.IQ4_NL, ggml.IQ4_XS, ggml.MXFP4, ggml.Q8_K,
}

// decodedBlocks is how many blocks of each reference.py decodes.
const decodedBlocks = 512

func TestDecodedValuesAreThoseOfGGMLAndGGUFPy(t *testing.T) {
	t.Parallel()
	r := loadReference(t)
	for _, typ := range ggml.Types() {
		assert.Equal(t, typ.CanDecode(), r.Decoded[typ.String()] != made{}, "%v", typ)
	}
	require.Len(t, r.Decoded, len(decodedTypes))
	for i, typ := range decodedTypes {
		t.Run(typ.String(), func(t *testing.T) {
			t.Parallel()
			x := make([]float32, decodedBlocks*typ.BlockSize())
			require.NoError(t, ggml.Decode(x, typ, anyBytes(100+i, decodedBlocks*typ.BlockBytes())))
			compare(t, r.Decoded[typ.String()], littleEndian(x))
		})
	}
}
