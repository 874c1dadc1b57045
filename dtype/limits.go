package dtype

import "math"

// Limits says what a floating-point format can hold. The names are those of torch.finfo and C's <float.h>.
type Limits struct {
	// Epsilon is the distance from 1 to the next larger number.
	Epsilon float64
	// Max is the largest finite number.
	Max float64
	// SmallestNormal is the smallest positive number with full precision.
	SmallestNormal float64
	// SmallestSubnormal is the smallest positive number. It equals SmallestNormal in F8_E8M0, which has no subnormals.
	SmallestSubnormal float64
	// Digits is how many significant decimal digits survive a trip from text to the format and back, as C's FLT_DIG.
	Digits int
	// SignificandBits is the precision p: the stored fraction and the implicit leading bit.
	SignificandBits int
	// ExponentBits is the width of the exponent field.
	ExponentBits int
}

// limits follows IEEE 754-2019 table 3.5 (F16, F32, F64), the bfloat16 numerics definition (Intel 338302-001), "FP8 Formats for Deep Learning"
// (arXiv:2209.05433; F8_E4M3, F8_E5M2), "8-bit Numerical Formats for Deep Neural Networks" (arXiv:2206.02915; the FNUZ forms) and the OCP
// Microscaling Formats specification 1.0 (F4, F6, F8_E8M0).
var limits = map[DType]Limits{
	F4:         {Epsilon: 0x1p-1, Max: 6, SmallestNormal: 1, SmallestSubnormal: 0x1p-1, Digits: 0, SignificandBits: 2, ExponentBits: 2},
	F6E2M3:     {Epsilon: 0x1p-3, Max: 7.5, SmallestNormal: 1, SmallestSubnormal: 0x1p-3, Digits: 0, SignificandBits: 4, ExponentBits: 2},
	F6E3M2:     {Epsilon: 0x1p-2, Max: 28, SmallestNormal: 0x1p-2, SmallestSubnormal: 0x1p-4, Digits: 0, SignificandBits: 3, ExponentBits: 3},
	F8E5M2:     {Epsilon: 0x1p-2, Max: 57344, SmallestNormal: 0x1p-14, SmallestSubnormal: 0x1p-16, Digits: 0, SignificandBits: 3, ExponentBits: 5},
	F8E4M3:     {Epsilon: 0x1p-3, Max: 448, SmallestNormal: 0x1p-6, SmallestSubnormal: 0x1p-9, Digits: 0, SignificandBits: 4, ExponentBits: 4},
	F8E8M0:     {Epsilon: 1, Max: 0x1p127, SmallestNormal: 0x1p-127, SmallestSubnormal: 0x1p-127, Digits: 0, SignificandBits: 1, ExponentBits: 8},
	F8E4M3FNUZ: {Epsilon: 0x1p-3, Max: 240, SmallestNormal: 0x1p-7, SmallestSubnormal: 0x1p-10, Digits: 0, SignificandBits: 4, ExponentBits: 4},
	F8E5M2FNUZ: {Epsilon: 0x1p-2, Max: 57344, SmallestNormal: 0x1p-15, SmallestSubnormal: 0x1p-17, Digits: 0, SignificandBits: 3, ExponentBits: 5},
	F16:        {Epsilon: 0x1p-10, Max: 65504, SmallestNormal: 0x1p-14, SmallestSubnormal: 0x1p-24, Digits: 3, SignificandBits: 11, ExponentBits: 5},
	BF16:       {Epsilon: 0x1p-7, Max: 0x1.fep127, SmallestNormal: 0x1p-126, SmallestSubnormal: 0x1p-133, Digits: 2, SignificandBits: 8, ExponentBits: 8},
	F32:        {Epsilon: 0x1p-23, Max: 0x1.fffffep127, SmallestNormal: 0x1p-126, SmallestSubnormal: 0x1p-149, Digits: 6, SignificandBits: 24, ExponentBits: 8},
	F64:        {Epsilon: 0x1p-52, Max: 0x1.fffffffffffffp1023, SmallestNormal: 0x1p-1022, SmallestSubnormal: 0x1p-1074, Digits: 15, SignificandBits: 53, ExponentBits: 11},
}

// Limits returns what d can hold, and zero Limits when d is not a real floating-point format (integers, BOOL, C64).
func (d DType) Limits() Limits { return limits[d] }

// overflow returns the magnitude half a unit in the last place above Max, and whether it is too large itself. It is where Max is odd: a tie goes to
// the even neighbour. F8_E4M3's Max is even, since the code above it is NaN.
func (l Limits) overflow() (tie float64, included bool) {
	_, exponent := math.Frexp(l.Max)
	unit := math.Ldexp(l.Epsilon, exponent-1)
	return l.Max + unit/2, math.Mod(l.Max/unit, 2) == 1
}
