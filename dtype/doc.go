// Package dtype holds the number formats of weight files: their names, their limits, and the conversion between them and float32.
// It also holds [Tensor], the one thing all file formats share: a name, a dtype, a shape and bytes. It knows nothing of the engine.
//
// Bytes are little-endian and row-major. n is a number of elements.
//
//	t, err := dtype.FromFloat32s("fc1.weight", []int{128, 64}, values, dtype.BF16)
//	values, err = t.Float32s(nil)
//
// # Rounding
//
// A conversion to a narrower format rounds once, to the nearest value, and to the even one of two equally near (IEEE 754-2019, section 4.3.1).
// Subnormal numbers are exact, -0 stays -0, infinities stay. A NaN stays a NaN: quiet, with its sign and the upper bits of its payload.
//
// # Overflow
//
// A finite value too large for the new format would become an infinity, and the model would be silently broken. So it is refused with an
// [OverflowError] unless the caller chose [AllowInf] or [Saturate].
package dtype
