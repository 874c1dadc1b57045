package gguf

import (
	"bytes"
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"

	_ "github.com/heft-ml/heft/internal/testmode"
)

// raw is a file put together by hand, right or wrong. Its numbers have the order of bytes of that name.
type raw struct {
	binary.AppendByteOrder
	b []byte
}

func le() *raw { return &raw{AppendByteOrder: binary.LittleEndian} }

func be() *raw { return &raw{AppendByteOrder: binary.BigEndian} }

func (r *raw) u32(v uint32) *raw {
	r.b = r.AppendUint32(r.b, v)
	return r
}

func (r *raw) u64(v uint64) *raw {
	r.b = r.AppendUint64(r.b, v)
	return r
}

func (r *raw) bytes(v ...byte) *raw {
	r.b = append(r.b, v...)
	return r
}

func (r *raw) str(v string) *raw { return r.u64(uint64(len(v))).bytes([]byte(v)...) }

// start is magic, version and how much follows.
func (r *raw) start(tensors, keys uint64) *raw {
	return r.bytes([]byte(magic)...).u32(version).u64(tensors).u64(keys)
}

// key is a key and the type of its value, which must follow.
func (r *raw) key(name string, t ValueType) *raw { return r.str(name).u32(uint32(t)) }

// array begins the value of an array.
func (r *raw) array(t ValueType, n uint64) *raw { return r.u32(uint32(t)).u64(n) }

// tensor describes one. The first dimension is the fastest.
func (r *raw) tensor(name string, t ggml.Type, offset uint64, dims ...uint64) *raw {
	r.str(name).u32(uint32(len(dims)))
	for _, n := range dims {
		r.u64(n)
	}
	return r.u32(uint32(t)).u64(offset)
}

// data pads to a multiple of the alignment and adds n bytes 0, 1, 2 ...
func (r *raw) data(alignment, n int) *raw {
	for len(r.b)%alignment != 0 {
		r.bytes(0)
	}
	for i := range n {
		r.bytes(byte(i))
	}
	return r
}

// opened opens a file in memory.
func opened(t testing.TB, b []byte) *File {
	t.Helper()
	f, err := NewReader(bytes.NewReader(b), int64(len(b)))
	require.NoError(t, err)
	return f
}

// copied writes a file again as Create does.
func copied(t testing.TB, f *File) []byte {
	t.Helper()
	p, err := newPlan(f.Metadata(), f.Tensors(), f.Content)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, p.writeTo(&b))
	return b.Bytes()
}

// written is the bytes that Write makes.
func written(t testing.TB, m Metadata, tensors []dtype.Tensor, as func(dtype.Info) ggml.Type) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, Write(&b, m, tensors, as))
	return b.Bytes()
}

// wave makes a tensor of F32 whose values are neither equal nor simple.
func wave(t testing.TB, name string, shape ...int) dtype.Tensor {
	t.Helper()
	n := dtype.Tensor{Shape: shape}.NumElements()
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(math.Sin(float64(i)*0.7+float64(len(name))) / float64(1+i%5))
	}
	tensor, err := dtype.FromFloat32s(name, shape, values, dtype.F32)
	require.NoError(t, err)
	return tensor
}

// only chooses the same type for every tensor.
func only(to ggml.Type) func(dtype.Info) ggml.Type { return func(dtype.Info) ggml.Type { return to } }

// everyKind has a value of every type, and an array of every type, empty ones among them.
func everyKind() Metadata {
	return Metadata{
		{KeyArchitecture, Of("test")},
		{"u8", Of(uint8(200))}, {"i8", Of(int8(-100))}, {"u16", Of(uint16(60000))}, {"i16", Of(int16(-30000))}, {"u32", Of(uint32(4e9))},
		{"i32", Of(int32(-2e9))}, {"f32", Of(float32(-1.5))}, {"yes", Of(true)}, {"no", Of(false)}, {"text", Of("naïve\n世界")}, {"empty", Of("")},
		{"u64", Of(uint64(math.MaxUint64))}, {"i64", Of(int64(math.MinInt64))}, {"f64", Of(math.Pi)}, {"nan", Of(float32(math.Float32frombits(0x7fa00001)))},
		{"a.u8", ArrayOf([]uint8{1, 2, 3})}, {"a.i8", ArrayOf([]int8{-1, 2})}, {"a.u16", ArrayOf([]uint16{65535})}, {"a.i16", ArrayOf([]int16{-5})},
		{"a.u32", ArrayOf([]uint32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})}, {"a.i32", ArrayOf([]int32{-1})}, {"a.f32", ArrayOf([]float32{0.5, -0.25})},
		{"a.bool", ArrayOf([]bool{true, false, true})}, {"a.str", ArrayOf([]string{"", "a", "\xff bytes", "Ġthe"})}, {"a.u64", ArrayOf([]uint64{1 << 63})},
		{"a.i64", ArrayOf([]int64{-1 << 63})}, {"a.f64", ArrayOf([]float64{1e300})}, {"none", ArrayOf([]string{})}, {"none.f32", ArrayOf[float32](nil)},
		{"tokenizer.ggml.tokens", ArrayOf([]string{"<unk>", "▁a"})}, {"tokenizer.ggml.scores", ArrayOf([]float32{0, -1})},
		{"tokenizer.ggml.token_type", ArrayOf([]int32{2, 1})},
	}
}

// wholeTensors has a tensor for every type that is written, and unusual shapes and names.
func wholeTensors(t testing.TB) ([]dtype.Tensor, func(dtype.Info) ggml.Type) {
	t.Helper()
	types := map[string]ggml.Type{}
	var tensors []dtype.Tensor
	add := func(tensor dtype.Tensor, to ggml.Type) {
		tensors = append(tensors, tensor)
		types[tensor.Name] = to
	}
	for _, to := range ggml.Types() {
		if to.CanEncode() {
			add(wave(t, "blk.0."+to.String()+".weight", 3, 256), to)
		}
	}
	for i, dt := range []dtype.DType{dtype.F64, dtype.I8, dtype.I16, dtype.I32, dtype.I64, dtype.F16, dtype.BF16} {
		to, _ := ggml.Of(dt)
		add(dtype.Tensor{Name: dt.String(), DType: dt, Shape: []int{i + 1}, Data: bytes.Repeat([]byte{byte(i), 1}, (i+1)*dt.Bits()/16+1)[:(i+1)*dt.Bits()/8]}, to)
	}
	add(wave(t, "scalar"), ggml.F32)
	add(wave(t, "empty", 0, 4), ggml.F32)
	add(wave(t, "no rows", 2, 0, 32), ggml.Q8_0)
	add(wave(t, "重み.é", 2, 1, 3, 5), ggml.F16)
	add(wave(t, "", 5), ggml.F32)
	return tensors, func(info dtype.Info) ggml.Type { return types[info.Name] }
}

// wholeFile has every type of value and of tensor.
func wholeFile(t testing.TB) []byte {
	t.Helper()
	tensors, as := wholeTensors(t)
	return written(t, everyKind(), tensors, as)
}
