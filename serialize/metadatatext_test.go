package serialize

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/serialize/safetensors"
)

// ofEveryType has a value of each type that GGUF has, and a list of each, in no order.
func ofEveryType() Metadata {
	return Metadata{
		{"llama.block_count", uint32(30)}, {"b", true}, {"name", "7"}, {"é", "text"}, {"eps", float32(1e-5)}, {"pi", math.Pi}, {"u8", uint8(255)}, {"i8", int8(-128)},
		{"u16", uint16(65535)}, {"i16", int16(-5)}, {"i32", int32(-5)}, {"u64", uint64(math.MaxUint64)}, {"i64", int64(math.MinInt64)}, {"none", []string{}},
		{"tokens", []string{"<|end|>", "Ġthe", "\n\u2028\x00\"", "é"}}, {"types", []int32{3, -1}}, {"scores", []float32{-0.1, 1e30}}, {"u8s", []uint8{0, 200}},
		{"i8s", []int8{-1}}, {"u16s", []uint16{1}}, {"i16s", []int16{2}}, {"u32s", []uint32{1 << 31}}, {"u64s", []uint64{1 << 63}}, {"i64s", []int64{-1 << 63}},
		{"f64s", []float64{0.1, math.Copysign(0, -1)}}, {"bools", []bool{true, false}}, {"a", "<b>"},
	}
}

func TestTypesOfMetadataComeBackFromSafetensors(t *testing.T) {
	t.Parallel()
	want := append(ofEveryType(), KV{"format", "pt"})
	path := filepath.Join(t.TempDir(), "m")
	for range 2 { // and a copy of the copy is the same
		save(t, path, Safetensors, want, tensorOf(t, "w", 0, 2))
		f, err := Open(path)
		require.NoError(t, err)
		assert.Equal(t, want, f.Metadata())
		require.NoError(t, f.Close())
	}
	_, texts, err := safetensors.Load(path)
	require.NoError(t, err)
	assert.Equal(t, `["<|end|>","Ġthe","\n\u2028\u0000\"","é"]`, texts["tokens"], "readable to others")
	assert.Equal(t, "[0,200]", texts["u8s"])
	assert.Equal(t, "0.00001", texts["eps"])
	save(t, path, GGUF, want, tensorOf(t, "w", 0, 2))
	f, err := Open(path)
	require.NoError(t, err)
	assert.Equal(t, want, f.Metadata(), "as a GGUF has them")
	require.NoError(t, f.Close())
}

func TestMetadataOfTextsAloneHasNoTypes(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m")
	save(t, path, Safetensors, Metadata{{"b", "1"}, {"a", "[2]"}}, tensorOf(t, "w", 0, 2))
	_, texts, err := safetensors.Load(path)
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"a": "[2]", "b": "1", "format": "pt"}, texts)
}

// TestTextsThatWereChangedStayTexts has what another program may have made of a file.
func TestTextsThatWereChangedStayTexts(t *testing.T) {
	t.Parallel()
	for types, want := range map[string]Metadata{
		`[["n","u8"],["l","arr[i32]"]]`:                      {{"n", uint8(7)}, {"l", []int32{1}}, {"x", "null"}},
		`[["l","arr[i8]"],["n","f32"],["x","bool"]]`:         {{"l", []int8{1}}, {"n", float32(7)}, {"x", "null"}},
		`[["x","u32"],["n","bool"],["l","u8"]]`:              {{"x", "null"}, {"n", "7"}, {"l", "[1]"}},
		`[["n","str"],["n","u8"],["absent","u8"],["x","?"]]`: {{"n", "7"}, {"x", "null"}, {"l", "[1]"}},
		`[["n"],["heft.types","u8"],[]]`:                     {{"n", "7"}, {"l", "[1]"}, {"x", "null"}},
		`[["l","arr[str]"],["n","arr[u8]"]]`:                 {{"l", "[1]"}, {"n", "7"}, {"x", "null"}},
		`[]`:                                                 {{"l", "[1]"}, {"n", "7"}, {"x", "null"}},
		`{"n":"u8"}`:                                         {{"heft.types", `{"n":"u8"}`}, {"l", "[1]"}, {"n", "7"}, {"x", "null"}},
		`[["n",8]]`:                                          {{"heft.types", `[["n",8]]`}, {"l", "[1]"}, {"n", "7"}, {"x", "null"}},
	} {
		assert.Equal(t, want, typedMetadata(map[string]string{"n": "7", "l": "[1]", "x": "null", typesKey: types}), types)
	}
	assert.Equal(t, Metadata{{"n", "256"}}, typedMetadata(map[string]string{"n": "256", typesKey: `[["n","u8"]]`}), "too large for its type")
	assert.Empty(t, typedMetadata(nil))
}

func TestMetadataThatTextsCannotHoldIsRefused(t *testing.T) {
	t.Parallel()
	for want, m := range map[string]Metadata{
		"not UTF-8":                  {{"tokens", []string{"a", "\xff"}}},
		"NaN":                        {{"x", math.NaN()}},
		"comes twice":                {{"x", uint8(1)}, {"x", uint8(1)}},
		"keeps the types":            {{"x", uint8(1)}, {typesKey, "somebody else's"}},
		"keeps the types of the":     {{"x", "1"}, {typesKey, "[]"}},
		"keeps the types of the oth": {{"x", "1"}, {typesKey, `[["x","u8"]]`}},
		"chan int":                   {{"x", make(chan int)}},
	} {
		_, err := textMetadata(m)
		var refused *MetadataError
		require.ErrorAs(t, err, &refused, want)
		assert.ErrorContains(t, err, want)
	}
	for _, foreign := range []string{"", "null", "not json", `{"n":"u8"}`} { // which come back as they are
		texts, err := textMetadata(Metadata{{typesKey, foreign}})
		require.NoError(t, err)
		assert.Equal(t, Metadata{{typesKey, foreign}}, typedMetadata(texts))
	}
}
