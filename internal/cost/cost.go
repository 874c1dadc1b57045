// Package cost holds calls to bounds, for tests of readers that must stay cheap whatever bytes they are given.
//
// What a call allocates is counted in every run but those with the race detector: no other program changes it. Time is measured under -long alone. A test that
// asks for either is not parallel, since both are those of the whole process.
package cost

import (
	"math"
	"runtime"
	"runtime/debug"
	"testing"
	"time"

	"github.com/heft-ml/heft/internal/testmode"
)

// Bound is the most that a call may cost.
type Bound struct {
	Bytes uint64        // allocated, what has become garbage included
	Time  time.Duration // of the processors, on the amd64 of today
}

// Header is what it may cost to read, or to refuse, a header of a megabyte.
var Header = Bound{64 << 20, 100 * time.Millisecond}

// Check fails when a call costs more than most. With the race detector it does nothing.
func Check(t testing.TB, what string, most Bound, call func()) {
	t.Helper()
	if raced {
		return
	}
	bytes := Allocated(call)
	if bytes > most.Bytes {
		t.Errorf("%s: %d bytes are allocated, at most %d may be", what, bytes, most.Bytes)
		return
	}
	enough := patience(most.Time)
	took := fastest(call, enough)
	if took > enough {
		t.Errorf("%s: it takes %v of the processors, at most %v are allowed", what, took, enough)
	}
	if testing.Verbose() {
		t.Logf("%-32s %10v %6.2f MB", what, took, float64(bytes)/1e6)
	}
}

// CheckGrowth fails when large, which has so many times as much to do as small, costs much more than so many times as much. With the
// race detector it does nothing.
func CheckGrowth(t testing.TB, what string, times uint64, small, large func()) {
	t.Helper()
	if raced {
		return
	}
	const freely = 2 << 20 // bytes that need no reason; and slices that grow allocate twice what they come to
	if a, b := Allocated(small), Allocated(large); b > 2*times*a+freely {
		t.Errorf("%s: %d bytes are allocated for the small one, and %d for one %d times as large", what, a, b, times)
		return
	}
	const blink = 5 * time.Millisecond // too short to be measured well
	a := max(fastest(small, 0), blink)
	enough := 2 * time.Duration(times) * a
	if b := fastest(large, enough); b > enough {
		t.Errorf("%s: the small one takes %v of the processors, and one %d times as large %v", what, a, times, b)
	}
}

// Allocated returns how many bytes a call allocates.
func Allocated(call func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	call()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// fastest returns what a call takes of the processors, without the garbage collector's work, in the best of some tries or in the first that takes no more
// than enough. Without -long it is nothing.
func fastest(call func(), enough time.Duration) time.Duration {
	if !testmode.Long() {
		return 0
	}
	const tries = 5
	best := time.Duration(math.MaxInt64)
	for try := 0; try < tries && best > enough; try++ {
		runtime.GC()
		percent := debug.SetGCPercent(-1)
		begin := processorTime()
		call()
		best = min(best, processorTime()-begin)
		debug.SetGCPercent(percent)
	}
	return best
}

// patience is how long d may take here: longer where the processor is another one or emulated, as under Node.
func patience(d time.Duration) time.Duration {
	if runtime.GOARCH != "amd64" {
		d *= 20
	}
	return d
}
