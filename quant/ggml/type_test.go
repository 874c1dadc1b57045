package ggml_test

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/quant/ggml"
)

// header is enum ggml_type of ggml.h with the sizes that static_assert has in ggml-common.h. Other numbers were removed.
var header = []struct {
	number          ggml.Type
	name            string
	elements, bytes int
	plain           dtype.DType
}{
	{0, "F32", 1, 4, dtype.F32},
	{1, "F16", 1, 2, dtype.F16},
	{2, "Q4_0", 32, 2 + 16, 0},
	{3, "Q4_1", 32, 2*2 + 16, 0},
	{6, "Q5_0", 32, 2 + 4 + 16, 0},
	{7, "Q5_1", 32, 2*2 + 4 + 16, 0},
	{8, "Q8_0", 32, 2 + 32, 0},
	{9, "Q8_1", 32, 2*2 + 32, 0},
	{10, "Q2_K", 256, 2*2 + 256/16 + 256/4, 0},
	{11, "Q3_K", 256, 2 + 256/4 + 256/8 + 12, 0},
	{12, "Q4_K", 256, 2*2 + 12 + 256/2, 0},
	{13, "Q5_K", 256, 2*2 + 12 + 256/2 + 256/8, 0},
	{14, "Q6_K", 256, 2 + 256/16 + 3*256/4, 0},
	{15, "Q8_K", 256, 4 + 256 + 256/16*2, 0},
	{16, "IQ2_XXS", 256, 2 + 256/8*2, 0},
	{17, "IQ2_XS", 256, 2 + 256/8*2 + 256/32, 0},
	{18, "IQ3_XXS", 256, 2 + 3*256/8, 0},
	{19, "IQ1_S", 256, 2 + 256/8 + 256/16, 0},
	{20, "IQ4_NL", 32, 2 + 16, 0},
	{21, "IQ3_S", 256, 2 + 13*256/32 + 4, 0},
	{22, "IQ2_S", 256, 2 + 256/4 + 256/16, 0},
	{23, "IQ4_XS", 256, 2 + 2 + 256/64 + 256/2, 0},
	{24, "I8", 1, 1, dtype.I8},
	{25, "I16", 1, 2, dtype.I16},
	{26, "I32", 1, 4, dtype.I32},
	{27, "I64", 1, 8, dtype.I64},
	{28, "F64", 1, 8, dtype.F64},
	{29, "IQ1_M", 256, 256/8 + 256/16 + 256/32, 0},
	{30, "BF16", 1, 2, dtype.BF16},
	{34, "TQ1_0", 256, 2 + 256/64 + (256-4*256/64)/5, 0},
	{35, "TQ2_0", 256, 2 + 256/4, 0},
	{39, "MXFP4", 32, 1 + 16, 0},
	{40, "NVFP4", 64, 4 + 32, 0},
	{41, "Q1_0", 128, 2 + 16, 0},
	{42, "Q2_0", 64, 2 + 16, 0},
}

func TestTypesAreThoseOfTheHeader(t *testing.T) {
	t.Parallel()
	types := ggml.Types()
	require.Len(t, types, len(header))
	for i, want := range header {
		typ := types[i]
		assert.Equal(t, want.number, typ)
		assert.True(t, typ.Known())
		assert.Equal(t, want.name, typ.String())
		assert.Equal(t, want.elements, typ.BlockSize(), want.name)
		assert.Equal(t, want.bytes, typ.BlockBytes(), want.name)
		assert.Equal(t, want.plain, typ.DType(), want.name)
	}
}

func TestRemovedAndFutureNumbersAreUnknown(t *testing.T) {
	t.Parallel()
	for _, typ := range []ggml.Type{4, 5, 31, 32, 33, 36, 37, 38, 43, 1 << 31, math.MaxUint32} {
		assert.False(t, typ.Known() || typ.CanDecode() || typ.CanEncode(), "%v", typ)
		assert.Zero(t, typ.BlockSize()+typ.BlockBytes()+int(typ.DType()), "%v", typ)
		assert.True(t, strings.HasPrefix(typ.String(), "Type("), "%v", typ)
		var unknown *ggml.UnknownError
		_, err := typ.Size(256)
		require.ErrorAs(t, err, &unknown)
		require.ErrorAs(t, ggml.Decode(nil, typ, nil), &unknown)
		require.ErrorAs(t, ggml.Encode(nil, typ, nil), &unknown)
	}
}

func TestParseTypeReadsWhatStringWritesInAnyCase(t *testing.T) {
	t.Parallel()
	for _, typ := range ggml.Types() {
		for _, name := range []string{typ.String(), strings.ToLower(typ.String())} {
			got, err := ggml.ParseType(name)
			require.NoError(t, err)
			assert.Equal(t, typ, got)
		}
	}
	for _, name := range []string{"", "Q4", "Q4_K_M", "Type(31)", "Q4_2"} {
		_, err := ggml.ParseType(name)
		var unknown *ggml.UnknownError
		require.ErrorAs(t, err, &unknown)
		assert.Contains(t, err.Error(), "Q6_K", "the message lists what is accepted")
	}
}

func TestPlainTypesAreFoundByTheirFormat(t *testing.T) {
	t.Parallel()
	found := 0
	for _, dt := range append(dtype.All(), 0) {
		if typ, ok := ggml.Of(dt); ok {
			found++
			assert.Equal(t, dt, typ.DType())
		}
	}
	assert.Equal(t, 8, found)
	_, ok := ggml.Of(dtype.U8)
	assert.False(t, ok)
}

func TestSizeCountsWholeBlocksWithoutOverflow(t *testing.T) {
	t.Parallel()
	good := []struct {
		typ             ggml.Type
		elements, bytes int64
	}{
		{ggml.F32, 0, 0},
		{ggml.F32, 3, 12},
		{ggml.Q4_K, 512, 288},
		{ggml.Q8_0, 32, 34},
		{ggml.F64, math.MaxInt64 / 8, math.MaxInt64 - 7},
		{ggml.I8, math.MaxInt64, math.MaxInt64},
		{ggml.Q8_K, math.MaxInt64 / 512 * 256, math.MaxInt64 / 512 * 292},
	}
	for _, c := range good {
		got, err := c.typ.Size(c.elements)
		require.NoError(t, err)
		assert.Equal(t, c.bytes, got, "%v", c.typ)
	}
	bad := []struct {
		typ      ggml.Type
		elements int64
		says     string
	}{
		{ggml.F32, -1, "negative"},
		{ggml.Q4_K, -256, "negative"},
		{ggml.Q4_K, 255, "256 each"},
		{ggml.Q8_0, 1, "32 each"},
		{ggml.F64, math.MaxInt64/8 + 1, "more bytes"},
		{ggml.F16, math.MaxInt64, "more bytes"},
		{ggml.Q8_K, math.MaxInt64 / 256 * 256, "more bytes"},
	}
	for _, c := range bad {
		_, err := c.typ.Size(c.elements)
		var count *ggml.CountError
		require.ErrorAs(t, err, &count, "%v %d", c.typ, c.elements)
		assert.Contains(t, err.Error(), c.says)
	}
}
