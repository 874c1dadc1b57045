package ggml

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEveryHalfIsReadAndWritten(t *testing.T) {
	t.Parallel()
	var b, back [2]byte
	for h := range 1 << 16 {
		binary.LittleEndian.PutUint16(b[:], uint16(h))
		x := half(b[:])
		want := math.Ldexp(float64(h&0x3ff|0x400), h>>10&31-25)
		switch h >> 10 & 31 {
		case 0:
			want = math.Ldexp(float64(h&0x3ff), -24)
		case 31:
			want = math.Inf(1)
		}
		if h>>15 == 1 {
			want = -want
		}
		putHalf(back[:], x)
		if h>>10&31 == 31 && h&0x3ff != 0 {
			require.True(t, x != x)
			require.Equal(t, uint16(h&0x8000|0x7e00), binary.LittleEndian.Uint16(back[:]))
			continue
		}
		require.Equal(t, math.Float64bits(want), math.Float64bits(float64(x)), "half %#04x", h)
		require.Equal(t, b, back, "half %#04x", h)
	}
}

func TestHalvesRoundToNearestEven(t *testing.T) {
	t.Parallel()
	for x, want := range map[float32]uint16{
		1 + 0x1p-11:                  0x3c00,
		1 + 0x1.8p-10:                0x3c02,
		1 + 0x1p-11 + 0x1p-20:        0x3c01,
		65519.99:                     0x7bff,
		65520:                        0x7c00,
		-math.MaxFloat32:             0xfc00,
		0x1p-25:                      0,
		0x1.8p-24:                    2,
		0x1p-25 + 0x1p-40:            1,
		-math.SmallestNonzeroFloat32: 0x8000,
	} {
		var b [2]byte
		putHalf(b[:], x)
		assert.Equal(t, want, binary.LittleEndian.Uint16(b[:]), "%g", x)
	}
}

func TestNearestRoundsTiesToEven(t *testing.T) {
	t.Parallel()
	for i := int32(-4 * 300); i <= 4*300; i++ {
		x := float32(i) / 4
		require.Equal(t, int32(math.RoundToEven(float64(x))), nearest(x), "%g", x)
	}
	for _, x := range []float32{4194303, -4194303, 4194302.5, -4194301.5, 0x1p-140, -0x1p-140} {
		require.Equal(t, int32(math.RoundToEven(float64(x))), nearest(x), "%g", x)
	}
}

func TestNearestOfAnythingIsBounded(t *testing.T) {
	t.Parallel()
	inf := float32(math.Inf(1))
	for _, x := range []float32{inf, -inf, inf - inf, math.MaxFloat32, -math.MaxFloat32, 1e8, -1e8} {
		n := nearest(x)
		assert.True(t, n >= -1<<22 && n < 1<<22, "%g: %d", x, n)
	}
	assert.Equal(t, int32(15), nearestWithin(99, 0, 15))
	assert.Equal(t, int32(0), nearestWithin(-inf, 0, 15))
}

func TestRoundedAwayRoundsTiesAwayFromZero(t *testing.T) {
	t.Parallel()
	for i := -4 * 130; i <= 4*130; i++ {
		x := float32(i) / 4
		for _, y := range []float32{x, math.Nextafter32(x, 200), math.Nextafter32(x, -200)} {
			require.Equal(t, int8(int(math.Round(float64(y)))), roundedAway(y), "%g", y)
		}
	}
	for _, x := range []float32{0x1p22 + 0.5, -0x1p22 - 0.5, 0x1p23 + 1, 0x1p24 + 2, -0x1p30, 0x1.fffffep30} {
		require.Equal(t, int8(int(math.Round(float64(x)))), roundedAway(x), "%g", x)
	}
}

func TestFloatsTooLargeForIntegersAreTheSameEverywhere(t *testing.T) {
	t.Parallel()
	inf := float32(math.Inf(1))
	for _, x := range []float32{inf, -inf, inf - inf, 0x1p31, -0x1p31, math.MaxFloat32, -math.MaxFloat32} {
		assert.Zero(t, truncated(x), "%g", x)
		assert.Zero(t, roundedAway(x), "%g", x)
	}
	assert.Equal(t, int8(-1), truncated(255.9), "the low byte")
	assert.Equal(t, int8(-1), truncated(-1.9))
	assert.Equal(t, int8(-128), roundedAway(127.5), "the low byte of 128")
	assert.Equal(t, int8(1), roundedAway(0x1p23+1))
}
