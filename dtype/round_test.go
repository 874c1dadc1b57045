package dtype

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/x448/float16"

	"github.com/heft-ml/heft/internal/testmode"
)

// toFloat32 decodes one 16-bit code.
func toFloat32(code uint16, dt DType) float32 {
	if dt == F16 {
		return math.Float32frombits(halfToBits(code))
	}
	return math.Float32frombits(bfloatToBits(code))
}

// fromBits rounds the float32 with bits u to a 16-bit code.
func fromBits(u uint32, dt DType) uint16 {
	if dt == F16 {
		return halfFromBits(u)
	}
	return bfloatFromBits(u)
}

// infinityCode is the code of +Inf; the codes below it are the non-negative finite numbers in ascending order.
var infinityCode = map[DType]uint16{F16: 0x7c00, BF16: 0x7f80}

// nearest rounds x to dt by definition: it looks up the two neighbours among all finite numbers and compares distances, which float64 holds exactly.
// The number after the largest finite one counts as the next power of two (IEEE 754-2019, section 4.3.1).
func nearest(x float64, dt DType) uint16 {
	sign := uint16(0)
	if math.Signbit(x) {
		sign, x = 0x8000, -x
	}
	infinity := infinityCode[dt]
	if math.IsInf(x, 0) {
		return sign | infinity
	}
	value := func(code int) float64 {
		if code == int(infinity) {
			return math.Ldexp(1, 1<<(dt.Limits().ExponentBits-1))
		}
		return float64(toFloat32(uint16(code), dt))
	}
	above := sort.Search(int(infinity), func(code int) bool { return value(code) >= x })
	if above == 0 {
		return sign
	}
	below := above - 1
	down, up := x-value(below), value(above)-x
	if down < up || down == up && below%2 == 0 {
		return sign | uint16(below)
	}
	return sign | uint16(above)
}

func TestEveryHalfDecodesAsFloat16DoesAndRoundTrips(t *testing.T) {
	t.Parallel()
	for code := range 1 << 16 {
		h := float16.Frombits(uint16(code))
		u := halfToBits(uint16(code))
		require.Equal(t, math.Float32bits(h.Float32()), u, "%#04x", code)
		want := uint16(code)
		if h.IsNaN() {
			want |= 0x0200 // a signaling NaN becomes quiet
		}
		require.Equal(t, want, halfFromBits(u), "%#04x", code)
	}
}

func TestEveryBFloat16IsTheUpperHalfOfAFloat32AndRoundTrips(t *testing.T) {
	t.Parallel()
	for code := range 1 << 16 {
		u := bfloatToBits(uint16(code))
		require.Equal(t, uint32(code)<<16, u)
		want := uint16(code)
		if x := math.Float32frombits(u); x != x {
			want |= 0x0040
		}
		require.Equal(t, want, bfloatFromBits(u), "%#04x", code)
	}
}

// denseFloat32s calls f with the bits of every sign and exponent, every upper 10 bits of the fraction, and lower bits at and around ties of F16.
func denseFloat32s(f func(u uint32)) {
	for top := range uint32(1 << 19) {
		for _, low := range []uint32{0, 1, 0x7ff, 0xfff, 0x1000, 0x1001, 0x1fff} {
			f(top<<13 | low)
		}
	}
}

func TestHalfRoundsAsFloat16DoesOnDenseSet(t *testing.T) {
	t.Parallel()
	denseFloat32s(func(u uint32) {
		if want, got := float16.Fromfloat32(math.Float32frombits(u)).Bits(), halfFromBits(u); want != got {
			require.Equal(t, want, got, "%#08x", u)
		}
	})
}

func TestEveryFloat32RoundsAsDefined(t *testing.T) {
	t.Parallel()
	if !testmode.Full() {
		t.Skip("run with -full to round all 2^32 float32 values")
	}
	for i := range 1 << 32 {
		u := uint32(i)
		if want, got := float16.Fromfloat32(math.Float32frombits(u)).Bits(), halfFromBits(u); want != got {
			require.Equal(t, want, got, "F16 of %#08x", u)
		}
		if want, got := bfloatByDefinition(u), bfloatFromBits(u); want != got {
			require.Equal(t, want, got, "BF16 of %#08x", u)
		}
	}
}

// bfloatByDefinition picks the nearer of the two BF16 numbers around a float32, comparing the 16 bits that are dropped with half of their range.
func bfloatByDefinition(u uint32) uint16 {
	cut, dropped := uint16(u>>16), u&0xffff
	switch {
	case u&magnitudeMask > infinity32:
		return cut | 0x0040
	case dropped > 0x8000 || dropped == 0x8000 && cut%2 == 1:
		return cut + 1
	}
	return cut
}

func TestBFloat16RoundsByDefinitionOnDenseSet(t *testing.T) {
	t.Parallel()
	for top := range uint32(1 << 16) {
		for _, low := range []uint32{0, 1, 0x7fff, 0x8000, 0x8001, 0xffff} {
			u := top<<16 | low
			if want, got := bfloatByDefinition(u), bfloatFromBits(u); want != got {
				require.Equal(t, want, got, "%#08x", u)
			}
		}
	}
}

func TestRoundingTakesTheNearestNumber(t *testing.T) {
	t.Parallel()
	for _, dt := range []DType{F16, BF16} {
		r := rand.New(rand.NewPCG(1, 2))
		for range 100_000 {
			u := r.Uint32()
			x := math.Float32frombits(u)
			if x == x {
				require.Equal(t, nearest(float64(x), dt), fromBits(u, dt), "%v of %x", dt, x)
			}
		}
	}
}

func TestFloat64RoundsOnceToSixteenBits(t *testing.T) {
	t.Parallel()
	for _, dt := range []DType{F16, BF16} {
		limits := dt.Limits()
		overflow, _ := limits.overflow()
		check := func(x float64) {
			require.Equal(t, nearest(x, dt), fromBits(math.Float32bits(oddFrom64(x)), dt), "%v of %x", dt, x)
		}
		// Ties and their closest neighbours in float64: rounding to float32 first would lose which side they are on.
		for code := uint16(0); code < infinityCode[dt]; code += 7 {
			low := float64(toFloat32(code, dt))
			tie := overflow
			if code+1 < infinityCode[dt] {
				tie = low + (float64(toFloat32(code+1, dt))-low)/2
			}
			for _, x := range []float64{low, tie, math.Nextafter(tie, 0), math.Nextafter(tie, math.MaxFloat64)} {
				check(x)
				check(-x)
			}
		}
		for _, x := range []float64{
			0, math.Copysign(0, -1), math.Inf(1), math.Inf(-1), math.MaxFloat64, math.SmallestNonzeroFloat64, math.MaxFloat32, overflow,
			math.Nextafter(overflow, 0), limits.Max, limits.SmallestSubnormal / 2, math.Nextafter(limits.SmallestSubnormal/2, 1), 1e-46, 1e39,
		} {
			check(x)
			check(-x)
		}
		r := rand.New(rand.NewPCG(3, 4))
		for range 50_000 {
			check(r.NormFloat64() * math.Ldexp(1, r.IntN(300)-150))
		}
	}
}

func TestNaNStaysQuietNaNWithSignAndUpperPayload(t *testing.T) {
	t.Parallel()
	for _, sign := range []uint32{0, 1} {
		for _, fraction := range []uint32{1, 0x1fff, 0x2000, 0x155555, 0x3fffff, 0x400000, 0x555555, 0x7fffff} {
			u := sign<<31 | infinity32 | fraction
			assert.Equal(t, uint16(sign<<15|0x7e00|fraction>>13), halfFromBits(u))
			assert.Equal(t, uint16(sign<<15|0x7fc0|fraction>>16), bfloatFromBits(u))

			wide := uint64(sign)<<63 | 0x7ff0_0000_0000_0000 | uint64(fraction)<<29 | 1
			for _, got := range []float32{narrow64(math.Float64frombits(wide)), oddFrom64(math.Float64frombits(wide))} {
				assert.Equal(t, u|quiet32, math.Float32bits(got))
			}
		}
	}
}

// TestANaNOfBF16KeepsItsBits has one that signals, whose bits PyTorch and ggml shift as well.
func TestANaNOfBF16KeepsItsBits(t *testing.T) {
	t.Parallel()
	x := Tensor{Name: "x", DType: BF16, Shape: []int{2}, Data: []byte{0x81, 0x7f, 0xc1, 0xff}}
	y, err := x.As(F32)
	require.NoError(t, err)
	assert.Equal(t, []byte{0, 0, 0x81, 0x7f, 0, 0, 0xc1, 0xff}, y.Data)
}

func TestNegativeZeroIsKept(t *testing.T) {
	t.Parallel()
	const minusZero = 0x8000_0000
	assert.Equal(t, uint16(0x8000), halfFromBits(minusZero))
	assert.Equal(t, uint16(0x8000), bfloatFromBits(minusZero))
	assert.Equal(t, uint32(minusZero), halfToBits(0x8000))
	assert.Equal(t, uint32(minusZero), bfloatToBits(0x8000))
	assert.Equal(t, uint32(minusZero), math.Float32bits(oddFrom64(math.Copysign(0, -1))))
	assert.Equal(t, uint16(0x8000), halfFromBits(math.Float32bits(-1e-30)), "underflow keeps the sign")
}
