package inspect

import (
	"encoding/json"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestValueJSONIsTrueJSON(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value any
		want  string
	}{
		{"a\x1b\\\"<\u202e\x7f", `"a\u001b\\\"<\u202e\u007f"`},
		{float32(0.1), "0.1"},
		{math.NaN(), "null"},
		{uint64(math.MaxUint64), "18446744073709551615"},
		{[]uint8{1, 255}, "[1,255]"},
		{[]float32{0.1, float32(math.Inf(1))}, "[0.1,null]"},
		{[]string{"Ġa", "\n"}, `["Ġa","\n"]`},
		{[]any{[]int8{-1}, []bool{true}, nil}, "[[-1],[true],null]"},
		{[]string(nil), "[]"},
	} {
		text, err := ValueJSON(c.value)
		require.NoError(t, err)
		assert.Equal(t, c.want, text)
		assert.True(t, json.Valid([]byte(text)), text)
	}
	_, err := ValueJSON(func() {})
	assert.Error(t, err)
}
