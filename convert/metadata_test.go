package convert

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
)

func TestMetadataKeepsItsTypeAndPlace(t *testing.T) {
	t.Parallel()
	m := serialize.Metadata{{Key: "n", Value: uint32(7)}, {Key: "name", Value: "x"}, {Key: "eps", Value: float32(1)}, {Key: "on", Value: true},
		{Key: "list", Value: []string{"a"}}, {Key: "i", Value: int8(1)}}
	for _, c := range []struct {
		key, text, kind string
		at              int
		want            any
	}{
		{"n", "8", "", 0, uint32(8)}, {"name", "8", "", 1, "8"}, {"eps", "1e-5", "", 2, float32(1e-5)}, {"on", "false", "", 3, false},
		{"i", "-128", "", 5, int8(-128)}, {"new", "8", "", 6, "8"}, {"new", "8", "u64", 6, uint64(8)}, {"n", "8", "str", 0, "8"}, {"list", "x", "str", 4, "x"},
	} {
		got, err := SetMetadata(m, c.key, c.text, c.kind)
		require.NoError(t, err, c.key)
		assert.Equal(t, serialize.KV{Key: c.key, Value: c.want}, got[c.at])
		assert.Len(t, got, max(len(m), c.at+1))
	}
	assert.Equal(t, uint32(7), m[0].Value, "it stays as it is")
	for _, c := range [][4]string{
		{"n", "-1", "", `"-1" is no uint32`}, {"n", "4294967296", "", "uint32"}, {"i", "128", "", "int8"}, {"on", "maybe", "", "bool"},
		{"eps", "1e99", "", "float32"}, {"list", "a", "", "cannot be set"}, {"x", "1", "u128", "is none of str"},
	} {
		_, err := SetMetadata(m, c[0], c[1], c[2])
		assert.ErrorContains(t, err, c[3])
	}
}

func TestMetadataIsChangedOnTheWay(t *testing.T) {
	t.Parallel()
	in := source(t, map[string]string{"a": "1"}, tensor(t, "w", dtype.F32, []int{1}, 1))
	f, _ := converted(t, in, Options{Format: serialize.Safetensors, Metadata: func(m serialize.Metadata) serialize.Metadata {
		m, err := SetMetadata(m, "b", "2", "")
		require.NoError(t, err)
		return m
	}})
	assert.Equal(t, serialize.Metadata{{Key: "a", Value: "1"}, {Key: "b", Value: "2"}, {Key: "format", Value: "pt"}}, f.Metadata())
}
