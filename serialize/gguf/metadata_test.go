package gguf

import (
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValuesSayWhatTheyAre(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		v          Value
		kind, text string
		n          int
	}{
		{Of(uint8(7)), "u8", "7", 1},
		{Of(int64(-7)), "i64", "-7", 1},
		{Of(float32(0.1)), "f32", "0.1", 1},
		{Of(true), "bool", "true", 1},
		{Of("a\nb"), "str", "a\nb", 1},
		{ArrayOf([]string{"a", "b\n"}), "arr[str]", `["a", "b\n"]`, 2},
		{ArrayOf([]int32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}), "arr[i32]", "[1, 2, 3, 4, 5, 6, 7, 8, ... 10 in all]", 10},
		{ArrayOf([]bool{}), "arr[bool]", "[]", 0},
		{ArrayOfArrays([]Value{ArrayOf([]uint8{1, 2}), ArrayOf([]string{})}), "arr[arr]", "[arr[u8] of 2, arr[str] of 0]", 2},
		{Value{}, "none", "<nil>", 1},
	} {
		assert.Equal(t, c.kind, c.v.TypeName())
		assert.Equal(t, c.text, c.v.String())
		assert.Equal(t, c.n, c.v.Len())
	}
	element, ok := ArrayOf([]uint16{1}).Element()
	assert.True(t, ok)
	assert.Equal(t, U16, element)
	_, ok = Of("x").Element()
	assert.False(t, ok)
	assert.Equal(t, []uint16{1}, ArrayOf([]uint16{1}).Any())
	assert.Equal(t, "ValueType(13)", ValueType(13).String())
	assert.Panics(t, func() { ArrayOfArrays([]Value{Of(uint8(1))}) })
}

func TestGettersTakeWhatFits(t *testing.T) {
	t.Parallel()
	m := everyKind()
	for key, want := range map[string]int64{"u8": 200, "i8": -100, "u16": 60000, "i16": -30000, "u32": 4e9, "i32": -2e9, "i64": math.MinInt64} {
		n, err := m.Int(key)
		require.NoError(t, err)
		assert.Equal(t, want, n, key)
	}
	text, err := m.Text(KeyArchitecture)
	require.NoError(t, err)
	assert.Equal(t, "test", text)
	yes, err := m.Bool("yes")
	require.NoError(t, err)
	assert.True(t, yes)
	for key, want := range map[string]float64{"f32": -1.5, "f64": math.Pi} {
		x, err := m.Float(key)
		require.NoError(t, err)
		assert.Equal(t, want, x, key)
	}
	tokens, err := m.Texts("tokenizer.ggml.tokens")
	require.NoError(t, err)
	assert.Equal(t, []string{"<unk>", "▁a"}, tokens)
	types, err := m.Ints("tokenizer.ggml.token_type")
	require.NoError(t, err)
	assert.Equal(t, []int64{2, 1}, types)
	scores, err := m.Floats("tokenizer.ggml.scores")
	require.NoError(t, err)
	assert.Equal(t, []float64{0, -1}, scores)
	bools, err := m.Bools("a.bool")
	require.NoError(t, err)
	assert.Equal(t, []bool{true, false, true}, bools)
}

func TestGettersNameTheKeyAndWhatItIs(t *testing.T) {
	t.Parallel()
	m := everyKind()
	for want, err := range map[string]error{
		`wrong type: key "f32": it is f32 "-1.5", an integer is needed`:   second(m.Int("f32")),
		`wrong type: key "u64": it is u64 "18446744073709551615", an int`: second(m.Int("u64")),
		`key "text": it is str "naïve\n世界", f32 or f64 is needed`:         second(m.Float("text")),
		`key "u8": it is u8 "200", str is needed`:                         second(m.Text("u8")),
		`key "a.u8": it is arr[u8] "[1, 2, 3]", bool is needed`:           second(m.Bool("a.u8")),
		`key "u8": it is u8 "200", an array of str is needed`:             second(m.Texts("u8")),
		`key "a.f32": it is arr[f32], an array of integers is needed`:     second(m.Ints("a.f32")),
		`key "a.u64": it is arr[u64], an array of integers is needed`:     second(m.Ints("a.u64")),
		`key "a.u8": it is arr[u8], an array of f32 or f64 is needed`:     second(m.Floats("a.u8")),
	} {
		assert.ErrorContains(t, err, want)
		assert.ErrorIs(t, err, WrongType)
		assert.NotContains(t, err.Error(), "\n")
	}
	for _, err := range []error{second(m.Int("x")), second(m.Texts("x"))} {
		assert.ErrorIs(t, err, KeyNotFound)
		assert.ErrorContains(t, err, `key "x"`)
	}
}

func TestMetadataChangesInCopies(t *testing.T) {
	t.Parallel()
	m := Metadata{{"a", Of(uint8(1))}, {"b", Of(uint8(2))}}
	assert.Equal(t, Metadata{{"a", Of("x")}, {"b", Of(uint8(2))}}, m.With("a", Of("x")))
	assert.Equal(t, Metadata{{"a", Of(uint8(1))}, {"b", Of(uint8(2))}, {"c", Of("x")}}, m.With("c", Of("x")))
	assert.Equal(t, Metadata{{"b", Of(uint8(2))}}, m.Without("a", "c"))
	assert.Equal(t, Metadata{{"a", Of(uint8(1))}, {"b", Of(uint8(2))}}, m)
	given := []uint8{1}
	v := ArrayOf(given)
	given[0] = 2
	assert.Equal(t, ArrayOf([]uint8{1}), v)
}

func TestMetadataThatGGMLWouldRefuseIsNotWritten(t *testing.T) {
	t.Parallel()
	deep := ArrayOf([]uint8{1})
	for range deepest {
		deep = ArrayOfArrays([]Value{deep})
	}
	for name, c := range map[string]struct {
		m    Metadata
		kind Kind
	}{
		"an empty key":        {Metadata{{"", Of("x")}}, InvalidName},
		"a long key":          {Metadata{{strings.Repeat("k", 1<<16), Of("x")}}, InvalidName},
		"a key of no text":    {Metadata{{"\xff", Of("x")}}, InvalidName},
		"a key twice":         {Metadata{{"k", Of("x")}, {"k", Of("y")}}, DuplicateName},
		"no value":            {Metadata{{"k", Value{}}}, BadValue},
		"arrays too deep":     {Metadata{{"k", deep}}, BadValue},
		"alignment of 0":      {Metadata{{KeyAlignment, Of(uint32(0))}}, BadAlignment},
		"alignment of 48":     {Metadata{{KeyAlignment, Of(uint32(48))}}, BadAlignment},
		"alignment of i32":    {Metadata{{KeyAlignment, Of(int32(32))}}, BadAlignment},
		"alignment of a text": {Metadata{{KeyAlignment, Of("32")}}, BadAlignment},
		"alignment of 2^31":   {Metadata{{KeyAlignment, Of(uint32(1 << 31))}}, BadAlignment},
	} {
		_, err := newPlan(c.m, nil, nil)
		assert.ErrorIs(t, err, c.kind, name)
		assert.NotContains(t, err.Error(), "\n", name)
	}
}
