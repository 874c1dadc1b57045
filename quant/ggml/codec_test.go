package ggml_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/quant/ggml"
)

// typesThat lists the types of a kind.
func typesThat(is func(ggml.Type) bool) (list []ggml.Type) {
	for _, typ := range ggml.Types() {
		if is(typ) {
			list = append(list, typ)
		}
	}
	return list
}

func normals(stream, n int) []float32 {
	x := make([]float32, n)
	for i := range x {
		x[i] = normal(word(stream, i+1))
	}
	return x
}

func TestPartialBlocksAndWrongSizesAreRefused(t *testing.T) {
	t.Parallel()
	for _, typ := range typesThat(ggml.Type.CanDecode) {
		n, b := typ.BlockSize(), typ.BlockBytes()
		require.NoError(t, ggml.Decode(nil, typ, nil))
		for _, size := range [][2]int{{n, b - 1}, {n, b + 1}, {n, 0}, {0, b}, {n, 2 * b}, {2 * n, b}, {n + 1, b}, {n - 1, b}} {
			values, data := make([]float32, size[0]), make([]byte, size[1])
			if n == 1 && size[0] == n-1 && size[1] == 0 {
				continue
			}
			var wrong *ggml.SizeError
			require.ErrorAs(t, ggml.Decode(values, typ, data), &wrong, "%v %v", typ, size)
			assert.Equal(t, ggml.SizeError{Type: typ, Elements: size[0], Bytes: size[1]}, *wrong)
			assert.Contains(t, wrong.Error(), typ.String())
			if typ.CanEncode() {
				require.ErrorAs(t, ggml.Encode(data, typ, values), &wrong, "%v %v", typ, size)
			}
		}
	}
}

func TestTypesWithoutCodecAreRefusedByName(t *testing.T) {
	t.Parallel()
	for _, typ := range ggml.Types() {
		values, data := make([]float32, typ.BlockSize()), make([]byte, typ.BlockBytes())
		var unsupported *ggml.UnsupportedError
		if !typ.CanDecode() {
			require.ErrorAs(t, ggml.Decode(values, typ, data), &unsupported)
			assert.ErrorContains(t, unsupported, typ.String()+" cannot be read")
			assert.ErrorContains(t, unsupported, "IQ4_NL", "the message lists what can")
		}
		if !typ.CanEncode() {
			require.ErrorAs(t, ggml.Encode(data, typ, values), &unsupported)
			assert.ErrorContains(t, unsupported, typ.String()+" cannot be written: use one of F32 F16 Q4_0")
		}
	}
}

// TestErrorOfNormalWeightsIsWhatTheFormatPromises has the errors of ggml's reference quantizers on 5,120,000 normal numbers, and those of rounding.
func TestErrorOfNormalWeightsIsWhatTheFormatPromises(t *testing.T) {
	t.Parallel()
	promised := map[ggml.Type]float64{
		ggml.F32: 0, ggml.F16: 0.000207, ggml.BF16: 0.00166, ggml.Q8_0: 0.00536, ggml.Q6_K: 0.0178, ggml.Q5_K: 0.0361, ggml.Q5_1: 0.0379,
		ggml.Q5_0: 0.0427, ggml.Q4_K: 0.0714, ggml.Q4_1: 0.0783, ggml.Q4_0: 0.0859, ggml.Q3_K: 0.151, ggml.Q2_K: 0.296,
	}
	r := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, 1<<16)
	for i := range x {
		x[i] = float32(r.NormFloat64() / 50)
	}
	y := make([]float32, len(x))
	for _, typ := range typesThat(ggml.Type.CanEncode) {
		require.Contains(t, promised, typ)
		require.NoError(t, ggml.Decode(y, typ, encoded(t, typ, x)))
		var squares, errors float64
		for i, v := range x {
			squares += float64(v) * float64(v)
			errors += (float64(v) - float64(y[i])) * (float64(v) - float64(y[i]))
		}
		assert.InDelta(t, promised[typ], math.Sqrt(errors/squares), promised[typ]/50+1e-6, "%v", typ)
	}
}

func TestWhatABlockCanHoldComesBackExactly(t *testing.T) {
	t.Parallel()
	for _, typ := range typesThat(ggml.Type.CanEncode) {
		x := make([]float32, typ.BlockSize()*4)
		y := normals(2, len(x))
		require.NoError(t, ggml.Decode(y, typ, encoded(t, typ, x)))
		assert.Equal(t, x, y, "%v of zeros", typ)
	}
	x := make([]float32, 256)
	y := make([]float32, len(x))
	for _, c := range []struct {
		typ    ggml.Type
		levels int
	}{{ggml.Q4_0, 16}, {ggml.Q5_0, 32}, {ggml.Q8_0, 255}} {
		for i := range x {
			x[i] = float32(i*37%c.levels - c.levels/2)
			if i%32 == 0 {
				x[i] = -float32(c.levels / 2)
			}
		}
		require.NoError(t, ggml.Decode(y, c.typ, encoded(t, c.typ, x)))
		assert.Equal(t, x, y, "%v", c.typ)
	}
}

// TestBlocksDoNotDependOnTheirNeighbours is also the test that several processors make the bits of one.
func TestBlocksDoNotDependOnTheirNeighbours(t *testing.T) {
	t.Parallel()
	x := normals(3, 1<<16)
	y := make([]float32, len(x))
	for _, typ := range typesThat(ggml.Type.CanEncode) {
		n, b := typ.BlockSize(), typ.BlockBytes()
		if n == 1 {
			n, b = 256, 256*b
		}
		all := encoded(t, typ, x)
		require.NoError(t, ggml.Decode(y, typ, all))
		block, values := make([]byte, b), make([]float32, n)
		for i := 0; i < len(x)/n; i += 1 + i%7 {
			require.NoError(t, ggml.Encode(block, typ, x[i*n:(i+1)*n]))
			require.Equal(t, all[i*b:(i+1)*b], block, "%v, block %d", typ, i)
			require.NoError(t, ggml.Decode(values, typ, block))
			require.Equal(t, y[i*n:(i+1)*n], values, "%v, block %d", typ, i)
		}
	}
}

// TestBlocksAreConvertedWithoutAllocation allows what a call allocates: there are 64 blocks and more.
func TestBlocksAreConvertedWithoutAllocation(t *testing.T) {
	x := normals(4, 1<<14)
	for _, typ := range typesThat(ggml.Type.CanEncode) {
		data := encoded(t, typ, x)
		assert.LessOrEqual(t, testing.AllocsPerRun(3, func() { _ = ggml.Encode(data, typ, x) }), 8.0, "encoding %v", typ)
		assert.LessOrEqual(t, testing.AllocsPerRun(3, func() { _ = ggml.Decode(x, typ, data) }), 8.0, "decoding %v", typ)
	}
}

// finite tells whether all of x are finite.
func finite(x []float32) bool {
	for _, v := range x {
		if v-v != 0 {
			return false
		}
	}
	return true
}

func TestNaNBecomesANumberAndInfinitySpoilsItsBlock(t *testing.T) {
	t.Parallel()
	for _, typ := range typesThat(ggml.Type.CanEncode) {
		n := typ.BlockSize()
		if n == 1 {
			continue
		}
		y := make([]float32, 2*n)
		x := normals(6, len(y))
		x[5] = float32(math.NaN())
		require.NoError(t, ggml.Decode(y, typ, encoded(t, typ, x)))
		assert.True(t, finite(y), "%v of NaN", typ)
		for sign := -1; sign <= 1; sign += 2 {
			x[5] = float32(math.Inf(sign))
			require.NoError(t, ggml.Decode(y, typ, encoded(t, typ, x)))
			assert.True(t, finite(y[n:]), "%v: the block after that with infinity", typ)
			if typ == ggml.Q3_K || typ == ggml.Q6_K {
				assert.Equal(t, make([]float32, 16), absolute(y[:16]), "%v: the sub-block with infinity", typ)
				assert.True(t, finite(y), "%v of infinity", typ)
				continue
			}
			for i := range n {
				require.False(t, finite(y[i:i+1]), "%v of infinity, element %d", typ, i)
			}
		}
	}
}

// absolute makes the elements of x positive, -0 too.
func absolute(x []float32) []float32 {
	for i, v := range x {
		x[i] = float32(math.Abs(float64(v)))
	}
	return x
}

func TestEncodeOverwritesWhatTheBufferHeld(t *testing.T) {
	t.Parallel()
	for stream, in := range inputs {
		x := in.values(stream)[:512]
		for _, typ := range typesThat(ggml.Type.CanEncode) {
			clean := encoded(t, typ, x)
			dirty := anyBytes(stream, len(clean))
			require.NoError(t, ggml.Encode(dirty, typ, x))
			require.Equal(t, clean, dirty, "%v of %s", typ, in.name)
		}
	}
}

func TestEveryByteOfABlockIsRead(t *testing.T) {
	t.Parallel()
	for _, typ := range typesThat(ggml.Type.CanDecode) {
		data := make([]byte, typ.BlockBytes())
		x, y := make([]float32, typ.BlockSize()), make([]float32, typ.BlockSize())
		ignored := 0
		for i := range data {
			for bit := range 8 {
				for j := range data {
					data[j] = 0x69 // none of its fields is 0, which would hide a factor
				}
				require.NoError(t, ggml.Decode(x, typ, data))
				data[i] ^= 1 << bit
				require.NoError(t, ggml.Decode(y, typ, data))
				if string(littleEndian(x)) == string(littleEndian(y)) {
					ignored++
				}
			}
		}
		want := 0
		if typ == ggml.Q8_K {
			want = 16 * 2 * 8 // sums of the elements
		}
		assert.Equal(t, want, ignored, "bits of %v that change nothing", typ)
	}
}
