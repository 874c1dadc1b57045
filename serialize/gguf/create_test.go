package gguf

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
)

// requireNames asserts that a folder holds these files and no others.
func requireNames(t *testing.T, dir string, names ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	have := []string{}
	for _, e := range entries {
		have = append(have, e.Name())
	}
	require.ElementsMatch(t, names, have)
}

func TestTheBytesAreThoseOfTheSpecification(t *testing.T) {
	t.Parallel()
	want := le().start(2, 2).key(KeyArchitecture, String).str("llama").key("n", Array).array(U16, 2).bytes(1, 0, 2, 0).
		tensor("a", ggml.F32, 0, 3, 2).tensor("b", ggml.I8, 32, 5).data(32, 0)
	for i := range 6 {
		want.u32(math.Float32bits(float32(i)))
	}
	want.data(32, 5).data(32, 0)
	got := written(t, Metadata{{KeyArchitecture, Of("llama")}, {"n", ArrayOf([]uint16{1, 2})}},
		[]dtype.Tensor{numbers32(t, "a", 2, 3), {Name: "b", DType: dtype.I8, Shape: []int{5}, Data: []byte{0, 1, 2, 3, 4}}}, Pure(ggml.F16))
	assert.Equal(t, want.b, got)
}

// numbers32 makes a tensor of 0, 1, 2 ...
func numbers32(t *testing.T, name string, shape ...int) dtype.Tensor {
	t.Helper()
	values := make([]float32, dtype.Tensor{Shape: shape}.NumElements())
	for i := range values {
		values[i] = float32(i)
	}
	tensor, err := dtype.FromFloat32s(name, shape, values, dtype.F32)
	require.NoError(t, err)
	return tensor
}

func TestCreateRefusesWhatTheFormatCannotHold(t *testing.T) {
	t.Parallel()
	x := dtype.Info{Name: "x", DType: dtype.F32, Shape: []int{2}}
	for name, c := range map[string]struct {
		infos []dtype.Info
		kind  Kind
	}{
		"a name twice":       {[]dtype.Info{x, x}, DuplicateName},
		"a long name":        {[]dtype.Info{{Name: strings.Repeat("n", 64), DType: dtype.F32}}, InvalidName},
		"a name with a zero": {[]dtype.Info{{Name: "x\x00", DType: dtype.F32}}, InvalidName},
		"no text":            {[]dtype.Info{{Name: "\xff", DType: dtype.F32}}, InvalidName},
		"U8":                 {[]dtype.Info{{Name: "x", DType: dtype.U8}}, Unsupported},
		"BOOL":               {[]dtype.Info{{Name: "x", DType: dtype.Bool}}, Unsupported},
		"no type":            {[]dtype.Info{{Name: "x"}}, Unsupported},
		"no known type":      {[]dtype.Info{{Name: "x", Type: "Q9_K"}}, Unsupported},
		"five dimensions":    {[]dtype.Info{{Name: "x", DType: dtype.F32, Shape: []int{1, 1, 1, 1, 1}}}, BadTensor},
		"half a block":       {[]dtype.Info{{Name: "x", Type: "Q4_K", Shape: []int{2, 128}}}, BadTensor},
		"a negative size":    {[]dtype.Info{{Name: "x", DType: dtype.F32, Shape: []int{-1}}}, BadTensor},
		"too many elements":  {[]dtype.Info{{Name: "x", DType: dtype.F32, Shape: []int{1 << 62, 4}}}, BadTensor},
		"beyond any file": {[]dtype.Info{{Name: "x", DType: dtype.I8, Shape: []int{1 << 61}}, {Name: "y", DType: dtype.I8, Shape: []int{1 << 61}},
			{Name: "z", DType: dtype.I8, Shape: []int{1 << 61}}}, BadTensor},
	} {
		dir := t.TempDir()
		err := Create(filepath.Join(dir, "m.gguf"), nil, c.infos, func(dtype.Info, io.Writer) error { return nil })
		require.ErrorIs(t, err, c.kind, name)
		assert.NotContains(t, err.Error(), "\n", name)
		requireNames(t, dir)
	}
}

func TestCreateRefusesContentOfAnotherSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path := filepath.Join(dir, "m.gguf")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	for _, n := range []int{0, 7, 9} {
		err := Create(path, nil, []dtype.Info{{Name: "x", DType: dtype.F32, Shape: []int{2}}}, func(_ dtype.Info, w io.Writer) error {
			_, err := w.Write(make([]byte, n))
			return err
		})
		require.ErrorIs(t, err, BadTensor)
		require.ErrorContains(t, err, "takes 8 bytes, but")
	}
	mine := errors.New("mine")
	require.ErrorIs(t, Create(path, nil, []dtype.Info{{Name: "x", DType: dtype.F32}}, func(dtype.Info, io.Writer) error { return mine }), mine)
	old, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "old", string(old))
	requireNames(t, dir, "m.gguf")
}

// failingWriter fails at the write of that number.
type failingWriter struct{ left int }

func (f *failingWriter) Write(p []byte) (int, error) {
	if f.left--; f.left < 0 {
		return 0, errSource
	}
	return len(p), nil
}

func TestAFailureAtAnyWriteComesBack(t *testing.T) {
	t.Parallel()
	tensors, as := wholeTensors(t)
	writes := 0
	for ; ; writes++ {
		err := Write(&failingWriter{writes}, everyKind(), tensors, as)
		if err == nil {
			break
		}
		require.ErrorIs(t, err, errSource)
	}
	assert.Greater(t, writes, len(tensors))
}

func TestAFileCanBeConvertedOntoItself(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "m.gguf")
	x := wave(t, "x.weight", 300, 512)
	require.NoError(t, Save(path, everyKind(), []dtype.Tensor{x, wave(t, "b", 7)}, only(ggml.F32)))
	f, err := Open(path)
	require.NoError(t, err)
	infos := f.Tensors()
	infos[0].DType, infos[0].Type = 0, "Q5_K"
	infos[1].DType = dtype.BF16
	require.NoError(t, Create(path, f.Metadata(), infos, f.Content))
	require.NoError(t, f.Close())

	values, err := x.Float32s(nil)
	require.NoError(t, err)
	size, err := ggml.Q5_K.Size(int64(len(values)))
	require.NoError(t, err)
	want := make([]byte, size)
	require.NoError(t, ggml.Encode(want, ggml.Q5_K, values))
	f, err = Open(path)
	require.NoError(t, err)
	require.NoError(t, f.View("x.weight", func(data []byte) error { assert.True(t, bytes.Equal(want, data)); return nil }))
	assert.Equal(t, "BF16", f.Tensors()[1].Type)

	back := f.Tensors() // and blocks to halves, and to other blocks
	back[0].DType = dtype.F16
	require.NoError(t, Create(path+"2", f.Metadata(), back, f.Content))
	back[0].DType, back[0].Type = 0, "Q8_0"
	require.NoError(t, Create(path+"3", f.Metadata(), back, f.Content))
	decoded, err := f.Read("x.weight")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	halves, _, err := Load(path + "2")
	require.NoError(t, err)
	wantHalves, err := decoded.As(dtype.F16)
	require.NoError(t, err)
	assert.Equal(t, wantHalves, halves[0])
	f, err = Open(path + "3")
	require.NoError(t, err)
	defer func() { assert.NoError(t, f.Close()) }()
	values, err = decoded.Float32s(values[:0])
	require.NoError(t, err)
	want = make([]byte, len(values)/32*34)
	require.NoError(t, ggml.Encode(want, ggml.Q8_0, values))
	require.NoError(t, f.View("x.weight", func(data []byte) error { assert.True(t, bytes.Equal(want, data)); return nil }))
}

func TestNumbersThatBlocksCannotHoldAreRefused(t *testing.T) {
	t.Parallel()
	for _, to := range ggml.Types() {
		if !to.CanEncode() || to.DType() != 0 {
			continue
		}
		for name, x := range map[string]float32{"NaN": float32(math.NaN()), "+Inf": float32(math.Inf(1)), "-Inf": float32(math.Inf(-1)), "1e+30": 1e30, "-3e+38": -3e38} {
			values := make([]float32, 1024)
			values[300], values[301] = x, 1
			tensor, err := dtype.FromFloat32s("x", []int{1024}, values, dtype.F32)
			require.NoError(t, err)
			err = Write(io.Discard, nil, []dtype.Tensor{tensor}, only(to))
			require.ErrorIs(t, err, NotFinite, "%v of %v", name, to)
			require.ErrorContains(t, err, `tensor "x"`)
			if math.Abs(float64(x)) < math.MaxFloat32 {
				require.ErrorContains(t, err, "too large")
				continue
			}
			require.ErrorContains(t, err, "element 300 is "+name)
		}
		for _, x := range []float32{60000, -60000, 65504, 1, 1e-30, 0} { // no scale is larger
			tensor, err := dtype.FromFloat32s("x", []int{1024}, bytesOf(x, 1024), dtype.F32)
			require.NoError(t, err)
			require.NoError(t, Write(io.Discard, nil, []dtype.Tensor{tensor}, only(to)), "%v of %v", x, to)
		}
	}
	var overflow *dtype.OverflowError
	tensor, err := dtype.FromFloat32s("x", []int{1}, []float32{1e6}, dtype.F32)
	require.NoError(t, err)
	require.ErrorAs(t, Write(io.Discard, nil, []dtype.Tensor{tensor}, only(ggml.F16)), &overflow)
}

func bytesOf(x float32, n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = x
	}
	return values
}

func TestSaveRefusesTypesThatAreNotWritten(t *testing.T) {
	t.Parallel()
	x := wave(t, "x", 2, 256)
	for _, to := range []ggml.Type{ggml.Q8_K, ggml.IQ4_NL, ggml.MXFP4, ggml.Q8_1, ggml.Type(31)} {
		err := Write(io.Discard, nil, []dtype.Tensor{x}, only(to))
		assert.ErrorIs(t, err, Unsupported)
		assert.ErrorContains(t, err, `tensor "x"`)
	}
	var size *dtype.SizeError
	assert.ErrorAs(t, Write(io.Discard, nil, []dtype.Tensor{{Name: "x", DType: dtype.F32, Shape: []int{2}}}, only(ggml.F32)), &size)
	for _, dt := range []dtype.DType{dtype.C64, dtype.F4, dtype.F6E2M3, dtype.F8E8M0} { // numbers that nothing is made of
		var cast *dtype.CastError
		data := make([]byte, 256*dt.Bits()/8)
		for _, to := range []ggml.Type{ggml.F32, ggml.Q4_K} {
			assert.ErrorAs(t, Write(io.Discard, nil, []dtype.Tensor{{Name: "x", DType: dt, Shape: []int{256}, Data: data}}, only(to)), &cast, "%v as %v", dt, to)
		}
	}
	for _, dt := range []dtype.DType{dtype.F64, dtype.F16, dtype.BF16, dtype.F8E4M3, dtype.I8, dtype.U64, dtype.Bool} { // numbers that blocks are made of
		assert.NoError(t, Write(io.Discard, nil, []dtype.Tensor{{Name: "x", DType: dt, Shape: []int{256}, Data: make([]byte, 32*dt.Bits())}}, only(ggml.Q4_K)), dt)
	}
}

func TestTheQuantizationsVersionIsThereWhenThereAreBlocks(t *testing.T) {
	t.Parallel()
	x := []dtype.Tensor{wave(t, "x", 256)}
	_, ok := opened(t, written(t, nil, x, only(ggml.F16))).Metadata().Value(KeyQuantizationVersion)
	assert.False(t, ok)
	assert.Equal(t, Metadata{{KeyQuantizationVersion, Of(uint32(2))}}, opened(t, written(t, nil, x, only(ggml.Q4_0))).Metadata())
	own := Metadata{{KeyQuantizationVersion, Of(uint32(1))}}
	assert.Equal(t, own, opened(t, written(t, own, x, only(ggml.Q4_0))).Metadata())
}

func TestPureIsLlamaQuantizesChoice(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		dt       dtype.DType
		shape    []int
		to, want ggml.Type
	}{
		{"blk.0.attn_q.weight", dtype.F32, []int{512, 256}, ggml.Q4_K, ggml.Q4_K},
		{"blk.0.attn_q.weight", dtype.BF16, []int{512, 288}, ggml.Q2_K, ggml.Q4_0},
		{"blk.0.attn_q.weight", dtype.BF16, []int{512, 288}, ggml.Q3_K, ggml.Q4_0},
		{"blk.0.attn_q.weight", dtype.F32, []int{512, 288}, ggml.Q4_K, ggml.Q5_0},
		{"blk.0.attn_q.weight", dtype.F32, []int{512, 288}, ggml.Q5_K, ggml.Q5_1},
		{"blk.0.attn_q.weight", dtype.F32, []int{512, 288}, ggml.Q6_K, ggml.Q8_0},
		{"blk.0.attn_q.weight", dtype.F32, []int{512, 100}, ggml.Q6_K, ggml.F16},
		{"blk.0.attn_q.weight", dtype.F32, []int{512, 100}, ggml.Q8_0, ggml.F16},
		{"blk.0.attn_q.weight", dtype.F32, []int{512, 100}, ggml.BF16, ggml.BF16},
		{"blk.0.attn_q.bias", dtype.F32, []int{512, 256}, ggml.Q4_K, ggml.F32},
		{"blk.0.attn_norm.weight", dtype.BF16, []int{256}, ggml.Q4_K, ggml.F32},
		{"blk.0.attn_norm.weight", dtype.BF16, []int{2, 256}, ggml.Q4_K, ggml.F32},
		{"position_embd.weight", dtype.F32, []int{64, 256}, ggml.Q8_0, ggml.F32},
		{"row.weight", dtype.F32, []int{1, 256}, ggml.Q8_0, ggml.F32},
		{"scalar.weight", dtype.F64, []int{}, ggml.Q8_0, ggml.F32},
		{"ids.weight", dtype.I64, []int{64, 256}, ggml.Q8_0, ggml.I64},
		{"mask", dtype.Bool, []int{64, 256}, ggml.Q8_0, ggml.F32},
	} {
		got := Pure(c.to)(dtype.Info{Name: c.name, DType: c.dt, Shape: c.shape})
		assert.Equal(t, c.want, got, "%s %v as %v", c.name, c.shape, c.to)
	}
}
