package autograd

import (
	"runtime"
	"runtime/metrics"
)

// Go collects garbage when the heap has doubled since the last collection. In training nearly all of the heap is
// numbers that stay, so the few headers and closures that each step leaves behind would in time double the memory of
// the process. Numbers are not scanned, which makes collections cheap (0.3 ms with 100 MB of them): tapes ask for them
// earlier, unless the rest of the heap makes them dear or GOGC says that somebody has decided otherwise.
const (
	resetsPerLook = 16       // a look at the heap takes half a microsecond
	leastGarbage  = 8 << 20  // bytes worth a collection, and
	garbageShare  = 8        // what is worth one of those that were alive after the last: an eighth
	mostScanned   = 64 << 20 // bytes of heap with pointers in them
	usualGOGC     = 100
)

// heapLook reads what the runtime knows of the heap.
type heapLook struct {
	resets  int
	samples []metrics.Sample
}

// collect collects garbage now and then, when there is enough of it.
func (h *heapLook) collect() {
	if h.resets++; h.resets%resetsPerLook != 0 {
		return
	}
	if h.samples == nil {
		h.samples = []metrics.Sample{
			{Name: "/memory/classes/heap/objects:bytes"}, {Name: "/gc/heap/live:bytes"},
			{Name: "/gc/scan/heap:bytes"}, {Name: "/gc/gogc:percent"},
		}
	}
	metrics.Read(h.samples)
	objects, live := h.samples[0].Value.Uint64(), h.samples[1].Value.Uint64()
	scanned, gogc := h.samples[2].Value.Uint64(), h.samples[3].Value.Uint64()
	if objects > live+max(leastGarbage, live/garbageShare) && scanned < mostScanned && gogc == usualGOGC {
		runtime.GC()
	}
}
