package dtype_test

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/x448/float16"

	"github.com/heft-ml/heft/dtype"
)

func TestByteSizeCountsBitsThenBytes(t *testing.T) {
	t.Parallel()
	cases := []struct {
		dt    dtype.DType
		shape []int
		want  int64
		err   error
	}{
		{dtype.F32, nil, 4, nil},
		{dtype.F32, []int{2, 3}, 24, nil},
		{dtype.BF16, []int{2, 3}, 12, nil},
		{dtype.C64, []int{5}, 40, nil},
		{dtype.F4, []int{1, 2}, 1, nil},
		{dtype.F4, []int{1, 3}, 0, dtype.ErrPartialByte},
		{dtype.F6E2M3, []int{4}, 3, nil},
		{dtype.F6E3M2, []int{3}, 0, dtype.ErrPartialByte},
		{dtype.U8, []int{7, 0, 9}, 0, nil},
		{dtype.U8, []int{2, -1}, 0, dtype.ErrNegativeDimension},
		{dtype.U8, []int{math.MaxInt, math.MaxInt, 0}, 0, dtype.ErrSizeOverflow},
		{dtype.U8, []int{0, math.MaxInt, math.MaxInt}, 0, nil},
		{dtype.U8, []int{1 << 62}, 0, dtype.ErrSizeOverflow},
		{dtype.F64, []int{1 << 58}, 0, dtype.ErrSizeOverflow},
		{dtype.F64, []int{1 << 57}, 1 << 60, nil},
	}
	for _, c := range cases {
		got, err := dtype.ByteSize(c.dt, c.shape)
		if c.err != nil {
			require.ErrorIs(t, err, c.err, "%v %v", c.dt, c.shape)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, c.want, got, "%v %v", c.dt, c.shape)
	}
}

func TestCheckNamesTheTensorAndBothSizes(t *testing.T) {
	t.Parallel()
	good := dtype.Tensor{Name: "w", DType: dtype.F32, Shape: []int{2, 3}, Data: make([]byte, 24)}
	require.NoError(t, good.Check())
	assert.Equal(t, 6, good.NumElements())
	assert.Equal(t, 1, dtype.Tensor{}.NumElements(), "a scalar")

	short := good
	short.Name, short.Data = "w\n", good.Data[:20]
	err := short.Check()
	var size *dtype.SizeError
	require.ErrorAs(t, err, &size)
	assert.Equal(t, dtype.SizeError{Name: "w\n", DType: dtype.F32, Shape: []int{2, 3}, Have: 20, Want: 24}, *size)
	assert.Equal(t, `tensor "w\n": F32 of shape [2 3] needs 24 bytes, but has 20`, err.Error())

	negative := good
	negative.Shape = []int{-2, 3}
	require.ErrorIs(t, negative.Check(), dtype.ErrNegativeDimension)
}

func TestFloat32sAppends(t *testing.T) {
	t.Parallel()
	for _, dt := range []dtype.DType{dtype.F16, dtype.BF16, dtype.F32, dtype.F64} {
		tensor := tensorOf(t, dt, 1, -2, 0.5)
		dst := append(make([]float32, 0, 10), 7)
		got, err := tensor.Float32s(dst)
		require.NoError(t, err)
		assert.Equal(t, []float32{7, 1, -2, 0.5}, got, dt.String())
		assert.Same(t, &dst[0], &got[0], "room in dst is used")
	}
}

func TestFloat32sOfFloat64RefusesWhatFloat32CannotHold(t *testing.T) {
	t.Parallel()
	tensor := float64Tensor("big", 1, 1e300, -1e300, math.Inf(1))
	_, err := tensor.Float32s(nil)
	var overflow *dtype.OverflowError
	require.ErrorAs(t, err, &overflow)
	assert.Equal(t, 2, overflow.Report.Total())

	inf := float32(math.Inf(1))
	got, err := tensor.Float32s(nil, dtype.AllowInf)
	require.NoError(t, err)
	assert.Equal(t, []float32{1, inf, -inf, inf}, got)
	got, err = tensor.Float32s(nil, dtype.Saturate)
	require.NoError(t, err)
	assert.Equal(t, []float32{1, math.MaxFloat32, -math.MaxFloat32, inf}, got)
}

func TestFloat32sRefusesOtherFormatsAndWrongSizes(t *testing.T) {
	t.Parallel()
	dst := []float32{1}
	got, err := dtype.Tensor{Name: "ids", DType: dtype.C64, Shape: []int{1}, Data: make([]byte, 8)}.Float32s(dst)
	var cast *dtype.CastError
	require.ErrorAs(t, err, &cast)
	assert.Contains(t, err.Error(), `"ids"`)
	assert.Equal(t, dst, got, "dst comes back as it was")

	_, err = dtype.Tensor{Name: "w", DType: dtype.F32, Shape: []int{3}, Data: make([]byte, 8)}.Float32s(nil)
	var size *dtype.SizeError
	require.ErrorAs(t, err, &size)
}

func TestFromFloat32sCopies(t *testing.T) {
	t.Parallel()
	values, shape := []float32{1, 2, 1e6}, []int{3}
	tensor, err := dtype.FromFloat32s("w", shape, values, dtype.F16, dtype.Saturate)
	require.NoError(t, err)
	assert.Equal(t, []float32{1, 2, 1e6}, values, "clamping leaves the caller's values alone")
	values[0], shape[0] = 9, 9
	got, err := tensor.Float32s(nil)
	require.NoError(t, err)
	assert.Equal(t, []float32{1, 2, 65504}, got)
	assert.Equal(t, []int{3}, tensor.Shape)
}

func TestFromFloat32sFollowsThePolicy(t *testing.T) {
	t.Parallel()
	values := []float32{1, -1e6, float32(math.Inf(1))}
	_, err := dtype.FromFloat32s("w", []int{3}, values, dtype.F16)
	var overflow *dtype.OverflowError
	require.ErrorAs(t, err, &overflow)
	assert.Equal(t, dtype.OverflowReport{{Name: "w", From: dtype.F32, To: dtype.F16, Overflow: 1, Values: 3}}, overflow.Report)

	tensor, err := dtype.FromFloat32s("w", []int{3}, values, dtype.F16, dtype.AllowInf)
	require.NoError(t, err)
	got, err := tensor.Float32s(nil)
	require.NoError(t, err)
	inf := float32(math.Inf(1))
	assert.Equal(t, []float32{1, -inf, inf}, got)

	_, err = dtype.FromFloat32s("w", []int{3}, values, dtype.BF16)
	require.NoError(t, err, "BF16 reaches as far as float32")
}

func TestFromFloat32sRefusesFormatsItCannotMake(t *testing.T) {
	t.Parallel()
	for _, dt := range []dtype.DType{0, dtype.F4, dtype.C64, dtype.F8E8M0} {
		_, err := dtype.FromFloat32s("w", []int{1}, []float32{1}, dt)
		var cast *dtype.CastError
		require.ErrorAs(t, err, &cast, dt)
	}
}

func TestConstructorsPanicWhenShapeAndValuesDiffer(t *testing.T) {
	t.Parallel()
	panicOf := func(f func()) (v any) {
		defer func() { v = recover() }()
		f()
		return nil
	}
	for _, f := range []func(){
		func() { _, _ = dtype.FromFloat32s("w", []int{2, 2}, make([]float32, 3), dtype.F32) },
		func() { dtype.FromFloat16s("w", []int{2, 2}, make([]float16.Float16, 3)) },
		func() { dtype.FromFloat16s("w", []int{-1}, nil) },
	} {
		assert.IsType(t, &dtype.SizeError{}, panicOf(f))
	}
}

func TestFloat16sRoundTrip(t *testing.T) {
	t.Parallel()
	values := make([]float16.Float16, 1<<16)
	for i := range values {
		values[i] = float16.Frombits(uint16(i))
	}
	tensor := dtype.FromFloat16s("w", []int{256, 256}, values)
	require.NoError(t, tensor.Check())
	got, err := tensor.Float16s()
	require.NoError(t, err)
	assert.Equal(t, values, got)

	_, err = tensorOf(t, dtype.BF16, 1).Float16s()
	var cast *dtype.CastError
	require.ErrorAs(t, err, &cast)
	tensor.Shape = []int{3}
	_, err = tensor.Float16s()
	var size *dtype.SizeError
	require.ErrorAs(t, err, &size)
}

func TestOverflowErrorNamesTensorsInOneBoundedLine(t *testing.T) {
	t.Parallel()
	report := dtype.OverflowReport{
		{Name: "fc1.weight", From: dtype.F32, To: dtype.F16, Overflow: 2, Values: 8192},
		{Name: "evil\n\x1b[2J", From: dtype.F32, To: dtype.F16, Overflow: 1, Values: 10},
	}
	message := (&dtype.OverflowError{Report: report}).Error()
	assert.Equal(t, `overflow refused: 2 of 8192 values of "fc1.weight" are beyond F16's 65504, 1 of 10 values of "evil\n\x1b[2J" are beyond F16's 65504: `+
		`use a wider dtype, or allow infinities (AllowInf), or clamp (Saturate)`, message)
	assert.Equal(t, 3, report.Total())

	for i := range 1000 {
		report = append(report, dtype.OverflowCount{Name: fmt.Sprint(i, strings.Repeat("x", 10_000)), To: dtype.F16, Overflow: 1, Values: 1})
	}
	message = (&dtype.OverflowError{Report: report}).Error()
	assert.Contains(t, message, "and 997 more tensors")
	assert.Less(t, len(message), 2000)
}
