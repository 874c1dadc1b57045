package torchfile

import (
	"math"

	"github.com/heft-ml/heft/serialize/fault"
)

// What the tensors of a file may take together. Four bytes can claim to be 10^12 elements, and a storage can have thousands of names.
const (
	mostExpanded = 64 << 20  // bytes of those that repeat elements of their storage (torch's expand)
	leastWork    = 256 << 20 // bytes that the others of any file may take
	mostNames    = 4         // that every storage may have, however well the file is deflated
)

// estimate counts what it takes to read all tensors, each once: its bytes, or those of its storage where that has to be inflated.
func (f *File) estimate() {
	for _, t := range f.items {
		takes := t.bytes()
		if t.repeats() {
			f.expanded = saturatingAdd(f.expanded, takes)
			takes = 0
		}
		if r := t.storage.record; r.deflated {
			takes = r.size
		}
		f.work = saturatingAdd(f.work, takes)
	}
}

// repeats tells whether an element of the storage comes more than once.
func (t *tensor) repeats() bool { return t.count > t.span }

func saturatingAdd(a, b int64) int64 {
	if a > math.MaxInt64-b {
		return math.MaxInt64
	}
	return a + b
}

// mostWork is what the tensors of a file of that size may take. No file inflates to more than mostDeflate times its size, so that a few tensors for each
// storage, as tied ones are, are never too much.
func mostWork(size int64) int64 {
	if size > math.MaxInt64/(mostNames*mostDeflate) {
		return math.MaxInt64
	}
	return max(leastWork, size*mostNames*mostDeflate)
}

// affordable refuses to read a tensor of a file that claims far more than it has.
func (f *File) affordable(t *item) error {
	most := mostWork(f.source.Size())
	switch {
	case t.repeats() && f.expanded > mostExpanded:
		return brokenTensor(TooLarge, t.name, "the file's tensors that repeat elements of smaller storages would have %s bytes together, at most %s are read: "+
			"in Python, save x.contiguous()", fault.Grouped(uint64(f.expanded)), fault.Grouped(mostExpanded))
	case f.work > most:
		return brokenTensor(TooLarge, t.name, "so many of the file's tensors share storages that it takes %s bytes to read them all, at most %s for a file of %s: "+
			"in Python, save x.clone() of each", fault.Grouped(uint64(f.work)), fault.Grouped(uint64(most)), fault.Grouped(uint64(f.source.Size())))
	}
	return nil
}
