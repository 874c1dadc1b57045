package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// state returns the letter that Linux has for a process's state: T is stopped.
func state(t *testing.T, pid int) string {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	require.NoError(t, err)
	_, rest, found := strings.Cut(string(stat), ") ") // after the name of the program
	require.True(t, found)
	return rest[:1]
}

// processors counts those that a process may use.
func processors(t *testing.T, pid int) int {
	t.Helper()
	var set unix.CPUSet
	require.NoError(t, unix.SchedGetaffinity(pid, &set))
	return set.Count()
}

func TestContestantHasTheCoresItIsGiven(t *testing.T) {
	p, err := launch(t, "works", 1)
	require.NoError(t, err)
	assert.Equal(t, "Twin 1.2: 1 processors", p.String())
	assert.Equal(t, runtime.NumCPU(), processors(t, os.Getpid()), "this process keeps its own")
}

func TestContestantIsFrozenBetweenTurns(t *testing.T) {
	p, err := launch(t, "works", 1)
	require.NoError(t, err)
	frozen := func() bool { return state(t, p.command.Process.Pid) == "T" }
	assert.Eventually(t, frozen, 5*time.Second, time.Millisecond, "after it has said who it is")
	_, _, err = p.turn(0, 1)
	require.NoError(t, err)
	assert.Eventually(t, frozen, 5*time.Second, time.Millisecond, "after a turn")
	memory, err := peakMemory(p.command.Process)
	require.NoError(t, err)
	assert.Greater(t, memory, int64(1<<20))
}
