package safetensors

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// fileOf makes a file of a header, as it is, and data.
func fileOf(header string, data []byte) []byte {
	b := binary.LittleEndian.AppendUint64(nil, uint64(len(header)))
	return append(append(b, header...), data...)
}

// writeAll returns the bytes that Write makes.
func writeAll(t testing.TB, tensors []dtype.Tensor, dt dtype.DType, opts ...Option) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, tensors, dt, opts...))
	return b.Bytes()
}

// float32s makes an F32 tensor of the numbers 0, 1, 2 ...
func float32s(t testing.TB, name string, shape ...int) dtype.Tensor {
	t.Helper()
	values := make([]float32, dtype.Tensor{Shape: shape}.NumElements())
	for i := range values {
		values[i] = float32(i)
	}
	tensor, err := dtype.FromFloat32s(name, shape, values, dtype.F32)
	require.NoError(t, err)
	return tensor
}

// TestGoldenFiles compares with files that the tests of the reference implementation contain (safetensors/src/tensor.rs), to the byte.
func TestGoldenFiles(t *testing.T) {
	t.Parallel()
	zeros := func(name string, dt dtype.DType) dtype.Tensor {
		return dtype.Tensor{Name: name, DType: dt, Shape: []int{2, 2}, Data: make([]byte, 4*dt.Bits()/8)}
	}
	attn := float32s(t, "attn.0", 1, 2, 3)
	attn0 := float32s(t, "attn0", 1, 1, 2, 3)
	cases := []struct {
		name     string
		tensors  []dtype.Tensor
		metadata map[string]string
		header   string
		length   byte
		data     []byte
	}{
		{
			"one tensor",
			[]dtype.Tensor{zeros("test", dtype.I32)}, nil,
			`{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}    `, 0x40, make([]byte, 16),
		},
		{
			"the wider dtype first",
			[]dtype.Tensor{zeros("test2", dtype.F16), zeros("test1", dtype.I32)}, nil,
			`{"test1":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]},"test2":{"dtype":"F16","shape":[2,2],"data_offsets":[16,24]}}      `, 0x80, make([]byte, 24),
		},
		{"metadata only", nil, map[string]string{"framework": "pt"}, `{"__metadata__":{"framework":"pt"}}     `, 40, nil},
		{"nothing", nil, nil, `{}      `, 8, nil},
		{"no padding", []dtype.Tensor{attn}, nil, `{"attn.0":{"dtype":"F32","shape":[1,2,3],"data_offsets":[0,24]}}`, 64, attn.Data},
		{"seven spaces", []dtype.Tensor{attn0}, nil, `{"attn0":{"dtype":"F32","shape":[1,1,2,3],"data_offsets":[0,24]}}       `, 72, attn0.Data},
		{
			"half a byte per element",
			[]dtype.Tensor{{Name: "attn.0", DType: dtype.F4, Shape: []int{1, 2}, Data: []byte{0}}}, nil,
			`{"attn.0":{"dtype":"F4","shape":[1,2],"data_offsets":[0,1]}}    `, 64, []byte{0},
		},
	}
	for _, c := range cases {
		want := fileOf(c.header, c.data)
		require.Equal(t, []byte{c.length, 0, 0, 0, 0, 0, 0, 0}, want[:8], c.name)
		got := writeAll(t, c.tensors, AsIs, ExactMetadata(c.metadata))
		require.Equal(t, want, got, c.name)

		f, err := NewReader(bytes.NewReader(want), int64(len(want)))
		require.NoError(t, err, c.name)
		assert.Equal(t, c.metadata, f.Metadata(), c.name)
		assert.Len(t, f.Tensors(), len(c.tensors), c.name)
	}
}

func TestMetadataComesFirstSortedAndWithFormat(t *testing.T) {
	t.Parallel()
	header := func(opts ...Option) string {
		b := writeAll(t, []dtype.Tensor{{Name: "x", DType: dtype.U8, Shape: []int{0}}}, AsIs, opts...)
		return strings.TrimRight(string(b[8:]), " ")
	}
	const tail = `,"x":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}`
	assert.Equal(t, `{"__metadata__":{"format":"pt"}`+tail, header())
	assert.Equal(t, `{"__metadata__":{"format":"pt"}`+tail, header(Metadata(nil)))
	assert.Equal(t, `{"__metadata__":{"a":"1","b":"2","format":"pt","z":"3"}`+tail, header(Metadata(map[string]string{"z": "3", "b": "2", "a": "1"})))
	assert.Equal(t, `{"__metadata__":{"format":"np"}`+tail, header(Metadata(map[string]string{"format": "np"})))
	assert.Equal(t, `{"__metadata__":{"b":"2"}`+tail, header(ExactMetadata(map[string]string{"b": "2"})))
	assert.Equal(t, `{"__metadata__":{}`+tail, header(ExactMetadata(map[string]string{})))
	assert.Equal(t, `{`+tail[1:], header(ExactMetadata(nil)))
}

func TestStringsAreEscapedAsTheReferenceDoes(t *testing.T) {
	t.Parallel()
	const text = "\x00\x01\b\t\n\v\f\r\x1f \"\\/<>&\x7fé\u2028\U0001F600"
	const want = `"\u0000\u0001\b\t\n\u000b\f\r\u001f \"\\/<>&` + "\x7fé\u2028\U0001F600" + `"`
	assert.Equal(t, want, string(appendQuoted(nil, text)))
	back, err := (&scanner{text: []byte(want)}).string()
	require.NoError(t, err)
	assert.Equal(t, text, back)
}

// randomTensors makes 1 to 7 tensors of rank 0 to 7 and any dtype, with any bytes.
func randomTensors(r *rand.Rand) []dtype.Tensor {
	all := dtype.All()
	tensors := make([]dtype.Tensor, 1+r.IntN(7))
	for i := range tensors {
		t := dtype.Tensor{Name: strings.Repeat("é", i) + "layer\n\"" + string(rune('a'+i)), DType: all[r.IntN(len(all))], Shape: []int{}}
		for range r.IntN(8) {
			t.Shape = append(t.Shape, r.IntN(4)+min(1, r.IntN(8)))
		}
		if t.DType.Bits()%8 != 0 {
			t.Shape = append(t.Shape, 4)
		}
		t.Data = make([]byte, t.NumElements()*t.DType.Bits()/8)
		for j := range t.Data {
			t.Data[j] = byte(r.Uint32())
		}
		tensors[i] = t
	}
	return tensors
}

func TestRandomTensorsRoundTripAlignedAndInAnyOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		tensors := randomTensors(r)
		metadata := map[string]string{"seed": "1", "": "\x00"}
		b := writeAll(t, tensors, AsIs, ExactMetadata(metadata))
		f, err := NewReader(bytes.NewReader(b), int64(len(b)))
		require.NoError(t, err)
		require.Equal(t, metadata, f.Metadata())
		require.Len(t, f.Tensors(), len(tensors))
		for _, want := range tensors {
			got, err := f.Read(want.Name)
			require.NoError(t, err)
			require.Equal(t, want, got)
		}
		for _, e := range f.entries {
			require.Zero(t, (e.offset-int64(e.begin))%alignment)
			require.Zero(t, e.begin*8%uint64(max(8, e.DType.Bits())), "%v begins at %d", e.DType, e.begin)
		}
		r.Shuffle(len(tensors), func(i, j int) { tensors[i], tensors[j] = tensors[j], tensors[i] })
		require.Equal(t, b, writeAll(t, tensors, AsIs, ExactMetadata(metadata)), "the order of the input does not matter")
	}
}

func TestWriteConvertsFloatsAndLeavesOthers(t *testing.T) {
	t.Parallel()
	var doubles []byte
	for _, x := range []float64{0, 1, -2.5} {
		doubles = binary.LittleEndian.AppendUint64(doubles, math.Float64bits(x))
	}
	half, err := dtype.FromFloat32s("half", []int{3}, []float32{0, 1, -2.5}, dtype.F16)
	require.NoError(t, err)
	tensors := []dtype.Tensor{
		{Name: "double", DType: dtype.F64, Shape: []int{3}, Data: doubles},
		half,
		{Name: "steps", DType: dtype.I64, Shape: []int{1}, Data: []byte{1, 2, 3, 4, 5, 6, 7, 8}},
		{Name: "codes", DType: dtype.F8E4M3, Shape: []int{2}, Data: []byte{0x7e, 0xfe}},
	}
	for _, dt := range []dtype.DType{dtype.F32, dtype.F16, dtype.BF16} {
		b := writeAll(t, tensors, dt)
		f, err := NewReader(bytes.NewReader(b), int64(len(b)))
		require.NoError(t, err)
		for _, name := range []string{"double", "half"} {
			got, err := f.Read(name)
			require.NoError(t, err)
			assert.Equal(t, dt, got.DType)
			values, err := got.Float32s(nil)
			require.NoError(t, err)
			assert.Equal(t, []float32{0, 1, -2.5}, values)
		}
		for _, want := range tensors[2:] {
			got, err := f.Read(want.Name)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
	}
}
