package parallel_test

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/parallel"
)

// alone runs a test in a process of its own, where nothing else computes and GOMAXPROCS can be changed.
// It returns true in that process.
func alone(t *testing.T) bool {
	t.Helper()
	const mark = "PARALLEL_TEST_ALONE"
	if os.Getenv(mark) != "" {
		return true
	}
	t.Parallel()
	if runtime.GOOS == "js" {
		t.Skip("wasm starts no processes")
	}
	c := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	c.Env = append(os.Environ(), mark+"=1")
	out, err := c.CombinedOutput()
	if errors.Is(err, syscall.ENOEXEC) {
		t.Skip("an emulator runs this test, and the system cannot start its like")
	}
	require.NoError(t, err, string(out))
	require.Contains(t, string(out), "--- PASS: "+t.Name())
	return false
}

// meet runs two pieces that both wait for the other, and returns whether they met: whether two goroutines took part.
func meet() bool {
	first, second := make(chan struct{}), make(chan struct{})
	met := false
	parallel.Run(2, func(piece int) {
		if piece == 1 {
			close(second)
			<-first
			return
		}
		close(first)
		select {
		case <-second:
			met = true
		case <-time.After(10 * time.Second):
		}
	})
	return met
}

func TestHelpersFollowGOMAXPROCS(t *testing.T) {
	if !alone(t) {
		return
	}
	before := runtime.NumGoroutine()
	for _, procs := range []int{2, 5, 1, 3, 2, 1} {
		runtime.GOMAXPROCS(procs)
		for range 500 {
			eachOnce(t, countPieces(40))
		}
		if procs > 1 {
			assert.True(t, meet(), "with %d processors somebody must help", procs)
		}
		assert.Eventually(t, func() bool { return runtime.NumGoroutine() <= before+1 }, 10*time.Second, time.Millisecond,
			"helpers without work must end") // one more: Eventually's own
	}
}

func TestOneProcessorStartsNoHelper(t *testing.T) {
	if !alone(t) {
		return
	}
	runtime.GOMAXPROCS(1)
	before := runtime.NumGoroutine()
	parallel.Run(50, func(piece int) { assert.Equal(t, before, runtime.NumGoroutine()) })
}

// TestWaitingHelpersDoNotHoldUpTheWorld stops the world while a helper waits for work: that takes as long as the helper
// waits, 2 ms, if it cannot be interrupted. The shortest time counts: on a busy machine others hold up the rest.
func TestWaitingHelpersDoNotHoldUpTheWorld(t *testing.T) {
	if !alone(t) {
		return
	}
	runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0)))
	var stats runtime.MemStats
	times := make([]time.Duration, 200)
	for i := range times {
		countPieces(8)
		start := time.Now()
		runtime.ReadMemStats(&stats)
		times[i] = time.Since(start)
	}
	slices.Sort(times)
	t.Logf("shortest %v, quartiles %v %v %v, longest %v", times[0], times[50], times[100], times[150], times[199])
	assert.Less(t, times[0], time.Millisecond)
}
