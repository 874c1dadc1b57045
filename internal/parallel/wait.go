package parallel

import (
	"runtime"
	"time"
)

const (
	// glance is after how many turns a wait looks at the clock.
	glance = 64
	// courtesy is how long a wait lasts before it lets others run, and again after each time.
	courtesy = 100 * time.Microsecond
)

// wait is one wait, awake, for something that is expected within microseconds.
type wait struct {
	turns   int
	start   time.Time // of the first glance
	yielded time.Duration
	lasted  time.Duration
}

// turn passes a moment. Every 100 us it gives way to goroutines and processes that could run instead, and returns true.
// It is not inlined: where a function begins, the garbage collector can stop its goroutine. In a loop around an
// instruction of assembly it rarely can, and one goroutine that waits would hold up all others.
//
//go:noinline
func (w *wait) turn() bool {
	pause()
	w.turns++
	if w.turns%glance != 0 {
		return false
	}
	if w.turns == glance {
		w.start = time.Now()
	}
	w.lasted = time.Since(w.start)
	if w.lasted-w.yielded < courtesy {
		return false
	}
	w.yielded = w.lasted
	yield()
	runtime.Gosched()
	return true
}
