package cost

import (
	"bytes"
	"io"
	"testing"

	"github.com/heft-ml/heft/internal/testmode"
)

// Reader is the reader of a format, with what may make it costly.
type Reader struct {
	Open  func(r io.ReaderAt, size int64) error // reads all but the data of tensors
	Bombs func(size int) map[string][]byte      // files of about that many bytes that would cost a careless reader far more, by name
	Most  Bound                                 // that a bomb of a megabyte may cost
	Grown int                                   // the size from which bombs are compared with ones four times as large; 0: they are not
	Write func(w io.Writer, n int64) error      // writes a file of about n bytes that are zeros but for its header
}

// HeaderBomb is a size of bombs that shows in milliseconds how their cost grows.
const HeaderBomb = 1 << 16

// CheckReader fails when a bomb costs more than most, when bombs cost more than their size explains, and when opening a file reads more than its header. All
// three measure the whole process, so the test is not parallel. Without -long bombs are smaller.
func CheckReader(t testing.TB, r Reader) {
	t.Helper()
	if raced {
		t.Skip("what the race detector costs is measured, too")
	}
	opened := func(b []byte) func() {
		return func() { _ = r.Open(bytes.NewReader(b), int64(len(b))) } // it may be refused
	}
	size := 1 << 17
	if testmode.Long() {
		size = 1 << 20
	}
	for name, b := range r.Bombs(size) {
		Check(t, name, r.Most, opened(b))
	}
	if r.Grown > 0 {
		const times = 4
		large := r.Bombs(times * r.Grown)
		for name, b := range r.Bombs(r.Grown) {
			CheckGrowth(t, name, times, opened(b), opened(large[name]))
		}
	}
	CheckOpening(t, r.Write, r.Open)
}
