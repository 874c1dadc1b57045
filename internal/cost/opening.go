package cost

import (
	"io"
	"testing"

	"github.com/heft-ml/heft/internal/testmode"
)

// CheckOpening fails when a file of 10 GB takes more reads, or more bytes of them, to be opened than one of 10 MB does: opening reads headers. Without -long
// it is one of 100 MB, for writers compute checksums. write writes a file of about n bytes that are zeros but for the header, open opens it.
func CheckOpening(t testing.TB, write func(w io.Writer, n int64) error, open func(r io.ReaderAt, size int64) error) {
	t.Helper()
	large := int64(100e6)
	if testmode.Long() {
		large = 10e9
	}
	var opened [2]Sparse
	for i, n := range []int64{10e6, large} {
		s := &opened[i]
		if err := write(s, n); err != nil {
			t.Fatalf("writing a file of %d bytes: %v", n, err)
		}
		if s.Size() < n {
			t.Fatalf("%d bytes were written instead of %d", s.Size(), n)
		}
		if err := open(s, s.Size()); err != nil {
			t.Fatalf("opening a file of %d bytes: %v", n, err)
		}
	}
	const moreBytes, moreReads = 512, 2 // where a number needs 64 bits, zips have records more
	small, most := &opened[0], &opened[1]
	a, b := small.bytes.Load(), most.bytes.Load()
	x, y := small.reads.Load(), most.reads.Load()
	if x == 0 || b > a+a/10+moreBytes || y > x+moreReads {
		t.Errorf("to open %d bytes takes %d reads of %d bytes, and to open %d takes %d of %d", small.size, x, a, most.size, y, b)
	}
	if testing.Verbose() {
		t.Logf("%d bytes: %d reads of %d; %d bytes: %d reads of %d", small.size, x, a, most.size, y, b)
	}
}
