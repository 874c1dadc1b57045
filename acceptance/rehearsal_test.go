package acceptance_test

import (
	"cmp"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// rehearsal is a run that nobody disturbed, and the moments of its epochs, by which others are hit.
type rehearsal struct {
	shell
	settings []string
	moments  []time.Duration // when each epoch ended, after the start; first the start itself, last the end of the process
	left     map[string]int  // how often a hit left these files
}

// rehearse trains into the folder "whole".
func rehearse(t *testing.T, recipe string, epochs int) *rehearsal {
	t.Helper()
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skipf("%s has no signals", runtime.GOOS)
	}
	r := &rehearsal{shell: newShell(t), left: map[string]int{}}
	r.writeSamples(t)
	settings := recipes[recipe]
	r.settings = slices.Concat(settings, length(settings[0], epochs), []string{"--patience", strconv.Itoa(epochs / 2), "--tensorboard"})
	begun := time.Now()
	whole := r.heft(t, r.train("whole")...)
	require.Equal(t, exitOK, whole.code, whole.errs)
	r.moments = append(r.moments, 0)
	for _, l := range whole.lines {
		if epochOf(l.text) > 0 { // a model of text also shows what it writes
			r.moments = append(r.moments, l.at)
		}
	}
	r.moments = append(r.moments, time.Since(begun))
	require.Greater(t, r.epochs(), epochs/4, "patience ends the run too early to be of use")
	return r
}

func (r *rehearsal) epochs() int { return len(r.moments) - 2 }

func (r *rehearsal) train(dir string) []string {
	return append(append([]string{"train"}, r.settings...), "--out", dir)
}

// goOn returns the command with which a run goes on: the first one again if that was killed before it left a setting.
func (r *rehearsal) goOn(dir string) []string {
	if r.has(dir + "/config.json") {
		return []string{"train", "--resume", dir, "--tensorboard"}
	}
	return r.train(dir)
}

// moment is when a run is hit: a while after the end of an epoch. Epoch 0 ends at the start.
type moment struct {
	epoch int
	after time.Duration
}

// draw returns a moment anywhere from the end of an epoch on, but every third time one in the final writes.
func (r *rehearsal) draw(dice *rand.Rand, from int) moment {
	epoch := from + dice.IntN(r.epochs()-from+1)
	if dice.IntN(3) == 0 {
		epoch = r.epochs()
	}
	return moment{epoch, time.Duration(dice.Float64() * float64(r.moments[epoch+1]-r.moments[epoch]))}
}

// hit runs a command and sends it a signal at a moment, or when it comes past it; one that ended before is not hit.
func (s shell) hit(t *testing.T, signal os.Signal, at moment, args []string) result {
	t.Helper()
	p := s.start(t, args...)
	for epoch := 0; epoch < at.epoch; {
		text, more := p.next()
		if !more {
			return p.end()
		}
		epoch = max(epoch, epochOf(text))
	}
	time.Sleep(at.after)
	_ = p.Process.Signal(signal) // it may have ended by itself
	return p.end()
}

// epochOf returns the number of the epoch, or of a text the round, that a line of stderr tells the end of; 0 if it tells
// something else.
func epochOf(text string) (epoch int) {
	if found := epochLine.FindStringSubmatch(text); found != nil {
		epoch, _ = strconv.Atoi(found[1])
	}
	return epoch
}

var epochLine = regexp.MustCompile(`^(?:epoch|round) +(\d+)/\d+ `)

// epochs returns the first and the last epoch that a command told the end of; 0 if it told none.
func (r result) epochs() (first, last int) {
	for _, l := range r.lines {
		if epoch := epochOf(l.text); epoch > 0 {
			first, last = cmp.Or(first, epoch), epoch
		}
	}
	return first, last
}

// newDice returns dice of the seed that HEFT_SEED names, or of a new one, for each test its own. The seed is logged.
func newDice(t *testing.T) *rand.Rand {
	t.Helper()
	seed, err := strconv.ParseUint(os.Getenv("HEFT_SEED"), 10, 64)
	if err != nil {
		seed = rand.Uint64N(1e6)
	}
	t.Logf("HEFT_SEED=%d draws these moments again", seed)
	name := fnv.New64a()
	name.Write([]byte(t.Name()))
	return rand.New(rand.NewPCG(seed, name.Sum64()))
}
