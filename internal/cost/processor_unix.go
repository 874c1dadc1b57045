//go:build unix

package cost

import (
	"syscall"
	"time"
)

// processorTime returns what this process has used of its processors, which other processes cannot lengthen as they do the time on the clock.
func processorTime() time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		panic(err) // of its own use every process may ask
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
