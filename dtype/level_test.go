package dtype

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/testmode"
)

// atEveryLevel runs a test at each SIMD level of this machine. The level is the process's, so the test cannot be
// parallel.
func atEveryLevel(t *testing.T, test func(t *testing.T)) {
	before := isa.Active()
	defer func() { require.NoError(t, isa.Use(before)) }()
	for _, level := range isa.Levels() {
		require.NoError(t, isa.Use(level))
		t.Run(level.String(), test)
	}
}

// requireRounding compares what encode makes of float32 values, given as bits, with the rounding of each.
func requireRounding(t *testing.T, values []float32) {
	t.Helper()
	data := make([]byte, 2*len(values))
	for _, dt := range []DType{F16, BF16} {
		encode(data, values, dt)
		for i, x := range values {
			u := math.Float32bits(x)
			if got, want := binary.LittleEndian.Uint16(data[2*i:]), fromBits(u, dt); got != want {
				t.Fatalf("%v of %#08x is %#04x, want %#04x", dt, u, got, want)
			}
		}
	}
}

func TestSlicesAreRoundedAsSingleValuesAtEveryLevel(t *testing.T) {
	atEveryLevel(t, func(t *testing.T) {
		const chunk = 1 << 16
		values := make([]float32, 0, chunk)
		add := func(u uint32) {
			values = append(values, math.Float32frombits(u))
			if len(values) == chunk {
				requireRounding(t, values)
				values = values[:0]
			}
		}
		if testmode.Full() {
			for u := range 1 << 32 {
				add(uint32(u))
			}
			return
		}
		denseFloat32s(add)
		requireRounding(t, values)
	})
}

func TestSlicesAreDecodedAsSingleCodesAtEveryLevel(t *testing.T) {
	data := make([]byte, 1<<17)
	for code := range 1 << 16 {
		binary.LittleEndian.PutUint16(data[2*code:], uint16(code))
	}
	atEveryLevel(t, func(t *testing.T) {
		values := make([]float32, 1<<16)
		for _, dt := range []DType{F16, BF16} {
			decode(values, data, dt)
			for code, x := range values {
				require.Equal(t, math.Float32bits(toFloat32(uint16(code), dt)), math.Float32bits(x), "%v %#04x", dt, code)
			}
		}
	})
}

// Data of a file may begin at any byte, and what lies around it stays.
func TestConversionsOfAnyLengthBeginAnywhere(t *testing.T) {
	atEveryLevel(t, func(t *testing.T) {
		for n := range 40 {
			values, back := make([]float32, n), make([]float32, n)
			for i := range values {
				values[i] = float32(i) - 7.5
			}
			for _, dt := range []DType{F16, BF16} {
				for start := range 3 {
					data := make([]byte, start+2*n+3)
					for i := range data {
						data[i] = 0xa5
					}
					encode(data[start:start+2*n], values, dt)
					decode(back, data[start:start+2*n], dt)
					require.Equal(t, values, back)
					for i, b := range data {
						require.True(t, i >= start && i < start+2*n || b == 0xa5, "byte %d of %d elements from %d", i, n, start)
					}
				}
			}
		}
	})
}

func TestOverflowIsCountedAndClampedAtEveryLevel(t *testing.T) {
	var values []float32
	denseFloat32s(func(u uint32) {
		if u&0x7fff0fff == u&0x7fff0000 || u>>23&0xff >= 0x8e && u&0xfff <= 1 {
			values = append(values, math.Float32frombits(u))
		}
	})
	for _, dt := range []DType{F16, BF16} {
		largest := dt.Limits().Max
		tie, _ := dt.Limits().overflow()
		count := 0
		clamped := make([]float32, len(values))
		for i, v := range values {
			clamped[i] = v
			if x := math.Abs(float64(v)); x <= math.MaxFloat32 {
				if x >= tie {
					count++
				}
				clamped[i] = float32(math.Copysign(min(x, largest), float64(v)))
			}
		}
		require.Positive(t, count)
		atEveryLevel(t, func(t *testing.T) {
			require.Equal(t, count, countOverflow32(values, dt))
			got := append([]float32(nil), values...)
			clamp(got, dt)
			for i, v := range got {
				if math.Float32bits(clamped[i]) != math.Float32bits(v) {
					t.Fatalf("%v of %v is clamped to %v, want %v", dt, values[i], v, clamped[i])
				}
			}
		})
	}
}
