package data

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"iter"
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
)

// Text is a part of a text as the ids of a tokenizer. It must not be written once it is made; then any number of goroutines
// may use it.
type Text struct {
	Name       string
	IDs        []int32 // one a token
	Characters int     // Unicode code points that the tokens stand for
}

// Predicted returns how many tokens can be predicted: all but the first.
func (t *Text) Predicted() int { return len(t.IDs) - 1 }

// Hash returns the SHA-256 of the ids in hexadecimal: of the line "heft text v1\n", then of each id as 32 bits, little-endian.
func (t *Text) Hash() string {
	h := sha256.New()
	h.Write([]byte("heft text v1\n"))
	buf := make([]byte, 0, 4096)
	for _, id := range t.IDs {
		if buf = binary.LittleEndian.AppendUint32(buf, uint32(id)); len(buf) == cap(buf) {
			h.Write(buf)
			buf = buf[:0]
		}
	}
	h.Write(buf)
	return hex.EncodeToString(h.Sum(nil))
}

// Check returns an error when the text is too short for windows of context tokens and the one that follows.
func (t *Text) Check(context int) error {
	if len(t.IDs) < context+1 {
		return fmt.Errorf("%s has %d tokens, but a context of %d needs %d: give a longer text or a smaller context",
			t.Name, len(t.IDs), context, context+1)
	}
	return nil
}

// Random returns batches of size windows, each at a place freshly drawn from r, without end: IDs has context tokens of each
// window, Y those that follow them. The batch is valid until the next one. Random panics with an [*ArgumentError] if size
// or context is not at least 1, or the text is too short for the context: see [Text.Check].
//
// IDs, Y: [size, context]
func (t *Text) Random(size, context int, r *rand.Rand) iter.Seq[Batch] {
	t.checkWindows("Random", size, context)
	argument(len(t.IDs) > context, "Random", "context", context, "at most %d, the tokens that can be predicted", t.Predicted())
	return func(yield func(Batch) bool) {
		w := newWindows(size, context)
		for {
			for i := range size {
				w.copy(i, t.IDs[r.IntN(len(t.IDs)-context):])
			}
			if !yield(w.batch(size)) {
				return
			}
		}
	}
}

// Windows returns the whole text in consecutive windows of context tokens, size of them at once: every token but the first is
// predicted once. What is left at the end comes as a batch of one window that is shorter. The batch is valid until the next
// one. Windows panics with an [*ArgumentError] if size or context is not at least 1.
//
// IDs, Y: [b, context], and at the end [1, less than context]
func (t *Text) Windows(size, context int) iter.Seq[Batch] {
	t.checkWindows("Windows", size, context)
	return func(yield func(Batch) bool) {
		w := newWindows(size, context)
		full := max(t.Predicted(), 0) / context
		for from := 0; from < full; from += size {
			n := min(size, full-from)
			for i := range n {
				w.copy(i, t.IDs[(from+i)*context:])
			}
			if !yield(w.batch(n)) {
				return
			}
		}
		if rest := t.Predicted() - full*context; rest > 0 {
			last := newWindows(1, rest)
			last.copy(0, t.IDs[full*context:])
			yield(last.batch(1))
		}
	}
}

func (t *Text) checkWindows(function string, size, context int) {
	argument(size >= 1, function, "size", size, "at least 1")
	argument(context >= 1, function, "context", context, "at least 1")
}

// windows is memory for a batch.
type windows struct {
	context int
	ids, y  []int32
}

func newWindows(size, context int) *windows {
	return &windows{context, make([]int32, size*context), make([]int32, size*context)}
}

// copy takes the window at the start of ids as the i-th one.
func (w *windows) copy(i int, ids []int32) {
	copy(w.ids[i*w.context:(i+1)*w.context], ids)
	copy(w.y[i*w.context:(i+1)*w.context], ids[1:])
}

// batch returns the first n windows.
func (w *windows) batch(n int) Batch {
	return Batch{
		IDs: autograd.LabelsOf(w.ids[:n*w.context], n, w.context),
		Y:   autograd.LabelsOf(w.y[:n*w.context], n, w.context),
	}
}
