//go:build unix

package torchfile

import (
	"syscall"
	"time"
)

// cpuTime returns what this process has used of its processors, which other processes cannot lengthen as they do the time on the clock.
func cpuTime() time.Duration {
	var r syscall.Rusage
	must(syscall.Getrusage(syscall.RUSAGE_SELF, &r))
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
