package dtype

import (
	"math"
	"sort"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// small8 are the two 8-bit floats, and what rounds to them.
var small8 = map[DType]*f8{F8E5M2: &e5m2, F8E4M3: &e4m3}

func TestEveryF8CodeIsWhatItsFieldsSayAndRoundTrips(t *testing.T) {
	t.Parallel()
	for dt, f := range small8 {
		s := smallByFormat[dt]
		top := 1<<(s.exponent+s.fraction) - 1
		for code := range 256 {
			magnitude := code & 0x7f
			x := float64(math.Float32frombits(f.toBits(byte(code))))
			switch {
			case s.isNumber(magnitude, top):
				require.Equal(t, math.Copysign(s.value(magnitude), float64(127-code)), x, "%v %#02x", dt, code)
				require.Equal(t, code >= 128, math.Signbit(x), "%v %#02x", dt, code)
				require.Equal(t, byte(code), f.fromBits(f.toBits(byte(code))), "%v %#02x", dt, code)
			case dt == F8E5M2 && magnitude == 0x7c:
				require.Equal(t, math.Inf(127-code), x)
				require.Equal(t, byte(code), f.fromBits(f.toBits(byte(code))), "%v %#02x", dt, code)
			default:
				require.True(t, math.IsNaN(x), "%v %#02x", dt, code)
				require.Equal(t, byte(code)|f.nan, f.fromBits(f.toBits(byte(code))), "%v %#02x: quiet, with its sign and payload", dt, code)
			}
		}
	}
}

// nearest8 rounds by definition: the nearer of the two numbers around a finite x, the even code of two equally near.
func nearest8(x float64, dt DType) byte {
	f, s := small8[dt], smallByFormat[dt]
	sign := byte(0)
	if math.Signbit(x) {
		sign, x = 0x80, -x
	}
	largest := 127
	for !s.isNumber(largest, 127) {
		largest--
	}
	above := sort.Search(largest+2, func(code int) bool { return s.value(code) >= x }) // one code more: the next number if there were one
	if above > 0 {
		down, up := x-s.value(above-1), s.value(above)-x
		if down < up || down == up && above%2 == 1 {
			above--
		}
	}
	if above > largest {
		return sign | f.beyond
	}
	return sign | byte(above)
}

func TestF8RoundsToTheNearestNumberAtEveryBoundary(t *testing.T) {
	t.Parallel()
	for dt, f := range small8 {
		s := smallByFormat[dt]
		check := func(x float32) {
			for _, y := range []float32{x, math.Nextafter32(x, 0), math.Nextafter32(x, math.MaxFloat32)} {
				require.Equal(t, nearest8(float64(y), dt), f.fromBits(math.Float32bits(y)), "%v of %x", dt, y)
				require.Equal(t, nearest8(float64(-y), dt), f.fromBits(math.Float32bits(-y)), "%v of %x", dt, -y)
			}
		}
		for code := range 127 {
			check(float32(s.value(code)))
			check(float32((s.value(code) + s.value(code+1)) / 2))
		}
		for _, x := range []float32{1e-45, 1e-38, 1e-30, 500, 1e5, 1e30, math.MaxFloat32} {
			check(x)
		}
		for u := uint32(0); u < infinity32; u += 0x8765 {
			x := math.Float32frombits(u)
			if want, got := nearest8(float64(x), dt), f.fromBits(u); want != got {
				require.Equal(t, want, got, "%v of %x", dt, x)
			}
		}
	}
}

func TestInfinityAndNaNInF8(t *testing.T) {
	t.Parallel()
	inf := math.Float32bits(float32(math.Inf(1)))
	nan := math.Float32bits(float32(math.NaN()))
	const sign = 1 << 31
	assert.Equal(t, byte(0x7c), e5m2.fromBits(inf))
	assert.Equal(t, byte(0xfc), e5m2.fromBits(inf|sign))
	assert.Equal(t, byte(0x7f), e4m3.fromBits(inf), "E4M3 has no infinity")
	assert.Equal(t, byte(0xff), e4m3.fromBits(inf|sign))
	assert.Equal(t, byte(0x7e), e5m2.fromBits(nan&^sign))
	assert.Equal(t, byte(0xff), e4m3.fromBits(nan|sign))
}

// Every float32 rounds to one of 256 codes: the codes of numbers in ascending order never go down.
func TestF8IsMonotonic(t *testing.T) {
	t.Parallel()
	for dt, f := range small8 {
		before := byte(0)
		for u := uint32(0); u <= infinity32; u += 0xfff {
			code := f.fromBits(u)
			if code < before {
				t.Fatalf("%v of %#08x is %#02x, after %#02x", dt, u, code, before)
			}
			before = code
		}
		require.GreaterOrEqual(t, before, byte(0x7b))
	}
}
