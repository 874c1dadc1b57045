package dtype_test

import (
	"bytes"
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

var integers = []dtype.DType{dtype.U8, dtype.I8, dtype.U16, dtype.I16, dtype.U32, dtype.I32, dtype.U64, dtype.I64}

// rangeOf returns the smallest and the largest number of an integer format.
func rangeOf(dt dtype.DType) (low, high *big.Int) {
	one := big.NewInt(1)
	bits := uint(dt.Bits())
	if dt.String()[0] == 'U' {
		return big.NewInt(0), new(big.Int).Sub(new(big.Int).Lsh(one, bits), one)
	}
	edge := new(big.Int).Lsh(one, bits-1)
	return new(big.Int).Neg(edge), new(big.Int).Sub(edge, one)
}

// integerTensor makes a tensor of an integer format; numbers that it does not hold are left out.
func integerTensor(dt dtype.DType, values []*big.Int) (tensor dtype.Tensor, kept []*big.Int) {
	low, high := rangeOf(dt)
	for _, v := range values {
		if v.Cmp(low) >= 0 && v.Cmp(high) <= 0 {
			kept = append(kept, v)
			bits := new(big.Int).And(v, new(big.Int).SetUint64(math.MaxUint64)).Uint64()
			tensor.Data = append(tensor.Data, binary.LittleEndian.AppendUint64(nil, bits)[:dt.Bits()/8]...)
		}
	}
	tensor.Name, tensor.DType, tensor.Shape = "x", dt, []int{len(kept)}
	return tensor, kept
}

// numbersOf reads an integer tensor by definition.
func numbersOf(tensor dtype.Tensor) (values []*big.Int) {
	width := tensor.DType.Bits() / 8
	_, high := rangeOf(tensor.DType)
	for i := range tensor.NumElements() {
		var word [8]byte
		copy(word[:], tensor.Data[i*width:(i+1)*width])
		v := new(big.Int).SetUint64(binary.LittleEndian.Uint64(word[:]))
		if v.Cmp(high) > 0 {
			v.Sub(v, new(big.Int).Lsh(big.NewInt(1), uint(tensor.DType.Bits())))
		}
		values = append(values, v)
	}
	return values
}

// edges are whole numbers at and around every power of two, both signs, and random ones.
func edges() (values []*big.Int) {
	one := big.NewInt(1)
	for e := range uint(65) {
		p := new(big.Int).Lsh(one, e)
		for _, d := range []int64{-2, -1, 0, 1, 2} {
			v := new(big.Int).Add(p, big.NewInt(d))
			values = append(values, v, new(big.Int).Neg(v))
		}
		for _, bit := range []uint{8, 11, 24, 53} { // ties of the floats
			if e > bit {
				tie := new(big.Int).Add(p, new(big.Int).Lsh(one, e-bit))
				values = append(values, tie, new(big.Int).Add(tie, one), new(big.Int).Sub(tie, one), new(big.Int).Neg(tie))
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		v := new(big.Int).SetUint64(r.Uint64() >> r.IntN(64))
		values = append(values, v, new(big.Int).Neg(v))
	}
	return values
}

func TestIntegersBecomeIntegersExactlyOrSaturated(t *testing.T) {
	t.Parallel()
	all := edges()
	for _, from := range integers {
		source, values := integerTensor(from, all)
		for _, to := range integers {
			low, high := rangeOf(to)
			outside := 0
			for _, v := range values {
				if v.Cmp(low) < 0 || v.Cmp(high) > 0 {
					outside++
				}
			}
			n, err := source.CountOverflow(to)
			require.NoError(t, err)
			require.Equal(t, outside, n, "%v to %v", from, to)
			_, err = source.As(to)
			if outside > 0 {
				var overflow *dtype.OverflowError
				require.ErrorAs(t, err, &overflow)
				require.ErrorContains(t, err, low.String()+" to "+high.String())
			} else {
				require.NoError(t, err)
			}
			for _, policy := range []dtype.Overflow{dtype.AllowInf, dtype.Saturate} {
				got, err := source.As(to, policy)
				require.NoError(t, err)
				for i, x := range numbersOf(got) {
					want := values[i]
					if want.Cmp(low) < 0 {
						want = low
					} else if want.Cmp(high) > 0 {
						want = high
					}
					require.Zero(t, want.Cmp(x), "%v of %v to %v is %v", values[i], from, to, x)
				}
			}
		}
	}
}

// TestIntegersBecomeFloatsInOneRounding compares with math/big, which rounds to any precision.
func TestIntegersBecomeFloatsInOneRounding(t *testing.T) {
	t.Parallel()
	all := edges()
	for _, from := range integers {
		source, values := integerTensor(from, all)
		for _, to := range []dtype.DType{dtype.F64, dtype.F32, dtype.F16, dtype.BF16, dtype.F8E4M3, dtype.F8E5M2} {
			got, err := source.As(to, dtype.AllowInf)
			require.NoError(t, err)
			floats, err := got.Float64s(nil)
			require.NoError(t, err)
			for i, v := range values {
				precision := uint(to.Limits().SignificandBits)
				want, _ := new(big.Float).SetPrec(precision).SetMode(big.ToNearestEven).SetInt(v).Float64()
				switch {
				case math.Abs(want) <= to.Limits().Max:
					require.Equal(t, want, floats[i], "%v of %v to %v", v, from, to)
				case to == dtype.F8E4M3:
					require.True(t, floats[i] != floats[i], "%v of %v to %v", v, from, to)
				default:
					require.True(t, math.IsInf(floats[i], v.Sign()), "%v of %v to %v", v, from, to)
				}
			}
		}
	}
}

func TestFloatsBecomeTheNearestInteger(t *testing.T) {
	t.Parallel()
	inf, nan := math.Inf(1), math.NaN()
	for _, c := range []struct {
		to   dtype.DType
		x    float64
		want int64
		fits bool
	}{
		{dtype.I8, 0.5, 0, true}, {dtype.I8, 1.5, 2, true}, {dtype.I8, -2.5, -2, true}, {dtype.I8, math.Copysign(0, -1), 0, true}, {dtype.I8, 127.5, 127, false},
		{dtype.I8, 127.25, 127, true}, {dtype.I8, -128.5, -128, true}, {dtype.I8, -129, -128, false}, {dtype.I8, inf, 127, false}, {dtype.I8, -inf, -128, false},
		{dtype.I8, nan, 0, false}, {dtype.U8, -0.5, 0, true}, {dtype.U8, -0.75, 0, false}, {dtype.U8, 255.5, 255, false}, {dtype.U8, 254.5, 254, true},
		{dtype.I16, 40000, 32767, false}, {dtype.U16, 40000, 40000, true}, {dtype.I32, -0x1p31, math.MinInt32, true}, {dtype.I32, 0x1p31, math.MaxInt32, false},
		{dtype.U32, 0x1p32 - 1, math.MaxUint32, true}, {dtype.I64, -0x1p63, math.MinInt64, true}, {dtype.I64, 0x1p63, math.MaxInt64, false},
		{dtype.I64, 0x1.fffffffffffffp62, 0x7ffffffffffffc00, true}, {dtype.Bool, 0.1, 1, true}, {dtype.Bool, nan, 1, true}, {dtype.Bool, 0, 0, true}, {dtype.Bool, -7, 1, true},
	} {
		source := float64Tensor("x", c.x)
		n, err := source.CountOverflow(c.to)
		require.NoError(t, err)
		assert.Equal(t, c.fits, n == 0, "%v to %v", c.x, c.to)
		for _, from := range []dtype.DType{dtype.F64, dtype.F32} {
			narrow, err := source.As(from, dtype.AllowInf)
			require.NoError(t, err)
			if back, err := narrow.Float64s(nil); err != nil || back[0] != c.x && c.x == c.x {
				continue // not a float32
			}
			got, err := narrow.As(c.to, dtype.Saturate)
			require.NoError(t, err)
			want := binary.LittleEndian.AppendUint64(nil, uint64(c.want))[:len(got.Data)]
			assert.Equal(t, want, got.Data, "%v of %v to %v", c.x, from, c.to)
		}
	}
	largest, err := float64Tensor("x", 0x1.fffffffffffffp63, 0x1p64).As(dtype.U64, dtype.Saturate)
	require.NoError(t, err)
	assert.Equal(t, uint64(0xfffffffffffff800), binary.LittleEndian.Uint64(largest.Data))
	assert.Equal(t, uint64(math.MaxUint64), binary.LittleEndian.Uint64(largest.Data[8:]))
}

func TestBoolIsZeroOrOne(t *testing.T) {
	t.Parallel()
	source := dtype.Tensor{Name: "x", DType: dtype.Bool, Shape: []int{4}, Data: []byte{0, 1, 2, 255}}
	for _, to := range append([]dtype.DType{dtype.F64, dtype.F32, dtype.F16, dtype.BF16, dtype.F8E4M3, dtype.F8E5M2}, integers...) {
		got, err := source.As(to)
		require.NoError(t, err)
		values, err := got.Float64s(nil)
		require.NoError(t, err)
		assert.Equal(t, []float64{0, 1, 1, 1}, values, to)
		back, err := got.As(dtype.Bool)
		require.NoError(t, err)
		assert.Equal(t, []byte{0, 1, 1, 1}, back.Data, to)
	}
	minus := dtype.Tensor{Name: "x", DType: dtype.I8, Shape: []int{2}, Data: []byte{255, 0}}
	got, err := minus.As(dtype.Bool)
	require.NoError(t, err)
	assert.True(t, bytes.Equal([]byte{1, 0}, got.Data))
}
