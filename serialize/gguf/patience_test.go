package gguf

import (
	"runtime"
	"time"
)

// patience is how long d may take here: longer under the race detector, and where the processor is another one or emulated, as under Node.
func patience(d time.Duration) time.Duration {
	if runtime.GOARCH != "amd64" {
		d *= 20
	}
	return raceFactor * d
}
