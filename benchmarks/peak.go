package benchmarks

import (
	"runtime"
	"sync"
	"time"

	"github.com/heft-ml/heft/internal/blas"
)

// Arithmetic does a number of multiplications and additions of float32, on numbers in registers that do not wait for each
// other, on as many cores as GOMAXPROCS says: the peak that products are compared with.
func Arithmetic(flops float64) {
	cores := runtime.GOMAXPROCS(0)
	share := func() {
		for left := flops / float64(cores); left > 0; {
			left -= float64(blas.Probe(100)) // a few microseconds
		}
	}
	var group sync.WaitGroup
	for range cores - 1 {
		group.Go(share)
	}
	share()
	group.Wait()
}

// Peak measures the floating-point operations a second of [Arithmetic], as the best of some short tries.
func Peak() (flops float64) {
	const tries, work = 3, 1e8
	for range tries {
		begun := time.Now()
		Arithmetic(work)
		flops = max(flops, work/time.Since(begun).Seconds())
	}
	return flops
}
