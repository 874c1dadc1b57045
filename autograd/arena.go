package autograd

import "github.com/heft-ml/heft/internal/pages"

// Sizes of the arena, in elements.
const (
	alignElements = 16      // pieces are multiples of this: whole cache lines of float32
	minChunk      = 1 << 12 // the first chunk
	maxGrowth     = 1 << 24 // chunks grow with the arena up to this
)

// arena is bump allocation over chunks that stay: first fit, so that a large value does not waste a chunk's tail.
type arena[T Float] struct {
	chunks []chunk[T]
	total  int // elements of all chunks
}

type chunk[T Float] struct {
	data []T
	used int
}

// reset makes all memory free again.
func (a *arena[T]) reset() {
	for i := range a.chunks {
		c := &a.chunks[i]
		poisonRecycled(c.data[:c.used])
		c.used = 0
	}
}

// take returns n uninitialised elements, aligned to a cache line.
func (a *arena[T]) take(n int) []T {
	size := (n + alignElements - 1) &^ (alignElements - 1)
	for i := range a.chunks {
		if c := &a.chunks[i]; c.used+size <= len(c.data) {
			from := c.used
			c.used += size
			return c.data[from : from+n : c.used]
		}
	}
	data := pages.Make[T](max(size, minChunk, min(a.total/2, maxGrowth)))
	a.chunks = append(a.chunks, chunk[T]{data, size})
	a.total += len(data)
	return data[:n:size]
}
