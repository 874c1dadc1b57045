//go:build !unix

package cost

import "time"

var processBegan = time.Now()

// processorTime is the time on the clock where the system does not tell the processor's.
func processorTime() time.Duration { return time.Since(processBegan) }
