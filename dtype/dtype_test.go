package dtype_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	_ "github.com/heft-ml/heft/internal/testmode"
)

// specification is the list of the reference implementation (safetensors/src/tensor.rs, enum Dtype), in its order.
var specification = []struct {
	name string
	bits int
}{
	{"BOOL", 8}, {"F4", 4}, {"F6_E2M3", 6}, {"F6_E3M2", 6}, {"U8", 8}, {"I8", 8}, {"F8_E5M2", 8}, {"F8_E4M3", 8}, {"F8_E8M0", 8},
	{"F8_E4M3FNUZ", 8}, {"F8_E5M2FNUZ", 8}, {"I16", 16}, {"U16", 16}, {"F16", 16}, {"BF16", 16}, {"I32", 32}, {"U32", 32}, {"F32", 32},
	{"C64", 64}, {"F64", 64}, {"I64", 64}, {"U64", 64},
}

func TestAllFollowsTheSpecification(t *testing.T) {
	t.Parallel()
	all := dtype.All()
	require.Len(t, all, len(specification))
	for i, want := range specification {
		assert.Equal(t, want.name, all[i].String())
		assert.Equal(t, want.bits, all[i].Bits(), want.name)
		assert.True(t, all[i].Valid())
		if i > 0 {
			assert.Greater(t, all[i], all[i-1], "the order of values is the order of files")
		}
	}
}

func TestParseReadsWhatStringWrites(t *testing.T) {
	t.Parallel()
	for _, d := range dtype.All() {
		for _, name := range []string{d.String(), strings.ToLower(d.String())} {
			got, err := dtype.Parse(name)
			require.NoError(t, err)
			assert.Equal(t, d, got)
		}
	}
}

func TestParseReadsWhatPyTorchCallsThem(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]dtype.DType{
		"float32": dtype.F32, "fp32": dtype.F32, "double": dtype.F64, "half": dtype.F16, "FP16": dtype.F16, "bfloat16": dtype.BF16,
		"float8_e4m3fn": dtype.F8E4M3, "float8_e5m2": dtype.F8E5M2, "int64": dtype.I64, "uint8": dtype.U8, "bool": dtype.Bool,
	} {
		got, err := dtype.Parse(name)
		require.NoError(t, err, name)
		assert.Equal(t, want, got, name)
	}
}

func TestParseListsWhatItAccepts(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"", "F31", "float31", "torch.half", "F32 ", "F\n"} {
		_, err := dtype.Parse(name)
		var unknown *dtype.UnknownError
		require.ErrorAs(t, err, &unknown, "%q", name)
		assert.Equal(t, name, unknown.Name)
		assert.Contains(t, err.Error(), "F8_E4M3FNUZ")
		assert.NotContains(t, err.Error(), "\n")
	}
}

func TestErrorOfAHugeNameIsShort(t *testing.T) {
	t.Parallel()
	_, err := dtype.Parse(strings.Repeat("x", 1<<20))
	assert.Less(t, len(err.Error()), 500)
}

func TestTextRoundTripsThroughJSON(t *testing.T) {
	t.Parallel()
	type recipe struct{ Weights dtype.DType }
	text, err := json.Marshal(recipe{dtype.BF16})
	require.NoError(t, err)
	assert.Equal(t, `{"Weights":"BF16"}`, string(text))
	var back recipe
	require.NoError(t, json.Unmarshal(text, &back))
	assert.Equal(t, dtype.BF16, back.Weights)

	require.Error(t, json.Unmarshal([]byte(`{"Weights":"F7"}`), &back))
	assert.Equal(t, dtype.BF16, back.Weights, "a refused name changes nothing")
}

func TestZeroDTypeIsNoFormat(t *testing.T) {
	t.Parallel()
	for _, d := range []dtype.DType{0, dtype.U64 + 1, 255} {
		assert.False(t, d.Valid())
		assert.Zero(t, d.Bits())
		assert.Contains(t, d.String(), "DType(")
		assert.False(t, d.Castable())
		_, err := d.MarshalText()
		assert.Error(t, err)
		_, err = dtype.ByteSize(d, nil)
		assert.Error(t, err)
	}
}

func FuzzParse(f *testing.F) {
	for _, d := range dtype.All() {
		f.Add(d.String())
	}
	f.Add("f8_e4m3fn")
	f.Fuzz(func(t *testing.T, name string) {
		d, err := dtype.Parse(name)
		if err != nil {
			assert.Zero(t, d)
			return
		}
		again, err := dtype.Parse(d.String())
		require.NoError(t, err)
		assert.Equal(t, d, again)
	})
}
