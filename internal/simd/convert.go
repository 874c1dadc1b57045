package simd

// Conversions between float32 and the formats that weights are stored in. Each tells whether there is a SIMD level that
// did it: package dtype has the twins, which read and write bytes in the order of files, as processors with kernels do
// in memory. Rounding is to nearest even. A NaN stays one, with its sign and upper bits.

// ToF16 rounds src to float16. dst: as many elements
func ToF16(dst []uint16, src []float32) bool { return toF16Kernel(dst, src) }

// FromF16 makes float32 of float16, exactly. src: as many elements
func FromF16(dst []float32, src []uint16) bool { return fromF16Kernel(dst, src) }

// ToBF16 rounds src to bfloat16. dst: as many elements
func ToBF16(dst []uint16, src []float32) bool { return toBF16Kernel(dst, src) }

// FromBF16 makes float32 of bfloat16, exactly. src: as many elements
func FromBF16(dst []float32, src []uint16) bool { return fromBF16Kernel(dst, src) }

// CountMagnitudes counts the finite elements of x beyond a limit of 0 or more, either way.
func CountMagnitudes(x []float32, limit float32) (count float64, ok bool) {
	return countMagnitudesKernel(x, limit)
}

// ClampMagnitudes replaces the finite elements of x beyond a limit of 0 or more by the limit, with their sign.
func ClampMagnitudes(x []float32, limit float32) bool { return clampMagnitudesKernel(x, limit) }
