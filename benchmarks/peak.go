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

// Peak measures the floating-point operations a second that all cores together reach in such arithmetic, as the best of
// some short tries. Each core counts from when it begins, since waking it takes a while.
func Peak() (flops float64) {
	const tries, while = 3, 5 * time.Millisecond
	for range tries {
		speeds := make([]float64, runtime.GOMAXPROCS(0))
		var group sync.WaitGroup
		for core := range speeds {
			group.Go(func() { speeds[core] = speed(while) })
		}
		group.Wait()
		var sum float64
		for _, s := range speeds {
			sum += s
		}
		flops = max(flops, sum)
	}
	return flops
}

// speed returns the operations a second that one core reaches for a while.
func speed(while time.Duration) float64 {
	var flops float64
	begun := time.Now()
	for {
		flops += float64(blas.Probe(100))
		if passed := time.Since(begun); passed >= while {
			return flops / passed.Seconds()
		}
	}
}
