package autograd_test

import (
	"runtime"
	"runtime/metrics"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/autograd"
)

// objects returns the bytes of the heap that are in use, or waiting to be collected.
func objects() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

// Not parallel: the heap is the whole process's.
func TestGarbageOfStepsIsCollectedBeforeTheHeapDoubles(t *testing.T) {
	const mib = 1 << 20
	numbers := make([]float32, 64*mib/4)
	runtime.GC()
	before := objects()
	tape := autograd.NewTape[float32](true)
	var made runtime.MemStats
	runtime.ReadMemStats(&made)
	start, most := made.TotalAlloc, uint64(0)
	for made.TotalAlloc < start+48*mib {
		for range 100 {
			tape.Reset()
			x := tape.Leaf("x", numbers[:4], []int{4}, true)
			for range 50 {
				x = x.MulScalar(1)
			}
			most = max(most, objects())
		}
		runtime.ReadMemStats(&made)
	}
	assert.Less(t, most, before+16*mib)
	runtime.KeepAlive(numbers)
}
