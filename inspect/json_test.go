package inspect

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

func jsonOf(t *testing.T, r *Report) string {
	t.Helper()
	var b strings.Builder
	require.NoError(t, r.WriteJSON(&b))
	return b.String()
}

func TestJSONRoundTrips(t *testing.T) {
	t.Parallel()
	r := inspected(t, save(t, map[string]string{"note": "<b>&"}, f32Of(t, "w", []float32{0.1, 1.0 / 3, -1e-30}, 3, 1), f32(t, "none", 0)),
		told(nil, `{"seed":18446744073709551615}`)...)
	text := jsonOf(t, r)
	assert.Equal(t, 1, strings.Count(text, "\n"), "one line")
	assert.Contains(t, text, `"<b>&"`)
	assert.Contains(t, text, `"recipe":{"seed":18446744073709551615}`)
	d := json.NewDecoder(strings.NewReader(text))
	d.DisallowUnknownFields()
	var back Report
	require.NoError(t, d.Decode(&back))
	assert.Equal(t, r, &back)
	assert.Equal(t, float64(float32(1.0/3)), float64(back.Tensors[1].Stats.Max))
}

func TestJSONHasItsKeysAlways(t *testing.T) {
	t.Parallel()
	keys := func(text string) []string {
		var m map[string]json.RawMessage
		require.NoError(t, json.Unmarshal([]byte(text), &m))
		return slices.Sorted(maps.Keys(m))
	}
	top := []string{"bytes", "dtypes", "file", "format", "kinds", "memory", "metadata", "parameters", "recipe", "recipe_problem", "tensors", "tokenizer"}
	text := jsonOf(t, inspected(t, save(t, nil)))
	assert.Equal(t, top, keys(text))
	for _, empty := range []string{`"tensors":[]`, `"kinds":[]`, `"dtypes":[]`, `"metadata":{}`, `"recipe":null`, `"recipe_problem":""`} {
		assert.Contains(t, text, empty)
	}

	text = jsonOf(t, header(t, save(t, nil, f32(t, "x"))))
	assert.Equal(t, top, keys(text))
	var doc struct{ Tensors []json.RawMessage }
	require.NoError(t, json.Unmarshal([]byte(text), &doc))
	assert.Equal(t, []string{"bytes", "dtype", "kind", "kind_inferred", "name", "parameters", "shape", "stats"}, keys(string(doc.Tensors[0])))
	assert.Contains(t, text, `"shape":[]`)
	assert.Contains(t, text, `"stats":null`)
	assert.Contains(t, text, `"dtype":"F32"`)
}

func TestJSONWritesWhatIsNoNumberAsNull(t *testing.T) {
	t.Parallel()
	nan := float32(math.NaN())
	r := inspected(t, save(t, nil, f32Of(t, "x", []float32{nan, nan}, 2)))
	text := jsonOf(t, r)
	assert.Contains(t, text, `"finite":0,"nan":2,"pos_inf":0,"neg_inf":0,"zeros":0,"min":null,"max":null,"mean":null,"std":null,"percentiles":{"p1":null,`)
	var back Report
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	assert.True(t, math.IsNaN(float64(back.Tensors[0].Stats.Min)))

	for _, v := range []float64{math.Inf(1), math.Inf(-1)} {
		text, err := json.Marshal(Number(v))
		require.NoError(t, err)
		assert.Equal(t, "null", string(text))
	}
	for _, v := range []float64{math.MaxFloat64, math.SmallestNonzeroFloat64, 0.1, -1.0 / 3} {
		text, err := json.Marshal(Number(v))
		require.NoError(t, err)
		var back Number
		require.NoError(t, json.Unmarshal(text, &back))
		assert.Equal(t, v, float64(back))
	}
	var n Number
	assert.Error(t, json.Unmarshal([]byte(`"x"`), &n))
}

func TestJSONEscapesCharactersBeyondTheBasicPlane(t *testing.T) {
	t.Parallel()
	r := inspected(t, save(t, nil, dtype.Tensor{Name: "tag\U000e0041👍層", DType: dtype.U8, Shape: []int{1}, Data: []byte{1}}))
	text := jsonOf(t, r)
	assert.Contains(t, text, `"tag\udb40\udc41👍層"`)
	var back Report
	require.NoError(t, json.Unmarshal([]byte(text), &back))
	assert.Equal(t, r.Tensors[0].Name, back.Tensors[0].Name)
}
