package atomicfile

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// written is a writer that fails from a call on, or takes a byte too few in it.
type written struct {
	bytes.Buffer
	calls, failAt, shortAt int
}

func (w *written) Write(p []byte) (int, error) {
	w.calls++
	if w.calls == w.failAt {
		return 0, errInjected
	}
	if w.calls == w.shortAt {
		p = p[:len(p)-1]
	}
	return w.Buffer.Write(p)
}

// inPieces writes n random bytes in pieces of odd sizes, and returns them with the first error.
func inPieces(w io.Writer, n int) ([]byte, error) {
	dice := rand.New(rand.NewPCG(1, uint64(n)))
	var all []byte
	for len(all) < n {
		p := make([]byte, min(n-len(all), 1+dice.IntN(3*bufferSize)))
		for i := range p {
			p[i] = byte(dice.Uint32())
		}
		all = append(all, p...)
		k, err := w.Write(p)
		clear(p) // what was written is the writer's own
		if err != nil {
			return all, err
		}
		if k < len(p) {
			return all, errors.New("fewer bytes than given, and no error")
		}
	}
	return all, nil
}

func TestWhatIsWrittenBehindArrivesWholeAndInOrder(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, bufferSize - 1, bufferSize, bufferSize + 1, 2 * bufferSize, (buffers + 1) * bufferSize, 20*bufferSize + 7} {
		out := &written{}
		b := newBehind(out)
		want, err := inPieces(b, n)
		require.NoError(t, err)
		require.NoError(t, b.Close())
		assert.True(t, bytes.Equal(want, out.Bytes()), "%d bytes", n)
	}
}

func TestAnErrorBehindIsReportedAndEndsTheWriting(t *testing.T) {
	t.Parallel()
	for at := 1; at <= 3; at++ {
		for _, out := range []*written{{failAt: at}, {shortAt: at}} {
			want := io.ErrShortWrite
			if out.failAt > 0 {
				want = errInjected
			}
			b := newBehind(out)
			_, err := inPieces(b, 100*bufferSize)
			require.ErrorIs(t, err, want, "it is known long before the end")
			require.ErrorIs(t, b.Close(), want)
			assert.Equal(t, at, out.calls, "calls after the failing one")
		}
	}
}
