package inspect

import (
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

func TestSlicesAreThoseOfNumPy(t *testing.T) {
	t.Parallel()
	tensors := []dtype.Tensor{f32(t, "w", 3, 4), f32(t, "s"), f32(t, "empty", 0, 3), f32(t, "odd[1]", 2)}
	for _, to := range []serialize.Format{serialize.Safetensors, serialize.GGUF, serialize.PyTorch} {
		f := opened(t, saveAs(t, to, nil, tensors...))
		for expression, want := range map[string]struct {
			shape  []int
			values []float64
		}{
			"w[1]":         {[]int{4}, []float64{5, 6, 7, 8}},
			"w[-1, -2]":    {[]int{}, []float64{11}},
			"w[:, 0]":      {[]int{3}, []float64{1, 5, 9}},
			"w[1:, 2:]":    {[]int{2, 2}, []float64{7, 8, 11, 12}},
			"w[0:1,:-3]":   {[]int{1, 1}, []float64{1}},
			"w[2:1]":       {[]int{0, 4}, []float64{}},
			"w[-9:99, :0]": {[]int{3, 0}, []float64{}},
			"s":            {[]int{}, []float64{1}},
			"s[]":          {[]int{}, []float64{1}},
			"empty":        {[]int{0, 3}, []float64{}},
			"odd[1]":       {[]int{2}, []float64{1, 2}},
			"odd[1][1]":    {[]int{}, []float64{2}},
		} {
			a, err := f.Slice(expression)
			require.NoError(t, err, expression)
			assert.Equal(t, want.shape, a.Shape, expression)
			assert.Equal(t, want.values, a.Values, expression)
		}
		for expression, want := range map[string]string{
			"x": "no tensor", "w[": "no tensor", "w[3]": "there is no index 3", "w[-4]": "there is no index -4", "w[0,0,0]": "3 indices",
			"w[a]": "no index", "w[0:a]": "no range", "w[0:1:2]": "no range", "s[0]": "1 indices", "empty[0]": "no index 0", "w[,]": "no index",
		} {
			_, err := f.Slice(expression)
			assert.ErrorContains(t, err, want, expression)
		}
	}
}

func TestSlicesOfBlocksAndOfWhatIsNoNumber(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model.gguf")
	require.NoError(t, gguf.Save(path, nil, []dtype.Tensor{f32(t, "w.weight", 4, 64)}, gguf.Pure(ggml.Q8_0)))
	a, err := opened(t, path).Slice("w.weight[3, 60:]")
	require.NoError(t, err)
	assert.InDeltaSlice(t, []float64{253, 254, 255, 256}, a.Values, 1.1)
	assert.Equal(t, "Q8_0", a.DType)
	_, err = opened(t, save(t, nil, dtype.Tensor{Name: "z", DType: dtype.C64, Shape: []int{1}, Data: make([]byte, 8)})).Slice("z")
	assert.ErrorContains(t, err, "C64")
}

func TestOfManyDimensionsNoValuesAreShown(t *testing.T) {
	t.Parallel()
	shape := slices.Repeat([]int{1}, 65)
	f := opened(t, save(t, nil, f32(t, "w", shape...), f32(t, "v", shape[1:]...)))
	_, err := f.Slice("w")
	require.ErrorContains(t, err, "65 dimensions")
	_, err = f.Slice("v[0]")
	require.NoError(t, err)
}

func TestTextOfAnArrayIsLikeNumPys(t *testing.T) {
	t.Parallel()
	f := opened(t, save(t, nil, f32(t, "w", 2, 2, 3), f32(t, "long", 20), f32(t, "s"), f32(t, "none", 0)))
	text := func(expression string, full bool) string {
		a, err := f.Slice(expression)
		require.NoError(t, err)
		var b strings.Builder
		require.NoError(t, a.WriteText(&b, Layout{}, full))
		return b.String()
	}
	assert.Equal(t, "[[[ 1  2  3]\n  [ 4  5  6]]\n\n [[ 7  8  9]\n  [10 11 12]]]\n", text("w", false))
	assert.Equal(t, "[ 1  2  3 … 18 19 20]\n", text("long", false))
	assert.Equal(t, "[1 2 3 4 5 6 7 8]\n", text("long[:8]", false))
	assert.Contains(t, text("long", true), " 10 11 12 13 ")
	assert.Equal(t, "1\n", text("s", false))
	assert.Equal(t, "[]\n", text("none", false))
	assert.Equal(t, "[]\n", text("w[:, 2:]", true))

	a, err := f.Slice("w[0]")
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, a.WriteJSON(&b))
	assert.Equal(t, `{"name":"w","dtype":"F32","shape":[2,3],"values":[1,2,3,4,5,6]}`+"\n", b.String())
}

func TestJSONLosesNoValue(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	a, err := opened(t, save(t, nil, f32Of(t, "x", []float32{nan, inf, -inf, float32(math.Copysign(0, -1)), 0.1, 1e-45}, 6))).Slice("x")
	require.NoError(t, err)
	var b strings.Builder
	require.NoError(t, a.WriteJSON(&b))
	assert.Contains(t, b.String(), `"values":["NaN","Infinity","-Infinity",-0,0.10000000149011612,1.401298464324817e-45]`)
}

func TestIntegersArePrintedInFull(t *testing.T) {
	t.Parallel()
	i32 := dtype.Tensor{Name: "i", DType: dtype.I32, Shape: []int{2}, Data: []byte{0xff, 0xff, 0xff, 0xff, 0x4e, 0x61, 0xbc, 0}}
	u64, i64 := words(dtype.U64, 1, 1<<64-1), words(dtype.I64, 1<<53+1, 1<<64-1, 1<<63)
	u64.Name, i64.Shape = "u", []int{1, 3}
	f := opened(t, save(t, nil, i32, u64, i64))
	for expression, want := range map[string][2]string{
		"i":         {"[      -1 12345678]\n", "[-1,12345678]"},
		"u":         {"[                   1 18446744073709551615]\n", "[1,18446744073709551615]"},
		"x[0]":      {"[    9007199254740993                   -1 -9223372036854775808]\n", "[9007199254740993,-1,-9223372036854775808]"},
		"x[:, 0:1]": {"[[9007199254740993]]\n", "[9007199254740993]"},
		"x[0, -1]":  {"-9223372036854775808\n", "[-9223372036854775808]"},
		"u[2:]":     {"[]\n", "[]"},
	} {
		a, err := f.Slice(expression)
		require.NoError(t, err)
		var text, asJSON strings.Builder
		require.NoError(t, a.WriteText(&text, Layout{}, false))
		require.NoError(t, a.WriteJSON(&asJSON))
		assert.Equal(t, want[0], text.String(), expression)
		assert.Contains(t, asJSON.String(), `"values":`+want[1]+"}", expression)
	}
}

func FuzzParseSpans(f *testing.F) {
	f.Add("0:2, -1", 3, 4)
	f.Add(":, 9999999999999999999", 0, 1)
	f.Fuzz(func(t *testing.T, text string, n, m int) {
		shape := []int{max(n, 0), max(m, 0)}
		spans, err := parseSpans(text, shape)
		if err != nil {
			return
		}
		for i, s := range spans {
			if s.from < 0 || s.to < s.from || s.to > shape[i] {
				t.Fatalf("%q of %v: %+v", text, shape, spans)
			}
		}
	})
}

func TestNamesOfTensorsThatAreAlmostRightAreSuggested(t *testing.T) {
	t.Parallel()
	s := opened(t, save(t, nil, f32(t, "fc.weight", 2), f32(t, "layers.0.fc\x1b.bias", 2)))
	_, err := s.Slice("fc.wieght[0]")
	require.ErrorContains(t, err, `(did you mean "fc.weight"?)`)
	_, err = Choose(s.Tensors(), []string{"layers.0.fc.bias"})
	require.ErrorContains(t, err, `(did you mean "layers.0.fc\x1b.bias"?)`, "what it may do to a terminal is escaped")
	_, err = Choose(s.Tensors(), []string{"conv*"})
	assert.NotContains(t, err.Error(), "mean")
	long := strings.Repeat("block.", 9)
	s = opened(t, save(t, nil, f32(t, long+"fc1", 2), f32(t, long+"fc2", 2), f32(t, long+"fc3", 2)))
	_, err = Choose(s.Tensors(), []string{long + "fc4"})
	require.ErrorContains(t, err, `fc1", "`+long+`fc2" or "`+long+`fc3"?): 'heft inspect' lists their names`)
}
