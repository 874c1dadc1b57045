package dtype_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// float64Tensor makes an F64 tensor of one dimension.
func float64Tensor(name string, values ...float64) dtype.Tensor {
	var data []byte
	for _, x := range values {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(x))
	}
	return dtype.Tensor{Name: name, DType: dtype.F64, Shape: []int{len(values)}, Data: data}
}

// tensorOf makes a tensor of one dimension in any of the four formats.
func tensorOf(t *testing.T, dt dtype.DType, values ...float64) dtype.Tensor {
	t.Helper()
	if dt == dtype.F64 {
		return float64Tensor("x", values...)
	}
	var narrow []float32
	for _, x := range values {
		narrow = append(narrow, float32(x))
	}
	tensor, err := dtype.FromFloat32s("x", []int{len(values)}, narrow, dt, dtype.AllowInf)
	require.NoError(t, err)
	return tensor
}

// written returns what WriteAs writes, decoded.
func written(t *testing.T, tensor dtype.Tensor, to dtype.DType, policy dtype.Overflow) []float32 {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, tensor.WriteAs(&b, to, policy))
	values, err := dtype.Tensor{Name: "back", DType: to, Shape: tensor.Shape, Data: b.Bytes()}.Float32s(nil)
	require.NoError(t, err)
	return values
}

func TestEveryFloatFormatWritesAsEveryNarrowerOrWiderOne(t *testing.T) {
	t.Parallel()
	exact := []float64{0, 1, -1.5, 0.25, 100, 0x1p-14, math.Inf(1), math.Inf(-1)} // numbers of all four formats
	for _, from := range []dtype.DType{dtype.F16, dtype.BF16, dtype.F32, dtype.F64} {
		for _, to := range []dtype.DType{dtype.F16, dtype.BF16, dtype.F32} {
			for _, policy := range []dtype.Overflow{dtype.Refuse, dtype.AllowInf, dtype.Saturate} {
				got := written(t, tensorOf(t, from, exact...), to, policy)
				for i, x := range exact {
					assert.Equal(t, float32(x), got[i], "%v to %v", from, to)
				}
			}
		}
	}
}

func TestOverflowFollowsThePolicy(t *testing.T) {
	t.Parallel()
	inf := float32(math.Inf(1))
	cases := []struct {
		from, to dtype.DType
		finite   float64 // the largest magnitude of from that does not overflow
		over     float64 // a magnitude of from that does
	}{
		{dtype.F32, dtype.F16, 65519, 65520},
		{dtype.BF16, dtype.F16, 65280, 65536},
		{dtype.F32, dtype.BF16, 0x1.fefffep127, 0x1.ffp127},
		{dtype.F64, dtype.F16, math.Nextafter(65520, 0), 65520},
		{dtype.F64, dtype.BF16, math.Nextafter(0x1.ffp127, 0), 0x1.ffp127},
		{dtype.F64, dtype.F32, math.Nextafter(0x1.ffffffp127, 0), 0x1.ffffffp127},
		{dtype.F64, dtype.F16, 1, math.MaxFloat64},
		{dtype.F64, dtype.F32, 1, math.MaxFloat64},
	}
	for _, c := range cases {
		fits := tensorOf(t, c.from, c.finite, -c.finite, math.Inf(1), math.NaN())
		n, err := fits.CountOverflow(c.to)
		require.NoError(t, err)
		assert.Zero(t, n, "%v to %v", c.from, c.to)
		assert.False(t, math.IsInf(float64(written(t, fits, c.to, dtype.Refuse)[0]), 0), "%v to %v", c.from, c.to)

		over := tensorOf(t, c.from, c.over, 1, -c.over, math.Inf(-1), math.NaN())
		n, err = over.CountOverflow(c.to)
		require.NoError(t, err)
		assert.Equal(t, 2, n, "%v to %v", c.from, c.to)

		var b bytes.Buffer
		err = over.WriteAs(&b, c.to, dtype.Refuse)
		var overflow *dtype.OverflowError
		require.ErrorAs(t, err, &overflow)
		assert.Equal(t, dtype.OverflowReport{{Name: "x", From: c.from, To: c.to, Overflow: 2, Values: 5}}, overflow.Report)
		assert.Zero(t, b.Len(), "nothing is written of a batch in which a value is refused")

		got := written(t, over, c.to, dtype.AllowInf)
		assert.Equal(t, []float32{inf, 1, -inf, -inf}, got[:4], "%v to %v", c.from, c.to)
		assert.True(t, got[4] != got[4])

		largest := float32(c.to.Limits().Max)
		got = written(t, over, c.to, dtype.Saturate)
		assert.Equal(t, []float32{largest, 1, -largest, -inf}, got[:4], "%v to %v", c.from, c.to)
		assert.True(t, got[4] != got[4])
	}
}

func TestWideningNeverOverflows(t *testing.T) {
	t.Parallel()
	for _, c := range [][2]dtype.DType{{dtype.F16, dtype.BF16}, {dtype.F16, dtype.F32}, {dtype.BF16, dtype.F32}} {
		largest := tensorOf(t, c[0], c[0].Limits().Max)
		n, err := largest.CountOverflow(c[1])
		require.NoError(t, err)
		assert.Zero(t, n)
		assert.False(t, math.IsInf(float64(written(t, largest, c[1], dtype.Refuse)[0]), 0))
	}
}

func TestFloat64BecomesSixteenBitsInOneRounding(t *testing.T) {
	t.Parallel()
	x := 1 + 0x1p-11 + 0x1p-40 // above the tie between 1 and 1+2^-10; as a float32 it would be the tie, and go down to 1
	assert.Equal(t, []float32{1 + 0x1p-10}, written(t, float64Tensor("x", x), dtype.F16, dtype.Refuse))
	x = 1 + 0x1p-8 + 0x1p-40
	assert.Equal(t, []float32{1 + 0x1p-7}, written(t, float64Tensor("x", x), dtype.BF16, dtype.Refuse))
}

func TestWriteAsIsTheSameInOneChunkAndInMany(t *testing.T) {
	t.Parallel()
	values := make([]float32, 10_001)
	for i := range values {
		values[i] = float32(i) / 7
	}
	whole, err := dtype.FromFloat32s("x", []int{73, 137}, values, dtype.BF16)
	require.NoError(t, err)
	source, err := dtype.FromFloat32s("x", []int{73, 137}, values, dtype.F32)
	require.NoError(t, err)
	var b bytes.Buffer
	require.NoError(t, source.WriteAs(&b, dtype.BF16, dtype.Refuse))
	assert.Equal(t, whole.Data, b.Bytes())
}

func TestTensorInItsOwnFormatIsWrittenBitForBit(t *testing.T) {
	t.Parallel()
	for _, dt := range dtype.All() {
		data := []byte{0x01, 0x7c, 0xff, 0xff, 0xa5, 0x7f, 0x01, 0xf4} // as F16 and BF16 there are signaling NaNs among them
		tensor := dtype.Tensor{Name: "x", DType: dt, Shape: []int{64 / dt.Bits()}, Data: data}
		if 64%dt.Bits() != 0 {
			tensor.Shape, tensor.Data = []int{4}, data[:3]
		}
		var b bytes.Buffer
		require.NoError(t, tensor.WriteAs(&b, dt, dtype.Refuse), dt)
		assert.Equal(t, tensor.Data, b.Bytes(), dt)
	}
}

func TestCastRefusesFormatsItCannotConvert(t *testing.T) {
	t.Parallel()
	arithmetic := map[dtype.DType]bool{dtype.F16: true, dtype.BF16: true, dtype.F32: true, dtype.F64: true}
	opaque := map[dtype.DType]bool{
		dtype.F4: true, dtype.F6E2M3: true, dtype.F6E3M2: true, dtype.F8E8M0: true, dtype.F8E4M3FNUZ: true, dtype.F8E5M2FNUZ: true, dtype.C64: true,
	}
	for _, from := range dtype.All() {
		assert.Equal(t, !opaque[from], from.Castable(), from)
		assert.Equal(t, arithmetic[from], from.Arithmetic(), from)
		for _, to := range dtype.All() {
			tensor := dtype.Tensor{Name: "x", DType: from, Shape: []int{0}}
			_, countErr := tensor.CountOverflow(to)
			writeErr := tensor.WriteAs(&bytes.Buffer{}, to, dtype.Refuse)
			if from == to || !opaque[from] && !opaque[to] {
				require.NoError(t, countErr)
				require.NoError(t, writeErr)
				continue
			}
			var cast *dtype.CastError
			require.ErrorAs(t, countErr, &cast)
			require.ErrorAs(t, writeErr, &cast)
			assert.Equal(t, dtype.CastError{Name: "x", From: from, To: to}, *cast)
		}
	}
}

func TestWriteAsStopsAtTheFirstWriteError(t *testing.T) {
	t.Parallel()
	broken := errors.New("disk full")
	values := make([]float32, 20_000)
	source, err := dtype.FromFloat32s("x", []int{20_000}, values, dtype.F32)
	require.NoError(t, err)
	for _, to := range []dtype.DType{dtype.F32, dtype.F16} {
		w := &failingWriter{err: broken}
		require.ErrorIs(t, source.WriteAs(w, to, dtype.Refuse), broken)
		assert.Equal(t, 1, w.calls)
	}
}

// failingWriter refuses every write.
type failingWriter struct {
	err   error
	calls int
}

func (w *failingWriter) Write([]byte) (int, error) {
	w.calls++
	return 0, w.err
}
