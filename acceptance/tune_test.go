package acceptance_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// search tries six settings, of which two break.
var search = []string{"tune", "moons", "--epochs", "40", "--patience", "30", "--dropout", "0.1", "--jobs", "2",
	"--grid", "lr=0.003,0.01,1e25", "--grid", "model=mlp:32;mlp:32,32", "--out"}

func TestSearchKilledAtAnyMomentEndsWithTheSameResults(t *testing.T) {
	t.Parallel()
	hitSearches(t, os.Kill, func(got result) {
		assert.Equal(t, killed, got.code, got.errs)
	})
}

func TestSearchInterruptedByCtrlCSaysHowToGoOnAndEndsWithTheSameResults(t *testing.T) {
	t.Parallel()
	hitSearches(t, os.Interrupt, func(got result) {
		if got.code == killed && len(got.lines) == 0 {
			return // it had not begun to listen to signals
		}
		assert.Equal(t, exitInterrupted, got.code, got.errs)
		last := got.lines[len(got.lines)-1].text
		assert.Regexp(t, `^heft: interrupted with \d of 6 trials done; go on with: heft tune --resume search-\d+$`, last)
	})
}

// hitSearches sends a signal to searches, and compares each with one that nobody disturbed.
func hitSearches(t *testing.T, signal os.Signal, assertHit func(result)) {
	t.Helper()
	if !testmode.Long() {
		t.Skip("run with -long to stop searches")
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skipf("%s has no signals", runtime.GOOS)
	}
	times := 3
	if testmode.Full() {
		times = 25
	}
	s, dice := newShell(t), newDice(t)
	begun := time.Now()
	want := s.must(t, append(search, "whole")...)
	takes := time.Since(begun)
	hits := 0
	for n := 1; hits < times; n++ {
		require.LessOrEqual(t, n, 10*(times+1), "searches end before they are hit")
		dir := fmt.Sprintf("search-%d", n)
		more, out := s.hitSearch(t, signal, dir, takes, dice, assertHit)
		hits += more
		assert.Equal(t, want, strings.ReplaceAll(out, dir, "whole"))
		assert.Equal(t, s.read(t, "whole/results.csv"), s.read(t, dir+"/results.csv"))
		for _, name := range filesOf(t, s.path("whole")) {
			if trial.MatchString(name) && !s.has("whole/"+name+"/failed.json") {
				assertSameRun(t, s.path("whole/"+name), s.path(dir+"/"+name))
			}
		}
		require.False(t, t.Failed(), "search %d was hit and ended otherwise", n)
	}
	t.Logf("hit %d times in searches of %v", hits, takes.Round(time.Millisecond))
}

// hitSearch searches in a folder; a coin tells each time whether the search is hit again, and another how it is gone on with.
// It returns how often it was hit, and what was printed in the end.
func (s shell) hitSearch(t *testing.T, signal os.Signal, dir string, takes time.Duration, dice *rand.Rand, assertHit func(result)) (hits int, out string) {
	t.Helper()
	command := append(search, dir)
	for again := true; ; again = dice.IntN(2) == 0 {
		var got result
		at := moment{after: time.Duration(dice.Float64() * float64(takes))}
		if again {
			got = s.hit(t, signal, at, command)
		} else {
			got = s.heft(t, command...)
		}
		assertWhole(t, s.path(dir))
		if got.code == exitOK {
			return hits, got.out
		}
		hits++
		assertHit(got)
		if t.Failed() {
			t.Fatalf("hit %v after the start: %v", at.after, got)
		}
		if command = append(search, dir); s.has(dir+"/tune.json") && dice.IntN(2) == 0 {
			command = []string{"tune", "--resume", dir, "--jobs", "2"}
		}
	}
}
