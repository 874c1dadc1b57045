package acceptance_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// recipes have everything in them that a run remembers: dropout, an optimizer's moments, a schedule, the best epoch so far, the
// statistics of batch norm, an average of the weights, augmentation, event files. See [shell.writeSamples].
var recipes = map[string][]string{
	"classes": {"moons", "--dropout", "0.2", "--optimizer", "adam", "--schedule", "warmup+cosine", "--lr", "0.003",
		"--model", "mlp:128,128"},
	"numbers": {"csv:houses.csv", "--target", "price", "--dropout", "0.1", "--optimizer", "sgd", "--momentum", "0.9", "--lr", "0.01",
		"--schedule", "one-cycle", "--clip-norm", "1", "--save-dtype", "bf16", "--model", "mlp:128,128"},
	"gpt": {"text:rays.txt", "--model", "gpt:layers=1,width=16,heads=2,context=16", "--dropout", "0.1", "--batch", "4"},
	"charrnn": {"text:rays.txt", "--model", "charrnn:cell=lstm,layers=2,width=16,context=16", "--dropout", "0.1", "--batch", "4",
		"--tokenizer", "bpe:270", "--ema", "0.9"},
	"llama":    {"text:rays.txt", "--model", "llama:layers=1,width=16,heads=2,kv=1,context=16", "--batch", "4", "--optimizer", "muon"},
	"lenet300": {"images:stripes", "--model", "lenet300", "--batch", "4"},
	"lenet":    {"images:stripes", "--model", "lenet", "--image-size", "12x12", "--dropout", "0.2", "--batch", "4", "--augment", "shift:1,flip"},
	"cnn":      {"images:stripes", "--model", "cnn", "--batch", "4", "--optimizer", "lion"},
	"resnet":   {"images:stripes", "--model", "resnet:8", "--batch", "8", "--augment", "shift:1,normalize"},
}

// effort is how often, and of how many epochs: in seconds, minutes, or until one can be sure.
func effort() (times, epochs int) {
	switch {
	case testmode.Full():
		return 50, 150
	case testmode.Long():
		return 3, 80
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

// hitUntilDone trains into a folder; a coin tells each time whether the run is hit again. It returns how often it was.
// The line of an epoch comes before its checkpoint, so it alone may be done again.
func (r *rehearsal) hitUntilDone(t *testing.T, signal os.Signal, dir string, dice *rand.Rand, from int, assertHit func(result)) (hits int) {
	t.Helper()
	reached := 0
	for again := true; ; again = dice.IntN(2) == 0 {
		at := moment{epoch: r.epochs() + 1}
		if again {
			at = r.draw(dice, from)
		}
		got := r.hit(t, signal, at, r.goOn(dir))
		assertWhole(t, r.path(dir))
		if first, last := got.epochs(); last > 0 {
			assert.GreaterOrEqual(t, first, reached, "it went back further than it had to")
			reached = last
		}
		if got.code == exitOK {
			return hits
		}
		hits++
		r.left[strings.Join(kinds(lasting(t, r.path(dir))), " ")]++
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
		require.LessOrEqual(t, run, 10*(times+1), "runs end before they are hit")
		dir := fmt.Sprintf("run-%d", run)
		hits += r.hitUntilDone(t, signal, dir, dice, from, assertHit)
		assertSameRun(t, r.path("whole"), r.path(dir))
		require.False(t, t.Failed(), "run %d was hit and ended otherwise", run)
	}
	t.Logf("hit %d times in runs of %d epochs and %v", hits, r.epochs(), r.moments[len(r.moments)-1].Round(time.Millisecond))
	for files, n := range r.left {
		t.Logf("%3d times there stood: %s", n, files)
	}
}

// kinds leaves out of the names of leftovers what is random.
func kinds(names []string) []string {
	for i, name := range names {
		names[i], _, _ = strings.Cut(name, "-")
	}
	return names
}
