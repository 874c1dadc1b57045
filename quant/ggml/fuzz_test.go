package ggml_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/quant/ggml"
)

// FuzzDecode reads any bytes as any type: as many whole blocks as they make decode, others are refused.
func FuzzDecode(f *testing.F) {
	for i, typ := range ggml.Types() {
		f.Add(uint32(typ), anyBytes(i, 2*typ.BlockBytes()), 0)
		f.Add(uint32(typ), make([]byte, typ.BlockBytes()), 1)
	}
	f.Add(uint32(31), []byte{1, 2, 3}, 5)
	f.Add(uint32(math.MaxUint32), []byte{}, -1)
	f.Fuzz(func(t *testing.T, number uint32, data []byte, more int) {
		typ := ggml.Type(number)
		if !typ.CanDecode() {
			require.Error(t, ggml.Decode(make([]float32, 256), typ, data))
			return
		}
		blocks := len(data) / typ.BlockBytes()
		values := make([]float32, blocks*typ.BlockSize())
		require.NoError(t, ggml.Decode(values, typ, data[:blocks*typ.BlockBytes()]))
		if len(data)%typ.BlockBytes() != 0 {
			require.Error(t, ggml.Decode(values, typ, data))
		}
		if more = max(0, min(more, 1000)); more > 0 {
			require.Error(t, ggml.Decode(make([]float32, len(values)+more), typ, data[:blocks*typ.BlockBytes()]))
		}
		if !typ.CanEncode() {
			return
		}
		again := make([]byte, blocks*typ.BlockBytes())
		require.NoError(t, ggml.Encode(again, typ, values), "values that were decoded, NaN and infinities among them")
	})
}

// FuzzEncode writes any floats as any type, and reads them again.
func FuzzEncode(f *testing.F) {
	for i, typ := range ggml.Types() {
		f.Add(uint32(typ), anyBytes(200+i, 4*typ.BlockSize()))
	}
	f.Fuzz(func(t *testing.T, number uint32, data []byte) {
		typ := ggml.Type(number)
		if !typ.CanEncode() {
			return
		}
		values := make([]float32, len(data)/4/typ.BlockSize()*typ.BlockSize())
		require.NoError(t, ggml.Decode(values, ggml.F32, data[:4*len(values)]))
		blocks := encoded(t, typ, values)
		require.NoError(t, ggml.Decode(values, typ, blocks))
	})
}

func FuzzParseType(f *testing.F) {
	for _, typ := range ggml.Types() {
		f.Add(typ.String())
	}
	for _, seed := range []string{"", "q4_k", "Type(31)", "Q9_K", "F32 "} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, name string) {
		typ, err := ggml.ParseType(name)
		if err != nil {
			require.ErrorAs(t, err, new(*ggml.UnknownError))
			return
		}
		require.True(t, typ.Known())
		again, err := ggml.ParseType(typ.String())
		require.NoError(t, err)
		require.Equal(t, typ, again)
	})
}
