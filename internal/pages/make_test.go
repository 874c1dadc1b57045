package pages

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"

	_ "github.com/heft-ml/heft/internal/testmode"
)

func TestMemoryIsZeroAndStartsOnACacheLine(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 15, 16, 1000, some/8 - 1, some / 8, some/4 - 1, some / 4, 1 << 20} {
		checkMake[float32](t, n)
		checkMake[float64](t, n)
	}
}

func checkMake[T float32 | float64](t *testing.T, n int) {
	for range 3 {
		x := Make[T](n)
		assert.Len(t, x, n)
		assert.Equal(t, n, cap(x))
		assert.Zero(t, uintptr(unsafe.Pointer(unsafe.SliceData(x)))%line, n)
		for i := range x {
			if x[i] != 0 {
				t.Fatalf("element %d of %d is %v", i, n, x[i])
			}
			x[i] = 1
		}
	}
}
