package blas_test

import (
	"runtime/debug"
	"syscall"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/blas"
	"github.com/heft-ml/heft/internal/isa"
)

// guarded returns n floats that end where memory must not be touched.
func guarded(t *testing.T, n int) []float32 {
	page := syscall.Getpagesize()
	size := (4*n + page - 1) / page * page
	all, err := syscall.Mmap(-1, 0, size+page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, syscall.Munmap(all)) })
	require.NoError(t, syscall.Mprotect(all[size:], syscall.PROT_NONE))
	return unsafe.Slice((*float32)(unsafe.Pointer(&all[size-4*n])), n)
}

// TestNothingIsReadAfterTheEndOfAMatrix would find a vector that is loaded beyond the last column.
func TestNothingIsReadAfterTheEndOfAMatrix(t *testing.T) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	atEveryLevel(t, func(t *testing.T, _ isa.Level) {
		for _, l := range layouts {
			for size := 1; size < 40; size++ {
				m, n, k := size*5%37+1, size, size*3%35+1
				a, b, c := guarded(t, m*k), guarded(t, k*n), guarded(t, m*n)
				blas.Gemm(l.ta, l.tb, m, n, k, 1, a, b, 1, c)
			}
			a, b, c := guarded(t, 100*99), guarded(t, 99*101), guarded(t, 100*101) // packed
			blas.Gemm(l.ta, l.tb, 100, 101, 99, 1, a, b, 0, c)
		}
	})
}
