// Package dtype holds the number formats of weight files: their names, their limits, and the conversions between them. It also holds what all file
// formats share: [Tensor], a name, a dtype, a shape and bytes; [Info], a tensor without its bytes; and [Stored], one whose bytes are seen a part at a
// time. It knows nothing of the engine.
//
// Bytes are little-endian and row-major. n is a number of elements.
//
//	t, err := dtype.FromFloat32s("fc1.weight", []int{128, 64}, values, dtype.BF16)
//	values, err = t.Float32s(nil)
//	t, err = t.As(dtype.F8E4M3, dtype.Saturate)
//
// # Rounding
//
// A conversion rounds once, to the nearest value, and to the even one of two equally near (IEEE 754-2019, section 4.3.1). Subnormal numbers are exact,
// -0 stays -0, infinities stay where the format has them. A NaN stays a NaN with its sign and the upper bits of its payload, and becomes quiet; from BF16
// to F32 it keeps all its bits, as in PyTorch and ggml.
//
// A float becomes the integer next to it by the same rule: 1.5 and 2.5 become 2. PyTorch and NumPy cut toward zero instead. BOOL is whether a number
// is not 0.
//
// # Overflow
//
// A value too large for the new format would become an infinity or an arbitrary number, and the model would be silently broken. So it is refused with
// an [OverflowError] unless the caller chose [AllowInf] or [Saturate].
package dtype
