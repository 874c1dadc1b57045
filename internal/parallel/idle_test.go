//go:build unix

package parallel_test

import (
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// processorTime is what this process has used so far.
func processorTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	require.NoError(t, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func TestIdleProcessesUseNoProcessor(t *testing.T) {
	if !alone(t) {
		return
	}
	for range 100 {
		eachOnce(t, countPieces(8))
	}
	time.Sleep(50 * time.Millisecond)
	before := processorTime(t)
	time.Sleep(time.Second)
	assert.Less(t, processorTime(t)-before, 20*time.Millisecond)
}
