package pages

import "unsafe"

const (
	line = 64      // bytes of a cache line
	some = 1 << 18 // bytes from which a large page may gain something
)

// Make returns n elements that are zero and start on a cache line. Where the system has large pages on request, they are
// asked for: an address then costs one entry of the processor's tables in place of 512.
func Make[T float32 | float64](n int) []T {
	size := int(unsafe.Sizeof(T(0)))
	if n*size >= some { // these start on a page anyway
		data := make([]T, n)
		advise(uintptr(unsafe.Pointer(unsafe.SliceData(data))), uintptr(n*size))
		return data
	}
	data := make([]T, n+line/size)
	off := int(-uintptr(unsafe.Pointer(unsafe.SliceData(data)))%line) / size
	return data[off:][:n:n]
}
