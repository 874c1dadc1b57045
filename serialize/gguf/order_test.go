package gguf

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
)

// bigEndian writes f with the order of bytes that gguf_convert_endian.py gives it.
func bigEndian(t *testing.T, f *File) []byte {
	t.Helper()
	r := be().start(uint64(len(f.entries)), uint64(len(f.metadata)))
	for _, kv := range f.metadata {
		bigEndianValue(t, r.key(kv.Key, kv.Value.Type()), kv.Value)
	}
	offset := int64(0)
	for _, e := range f.entries {
		dims := make([]uint64, 0, len(e.Shape))
		for i := range e.Shape {
			dims = append(dims, uint64(e.Shape[len(e.Shape)-1-i]))
		}
		r.tensor(e.Name, e.kind, uint64(offset), dims...)
		offset, _ = padded(offset+e.Bytes, 32)
	}
	r.data(32, 0)
	for _, e := range f.entries {
		require.NoError(t, f.View(e.Name, func(data []byte) error {
			turned := bytes.Clone(data)
			swapForTest(turned, e.kind)
			r.bytes(turned...).data(32, 0)
			return nil
		}))
	}
	return r.b
}

func bigEndianValue(t *testing.T, r *raw, v Value) {
	t.Helper()
	if l, ok := v.v.(elements); ok {
		r.array(v.element, uint64(l.length()))
		if texts, ok := v.Any().([]string); ok {
			for _, text := range texts {
				r.str(text)
			}
			return
		}
	}
	if text, ok := v.Any().(string); ok {
		r.str(text)
		return
	}
	var err error
	r.b, err = binary.Append(r.b, binary.BigEndian, v.Any())
	require.NoError(t, err)
}

// swapForTest turns the numbers of plain types, and the halves of blocks where ggml-common.h says that they stand.
func swapForTest(data []byte, t ggml.Type) {
	pair := func(at int) { data[at], data[at+1] = data[at+1], data[at] }
	for i := 0; i < len(data); i += t.BlockBytes() {
		switch t {
		case ggml.Q4_0, ggml.Q8_0:
			pair(i)
		case ggml.Q4_K:
			pair(i)
			pair(i + 2)
		case ggml.Q6_K:
			pair(i + 208)
		case ggml.F16, ggml.BF16, ggml.I16:
			pair(i)
		case ggml.F32, ggml.I32:
			binary.BigEndian.PutUint32(data[i:], binary.LittleEndian.Uint32(data[i:]))
		case ggml.F64, ggml.I64:
			binary.BigEndian.PutUint64(data[i:], binary.LittleEndian.Uint64(data[i:]))
		}
	}
}

func TestBigEndianFilesAreReadAsTheSame(t *testing.T) {
	t.Parallel()
	b := wholeFile(t)
	little := opened(t, b)
	big := opened(t, bigEndian(t, little))
	assert.True(t, big.BigEndian())
	assert.Equal(t, 3, big.Version())
	assert.Equal(t, fmt.Sprint(little.Metadata()), fmt.Sprint(big.Metadata()))
	assert.Equal(t, little.Tensors(), big.Tensors())
	unknown := 0
	for _, info := range little.Tensors() {
		want, err := little.Read(info.Name)
		require.NoError(t, err)
		got, err := big.Read(info.Name)
		switch info.Type {
		case "Q4_1", "Q5_0", "Q5_1", "Q2_K", "Q3_K", "Q5_K":
			require.ErrorIs(t, err, Unsupported, info.Name)
			require.ErrorContains(t, err, "big-endian")
			require.ErrorContains(t, err, info.Type)
			require.ErrorIs(t, big.Content(info, io.Discard), Unsupported)
			unknown++
			continue
		}
		require.NoError(t, err, info.Name)
		require.Equal(t, want, got)
	}
	assert.Equal(t, 6, unknown)
}

func TestPartsOfBigEndianTensorsAreThoseParts(t *testing.T) {
	t.Parallel()
	little := opened(t, written(t, nil, []dtype.Tensor{wave(t, "x", 512), wave(t, "y", 40)}, func(info dtype.Info) ggml.Type {
		if info.Name == "x" {
			return ggml.Q6_K
		}
		return ggml.F32
	}))
	big := opened(t, bigEndian(t, little))
	for _, info := range little.Tensors() {
		var whole []byte
		require.NoError(t, little.View(info.Name, func(data []byte) error { whole = bytes.Clone(data); return nil }))
		s, err := big.Stored(info.Name)
		require.NoError(t, err)
		for from := int64(0); from <= s.Bytes; from += 3 {
			for to := from; to <= s.Bytes; to += 41 {
				require.NoError(t, s.View(from, to, func(data []byte) error {
					require.True(t, bytes.Equal(whole[from:to], data), "%d to %d", from, to)
					return nil
				}))
			}
		}
	}
}

func TestBigEndianMXFP4HasNothingToTurn(t *testing.T) {
	t.Parallel()
	r := be().start(1, 0).tensor("x", ggml.MXFP4, 0, 32).data(32, 17)
	var seen []byte
	require.NoError(t, opened(t, r.b).View("x", func(data []byte) error { seen = bytes.Clone(data); return nil }))
	assert.Equal(t, r.b[len(r.b)-17:], seen)
}

func TestNaNKeepsItsBits(t *testing.T) {
	t.Parallel()
	v, ok := opened(t, wholeFile(t)).Metadata().Value("nan")
	require.True(t, ok)
	assert.Equal(t, uint32(0x7fa00001), math.Float32bits(v.Any().(float32)))
}
