package cost_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/cost"
	"github.com/heft-ml/heft/internal/testmode"
)

// recorder is a test that keeps what it is failed with.
type recorder struct {
	testing.TB
	failures []string
}

func (r *recorder) Helper()             {}
func (r *recorder) Logf(string, ...any) {}
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

// kept keeps the compiler from leaving allocations out.
var kept []byte

// allocate returns a call that allocates n bytes, in pieces of a page.
func allocate(n int) func() {
	return func() {
		for range n >> 12 {
			kept = make([]byte, 1<<12)
		}
	}
}

func TestWhatIsAllocatedIsCounted(t *testing.T) {
	assert.InDelta(t, 8<<20, cost.Allocated(allocate(8<<20)), 1<<20)
	for _, c := range []struct {
		bytes int
		fails bool
	}{{1 << 20, false}, {8 << 20, true}} {
		r := &recorder{TB: t}
		cost.Check(r, "it", cost.Bound{Bytes: 4 << 20, Time: time.Minute}, allocate(c.bytes))
		assert.Equal(t, c.fails && !cost.Raced, len(r.failures) > 0, "%d bytes: %q", c.bytes, r.failures)
	}
}

func TestGrowthBeyondTheSizeFails(t *testing.T) {
	for _, c := range []struct {
		large int
		fails bool
	}{{16 << 20, false}, {64 << 20, true}} {
		r := &recorder{TB: t}
		cost.CheckGrowth(r, "it", 4, allocate(4<<20), allocate(c.large))
		assert.Equal(t, c.fails && !cost.Raced, len(r.failures) > 0, "%d bytes: %q", c.large, r.failures)
	}
}

func TestTimeIsMeasuredWithLongAlone(t *testing.T) {
	work := func() {
		for begun := time.Now(); time.Since(begun) < 20*time.Millisecond; {
			kept = append(kept[:0], 1)
		}
	}
	r := &recorder{TB: t}
	cost.Check(r, "it", cost.Bound{Bytes: 1 << 20, Time: time.Nanosecond}, work)
	assert.Equal(t, testmode.Long() && !cost.Raced, len(r.failures) > 0, "%q", r.failures)
}

func TestASparseFileHasWhatWasWritten(t *testing.T) {
	t.Parallel()
	var s cost.Sparse
	var want bytes.Buffer
	for _, w := range []io.Writer{&s, &want} {
		for i := range 3 {
			_, err := fmt.Fprintf(w, "part %d", i)
			require.NoError(t, err)
			require.NoError(t, cost.Zeros(w, 9<<20))
		}
	}
	require.Equal(t, int64(want.Len()), s.Size())
	all := want.Bytes()
	got := bytes.Repeat([]byte{1}, len(all))
	_, err := s.ReadAt(got, 0)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(all, got))
	for _, at := range []int{0, 3, 9<<20 + 2, 9<<20 + 8, len(all) - 5} {
		got := bytes.Repeat([]byte{1}, 10)
		n, err := s.ReadAt(got, int64(at))
		assert.Equal(t, min(10, len(all)-at), n)
		assert.Equal(t, n < 10, err == io.EOF)
		assert.Equal(t, all[at:at+n], got[:n], at)
	}
}

func TestOpeningThatReadsTheDataFails(t *testing.T) {
	t.Parallel()
	write := func(w io.Writer, n int64) error {
		_, err := io.WriteString(w, "header")
		return errors.Join(err, cost.Zeros(w, n))
	}
	read := func(n int64) func(r io.ReaderAt, size int64) error {
		return func(r io.ReaderAt, size int64) error {
			_, err := r.ReadAt(make([]byte, min(n, size)), 0)
			return err
		}
	}
	r := &recorder{TB: t}
	cost.CheckOpening(r, write, read(6))
	assert.Empty(t, r.failures)
	cost.CheckOpening(r, write, read(50e6))
	assert.Len(t, r.failures, 1)
}

func TestAReaderIsHeldToAllBounds(t *testing.T) {
	bombs := func(size int) map[string][]byte { return map[string][]byte{"bomb": make([]byte, size)} }
	write := func(w io.Writer, n int64) error { return cost.Zeros(w, n) }
	reader := func(most uint64, allocates func(size int64) int64, reads func(size int64) int64) cost.Reader {
		return cost.Reader{
			Bombs: bombs, Most: cost.Bound{Bytes: most, Time: time.Minute}, Grown: cost.HeaderBomb, Write: write,
			Open: func(r io.ReaderAt, size int64) error {
				if size <= 1<<20 { // a bomb
					allocate(int(allocates(size)))()
				}
				_, err := r.ReadAt(make([]byte, reads(size)), 0)
				return err
			},
		}
	}
	same := func(size int64) int64 { return size }
	start := func(int64) int64 { return 8 }
	square := func(size int64) int64 { return size * size >> 12 }
	r := &recorder{TB: t}
	cost.CheckReader(r, reader(16<<20, same, start))
	assert.Empty(t, r.failures)
	for name, c := range map[string]cost.Reader{
		"bytes":  reader(1<<10, same, start),
		"growth": reader(1<<40, square, start),
		"reads":  reader(16<<20, same, func(size int64) int64 { return size / 2 }),
	} {
		r := &recorder{TB: t}
		cost.CheckReader(r, c)
		assert.Len(t, r.failures, 1, name)
	}
}
