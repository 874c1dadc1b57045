package bar

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/rivo/uniseg"
	"github.com/stretchr/testify/assert"

	_ "github.com/heft-ml/heft/internal/testmode"
)

// widest returns the columns of the widest line that was drawn over the others.
func widest(text string) (columns int) {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
		columns = max(columns, uniseg.StringWidth(line))
	}
	return columns
}

const description = "epoch 12/100  loss 12.3456"

func TestNoLineIsWiderThanTheTerminal(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for columns := 20; columns <= 120; columns++ {
			for name, s := range map[string]Settings{
				"rate":  {Total: 9_999, Unit: "samples"},
				"count": {Total: 12_345},
				"bytes": {Total: 45_000_000, Bytes: true},
			} {
				var out bytes.Buffer
				s.Columns, s.Widest = columns, len(description)
				b := New(&out, s)
				for range 9 {
					time.Sleep(90 * time.Millisecond) // the library draws no more often
					b.Describe(description)
					b.Add(s.Total / 10)
				}
				b.Stop()
				assert.LessOrEqual(t, widest(out.String()), columns, "%s in %d columns: %q", name, columns, out.String())
			}
		}
	})
}

func TestWhatHasNoRoomIsLeftOutTheBarFirstAndTheTextLast(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) { // where no time passes
		drawn := func(columns int) string {
			var out bytes.Buffer
			b := New(&out, Settings{Total: 10, Unit: "samples", Columns: columns, Widest: len(description)})
			b.Describe(description)
			time.Sleep(100 * time.Millisecond) // the library draws no more often
			b.Add(5)
			b.Stop()
			return out.String()
		}
		for columns, want := range map[int]struct{ bar, rate, times bool }{
			0: {true, true, true}, 120: {true, true, true}, 80: {true, true, true}, 74: {false, true, true},
			62: {true, false, true}, 54: {false, false, true}, 50: {true, false, false}, 34: {false, false, false},
		} {
			text := drawn(columns)
			assert.Contains(t, text, description, "%d columns", columns)
			assert.Contains(t, text, "50%", "%d columns", columns)
			assert.Equal(t, want.bar, strings.Contains(text, "|"), "the bar in %d columns: %q", columns, text)
			assert.Equal(t, want.rate, strings.Contains(text, "samples/"), "the rate in %d columns: %q", columns, text)
			assert.Equal(t, want.times, strings.Contains(text, "["), "the times in %d columns: %q", columns, text)
		}
		assert.Contains(t, drawn(20), "epoch 12/100  50%")
	})
}

func TestATextIsCutBetweenCharactersOnly(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "ab", fitting("abc", 2))
	assert.Equal(t, "abc", fitting("abc", 3))
	assert.Equal(t, "a", fitting("a猫", 2), "it is two columns wide")
	assert.Equal(t, "e\u0301", fitting("e\u0301x", 1))
	assert.Empty(t, fitting("猫", 1))
}

func TestLinesStandAboveTheBar(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	b := New(&out, Settings{Total: 4})
	b.Add(1)
	b.Print("one")
	b.Add(1)
	b.Stop()
	assert.Regexp(t, `\rone\n`, out.String())
	assert.Equal(t, 1, strings.Count(out.String(), "\n"))
	assert.True(t, strings.HasSuffix(out.String(), "\r"), "the bar is taken away: %q", out.String())
}

func TestATotalMayBecomeKnownLater(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		for _, columns := range []int{0, 30} {
			var out bytes.Buffer
			b := New(&out, Settings{Total: -1, Bytes: true, Columns: columns})
			b.Set(10, 0)
			b.Set(1_000_000, 4_000_000)
			time.Sleep(200 * time.Millisecond) // the library draws no more often
			b.Add(1)
			b.Stop()
			time.Sleep(time.Second) // the library sees the end then, in a goroutine of its own
			assert.Contains(t, out.String(), "%", "%d columns", columns)
		}
	})
}

func TestEveryCallsUntilItIsStopped(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := 0
		stop := Every(time.Millisecond, func() { n++ })
		time.Sleep(2500 * time.Microsecond)
		stop()
		assert.Equal(t, 2, n)
		time.Sleep(5 * time.Millisecond)
		assert.Equal(t, 2, n, "no call after stop")
	})
}

func TestAManyHandedBarIsDrawnByOneAtATime(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer // the race detector would see two writers
	b := New(&out, Settings{Total: 1000})
	stop := Every(time.Millisecond, func() { b.Describe("later") })
	for i := range 1000 {
		b.Add(1)
		if i%100 == 0 {
			b.Print(fmt.Sprint(i))
		}
	}
	stop()
	b.Stop()
	assert.Equal(t, 10, strings.Count(out.String(), "\n"))
}
