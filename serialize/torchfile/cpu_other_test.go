//go:build !unix

package torchfile

import "time"

var processBegan = time.Now()

// cpuTime is the time on the clock where the system does not tell the processor's.
func cpuTime() time.Duration { return time.Since(processBegan) }
