package train

import (
	"bytes"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// tenSteps is work of rounds of ten steps, the last of which has four.
var tenSteps = Work{Text: true, Rounds: 3, Samples: 100, Steps: func(round int) int {
	if round == 2 {
		return 4
	}
	return 10
}}

func TestProgressTellsWhatTakesSoLong(t *testing.T) {
	t.Parallel()
	var p pace
	p.start(tenSteps)
	assert.Equal(t, "round 1/3  step 1/10", p.now(), "before the first step there is no loss")
	p.since = time.Now().Add(-8 * time.Second)
	assert.Equal(t, "round 1/3  step 1/10, 8 s", p.now())
	p.batch(0.5)
	assert.Equal(t, "round 1/3  step 2/10  loss 0.5000", p.now())
	p.brief = true
	assert.Equal(t, "round 1/3  loss 0.5000", p.now())
	p.brief = false
	p.since = time.Now().Add(-3 * time.Second)
	assert.Equal(t, "round 1/3  step 2/10, 3 s", p.now())
	p.epoch(Epoch{Epoch: 2})
	for range 4 {
		p.batch(0.25)
	}
	p.since = time.Now().Add(-3 * time.Second)
	assert.Equal(t, "round 3/3  scoring, 3 s", p.now(), "the last round is shorter")
	p.epoch(Epoch{Epoch: 3})
	assert.Equal(t, "round 3/3  step 1/4", p.now(), "there is no fourth")
	p.brief = true
	assert.Equal(t, "round 3/3  step 1", p.now())
	samples := Work{Rounds: 2, Steps: tenSteps.Steps, Round: 1, Step: 7}
	p = pace{}
	p.start(samples)
	assert.Equal(t, "epoch 2/2  step 8/10", p.now(), "no loss was heard yet")
}

// quietly is a writer for several goroutines.
type quietly struct {
	mutex sync.Mutex
	all   bytes.Buffer // not embedded: whatever writes must take the mutex
}

func (q *quietly) Write(b []byte) (int, error) {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.all.Write(b)
}

func (q *quietly) text() string {
	q.mutex.Lock()
	defer q.mutex.Unlock()
	return q.all.String()
}

func TestLinesComeInBetweenWhereAnEpochTakesLong(t *testing.T) {
	t.Parallel()
	var out quietly
	l := &lines{w: &out, every: time.Millisecond}
	l.Start(tenSteps)
	assert.Eventually(t, func() bool { return strings.Count(out.text(), "\n") >= 2 }, time.Minute, time.Millisecond)
	l.Stop()
	for line := range strings.Lines(out.text()) {
		assert.Equal(t, "in round 1/3  step 1/10\n", line)
	}
	out.all.Reset()
	l = &lines{w: &out, every: time.Hour}
	l.Start(tenSteps)
	l.Epoch(Epoch{Epoch: 1})
	l.tick()
	assert.NotContains(t, out.text(), "in round", "a line was written")
	l.tick()
	l.Stop()
	assert.Contains(t, out.text(), "in round 2/3", "none was written since")
}

func TestBarMovesWhileAStepTakesLong(t *testing.T) {
	t.Parallel()
	var out quietly
	b := NewBar(&out, 0)
	b.Start(tenSteps)
	assert.Contains(t, out.text(), "round 1/3  step 1")
	before := len(out.text())
	assert.Eventually(t, func() bool { return len(out.text()) > before }, time.Minute, 10*time.Millisecond)
	b.Stop()
}

func TestBarEndsWithLinesThatFitTheTerminal(t *testing.T) {
	t.Parallel()
	row := Epoch{Epoch: 2, Elapsed: time.Second, Train: Score{Samples: 100, Accuracy: 0.5}, Validation: Score{Samples: 10, Accuracy: 0.5}}
	for columns, lines := range map[int]int{0: 1, 100: 1, 90: 2, 50: 3} {
		var out quietly
		b := NewBar(&out, columns)
		b.Start(tenSteps)
		b.Batch(10, 0.5)
		b.Epoch(row)
		b.Stop()
		text := out.text()
		last := text[strings.LastIndex(text, "\r")+1:]
		assert.Equal(t, lines, strings.Count(last, "\n"), "%d columns: %q", columns, last)
		assert.Regexp(t, `(?s)^round 2/3  train loss .*validation loss .* 200 tokens/s\n$`, last)
		for line := range strings.Lines(last) {
			assert.True(t, columns == 0 || len(line)-1 <= columns, "%d columns: %q", columns, line)
		}
	}
}
