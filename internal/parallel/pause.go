//go:build (amd64 || arm64) && !noasm

package parallel

// pause tells the processor that this thread waits: it takes a few to 140 cycles, and leaves the core to the thread
// beside it.
func pause()
