package acceptance_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// recipes have everything in them that a run remembers: dropout, an optimizer's moments, a schedule, the best epoch so far,
// event files. The table is [writeHouses]'s.
var recipes = map[string][]string{
	"classes": {"moons", "--dropout", "0.2", "--optimizer", "adam", "--schedule", "warmup+cosine", "--lr", "0.003"},
	"numbers": {"csv:houses.csv", "--target", "price", "--dropout", "0.1", "--optimizer", "sgd", "--momentum", "0.9", "--lr", "0.01",
		"--schedule", "one-cycle", "--clip-norm", "1", "--save-dtype", "bf16"},
}

// writeHouses writes a table with columns of numbers and of categories.
func (s shell) writeHouses(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	var rows strings.Builder
	rows.WriteString("area,rooms,town,garden,price\n")
	for range 600 {
		area, town := 40+160*dice.Float64(), dice.IntN(3)
		price := 2*area + 90*float64(town) + 25*dice.NormFloat64()
		fmt.Fprintf(&rows, "%.1f,%d,%s,%s,%.1f\n", area, 1+dice.IntN(6), []string{"Ulm", "Bern", "Graz"}[town], []string{"yes", "no"}[dice.IntN(2)], price)
	}
	s.write(t, "houses.csv", rows.String())
}

// rehearsal is a run that nobody disturbed, and the moments of its epochs, by which others are hit.
type rehearsal struct {
	shell
	settings []string
	moments  []time.Duration // when each epoch ended, after the start; first the start itself, last the end of the process
}

// rehearse trains into the folder "whole".
func rehearse(t *testing.T, recipe string, epochs int) *rehearsal {
	t.Helper()
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skipf("%s has no signals", runtime.GOOS)
	}
	r := &rehearsal{shell: newShell(t)}
	r.writeHouses(t)
	r.settings = append(recipes[recipe], "--epochs", strconv.Itoa(epochs), "--patience", strconv.Itoa(epochs/2), "--tensorboard")
	begun := time.Now()
	whole := r.heft(t, r.train("whole")...)
	require.Equal(t, exitOK, whole.code, whole.errs)
	r.moments = append(r.moments, 0)
	for _, l := range whole.lines {
		r.moments = append(r.moments, l.at)
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
func (r *rehearsal) goOn(t *testing.T, dir string) []string {
	if lasting(t, r.path(dir)) == nil || r.lacks(dir, "config.json") {
		return r.train(dir)
	}
	return []string{"train", "--resume", dir, "--tensorboard"}
}

func (r *rehearsal) lacks(dir, name string) bool {
	_, err := os.Stat(r.path(dir + "/" + name))
	return os.IsNotExist(err)
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
func (r *rehearsal) hit(t *testing.T, signal os.Signal, at moment, args []string) result {
	t.Helper()
	p := r.start(t, args...)
	for epoch := 0; epoch < at.epoch; {
		text, more := p.next()
		if !more {
			return p.end()
		}
		if _, err := fmt.Sscanf(text, "epoch %d/", &epoch); err != nil {
			return p.end()
		}
	}
	time.Sleep(at.after)
	_ = p.Process.Signal(signal) // it may have ended by itself
	return p.end()
}

// hitUntilDone trains into a folder; a coin tells each time whether the run is hit again. It returns how often it was.
func (r *rehearsal) hitUntilDone(t *testing.T, signal os.Signal, dir string, dice *rand.Rand, from int, assertHit func(result)) (hits int) {
	t.Helper()
	for again := true; ; again = dice.IntN(2) == 0 {
		at := moment{epoch: r.epochs() + 1}
		if again {
			at = r.draw(dice, from)
		}
		got := r.hit(t, signal, at, r.goOn(t, dir))
		assertWhole(t, r.path(dir))
		if got.code == exitOK {
			return hits
		}
		hits++
		assertHit(got)
		if t.Failed() {
			t.Fatalf("hit %v after the end of epoch %d of %d: %v", at.after, at.epoch, r.epochs(), got)
		}
	}
}

// hitOften hits runs until they were hit so many times in all, and compares each with the one that nobody disturbed.
func (r *rehearsal) hitOften(t *testing.T, signal os.Signal, times, from int, assertHit func(result)) {
	t.Helper()
	dice := newDice(t)
	hits := 0
	for run := 1; hits < times; run++ {
		require.LessOrEqual(t, run, 3*times+3, "runs end before they are hit")
		dir := fmt.Sprintf("run-%d", run)
		hits += r.hitUntilDone(t, signal, dir, dice, from, assertHit)
		assertSameRun(t, r.path("whole"), r.path(dir))
		require.False(t, t.Failed(), "run %d was hit and ended otherwise", run)
	}
	t.Logf("hit %d times in runs of %d epochs and %v", hits, r.epochs(), r.moments[len(r.moments)-1].Round(time.Millisecond))
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

// effort is how often, and of how many epochs: in seconds, minutes, or until one can be sure.
func effort() (times, epochs int) {
	switch {
	case testmode.Full():
		return 25, 150
	case testmode.Long():
		return 3, 100
	}
	return 1, 20
}

func TestRunKilledAtAnyMomentEndsWithTheSameBits(t *testing.T) {
	t.Parallel()
	times, epochs := effort()
	for name := range recipes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := rehearse(t, name, epochs)
			r.hitOften(t, os.Kill, times, 0, func(got result) {
				assert.Equal(t, killed, got.code, got.errs)
			})
		})
	}
}

func TestRunInterruptedByCtrlCSaysHowToGoOnAndEndsWithTheSameBits(t *testing.T) {
	t.Parallel()
	times, epochs := effort()
	r := rehearse(t, "classes", epochs)
	r.hitOften(t, os.Interrupt, times, 1, func(got result) {
		assert.Equal(t, exitInterrupted, got.code, got.errs)
		last := got.lines[len(got.lines)-1].text
		assert.Regexp(t, `^heft: interrupted after \d+ epochs; go on with: heft train --resume run-\d+$`, last)
	})
}
