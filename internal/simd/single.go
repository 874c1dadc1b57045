package simd

import "unsafe"

// single tells whether T is float32, for which there are kernels in assembly.
func single[T Float]() bool { return unsafe.Sizeof(T(0)) == 4 }

// f32 sees a slice of T, which is float32, as what it is.
func f32[T Float](s []T) []float32 {
	return unsafe.Slice((*float32)(unsafe.Pointer(unsafe.SliceData(s))), len(s))
}
