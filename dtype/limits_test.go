package dtype

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// small describes a format of at most 16 bits: sign bit or not, exponent and fraction widths, exponent bias, and which codes are not numbers.
type small struct {
	signed             bool
	exponent, fraction int
	bias               int
	isNumber           func(magnitude, top int) bool // magnitude: the code without its sign; top: the largest magnitude
}

var (
	everyCode     = func(int, int) bool { return true }
	exceptLast    = func(magnitude, top int) bool { return magnitude != top }
	smallByFormat = map[DType]small{
		F4:         {true, 2, 1, 1, everyCode},
		F6E2M3:     {true, 2, 3, 1, everyCode},
		F6E3M2:     {true, 3, 2, 3, everyCode},
		F8E4M3:     {true, 4, 3, 7, exceptLast},
		F8E4M3FNUZ: {true, 4, 3, 8, everyCode}, // its only NaN is the code of -0
		F8E5M2FNUZ: {true, 5, 2, 16, everyCode},
		F8E8M0:     {false, 8, 0, 127, exceptLast},
		F8E5M2:     {true, 5, 2, 15, func(magnitude, _ int) bool { return magnitude>>2 < 31 }},
		F16:        {true, 5, 10, 15, func(magnitude, _ int) bool { return magnitude>>10 < 31 }},
		BF16:       {true, 8, 7, 127, func(magnitude, _ int) bool { return magnitude>>7 < 255 }},
	}
)

// value decodes a magnitude: fraction·2^(1-bias-f) when the exponent field is 0, (2^f + fraction)·2^(field-bias-f) otherwise.
func (s small) value(magnitude int) float64 {
	field, fraction := magnitude>>s.fraction, magnitude&(1<<s.fraction-1)
	if !s.signed { // F8_E8M0 is a power of two, with neither zero nor subnormals
		return math.Ldexp(1, field-s.bias)
	}
	if field == 0 {
		return math.Ldexp(float64(fraction), 1-s.bias-s.fraction)
	}
	return math.Ldexp(float64(int(1)<<s.fraction+fraction), field-s.bias-s.fraction)
}

func TestLimitsOfSmallFormatsFollowFromTheirCodes(t *testing.T) {
	t.Parallel()
	for dt, s := range smallByFormat {
		bits := s.exponent + s.fraction
		if s.signed {
			bits++
		}
		require.Equal(t, dt.Bits(), bits, dt)
		top := 1<<(s.exponent+s.fraction) - 1
		want := Limits{SmallestSubnormal: math.Inf(1), SignificandBits: s.fraction + 1, ExponentBits: s.exponent}
		afterOne := math.Inf(1)
		for magnitude := range top + 1 {
			if !s.isNumber(magnitude, top) {
				continue
			}
			x := s.value(magnitude)
			want.Max = max(want.Max, x)
			if x > 0 {
				want.SmallestSubnormal = min(want.SmallestSubnormal, x)
			}
			if x > 1 {
				afterOne = min(afterOne, x)
			}
		}
		want.Epsilon = afterOne - 1
		want.SmallestNormal = s.value(1 << s.fraction)
		if !s.signed {
			want.SmallestNormal = s.value(0)
		}
		want.Digits = digits(want.SignificandBits)
		assert.Equal(t, want, dt.Limits(), dt.String())
	}
}

// digits is FLT_DIG's definition, floor((p-1)·log10(2)) (C11 5.2.4.2.2).
func digits(p int) int { return int(math.Floor(float64(p-1) * math.Log10(2))) }

func TestLimitsOfLargeFormatsAreGos(t *testing.T) {
	t.Parallel()
	assert.Equal(t, Limits{
		Epsilon:           float64(math.Nextafter32(1, 2) - 1),
		Max:               math.MaxFloat32,
		SmallestNormal:    float64(math.Float32frombits(1 << 23)),
		SmallestSubnormal: math.SmallestNonzeroFloat32,
		Digits:            digits(24),
		SignificandBits:   24,
		ExponentBits:      8,
	}, F32.Limits())
	assert.Equal(t, Limits{
		Epsilon:           math.Nextafter(1, 2) - 1,
		Max:               math.MaxFloat64,
		SmallestNormal:    math.Float64frombits(1 << 52),
		SmallestSubnormal: math.SmallestNonzeroFloat64,
		Digits:            digits(53),
		SignificandBits:   53,
		ExponentBits:      11,
	}, F64.Limits())
}

func TestEveryFloatFormatHasLimitsAndNoOtherHas(t *testing.T) {
	t.Parallel()
	for _, dt := range All() {
		if dt.String()[0] == 'F' || dt == BF16 {
			assert.NotZero(t, dt.Limits(), dt)
		} else {
			assert.Zero(t, dt.Limits(), dt)
		}
	}
	assert.Zero(t, DType(0).Limits())
}

func TestLargestNumberFitsAndTheTieAboveItDoesNotUnlessItIsEven(t *testing.T) {
	t.Parallel()
	for dt, want := range map[DType]float64{F16: 65520, BF16: 0x1.ffp127, F32: 0x1.ffffffp127, F8E5M2: 61440, F8E4M3: 464} {
		tie, included := dt.Limits().overflow()
		assert.Equal(t, want, tie, dt)
		assert.Equal(t, dt != F8E4M3, included, dt)
	}
	tie, _ := F32.Limits().overflow()
	assert.Equal(t, float32(math.Inf(1)), float32(tie))
	assert.Equal(t, float32(math.MaxFloat32), float32(math.Nextafter(tie, 0)))
}
