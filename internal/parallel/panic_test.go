package parallel_test

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/parallel"
)

// caught returns what f panicked with.
func caught(f func()) (v any) {
	defer func() { v = recover() }()
	f()
	return nil
}

func TestPanicsReachTheCallerWithTheirValue(t *testing.T) {
	t.Parallel()
	mistake := errors.New("mistake")
	for round := range 300 {
		bad := round % 16
		var begun atomic.Int32
		v := caught(func() {
			parallel.Run(16, func(piece int) {
				begun.Add(1)
				if piece == bad {
					panic(mistake)
				}
			})
		})
		require.Same(t, mistake, v)
		require.LessOrEqual(t, begun.Load(), int32(16))
		eachOnce(t, countPieces(16))
	}
}

func TestOneOfManyPanicsReachesTheCaller(t *testing.T) {
	t.Parallel()
	for range 300 {
		v := caught(func() { parallel.Run(8, func(piece int) { panic(piece) }) })
		require.Contains(t, []any{0, 1, 2, 3, 4, 5, 6, 7}, v)
		eachOnce(t, countPieces(8))
	}
}

// TestPanicsOfHelpersReachTheCaller has a piece panic in a goroutine that is not the caller's.
func TestPanicsOfHelpersReachTheCaller(t *testing.T) {
	if !alone(t) {
		return
	}
	runtime.GOMAXPROCS(2)
	for range 50 {
		v := caught(func() { failInHelper(func() { panic("in a helper") }) })
		require.Equal(t, "in a helper", v)
		require.True(t, meet(), "somebody must still help")
	}
}

func TestGoexitInAHelperEndsTheCaller(t *testing.T) {
	if !alone(t) {
		return
	}
	runtime.GOMAXPROCS(2)
	for range 50 {
		returned := false
		done := make(chan struct{})
		go func() {
			defer close(done)
			failInHelper(runtime.Goexit)
			returned = true
		}()
		<-done
		require.False(t, returned)
		require.True(t, meet(), "somebody must still help")
	}
}

func TestGoexitOfTheCallerFreesTheHelpers(t *testing.T) {
	t.Parallel()
	for range 50 {
		done := make(chan struct{})
		go func() {
			defer close(done)
			parallel.Run(8, func(int) { runtime.Goexit() })
			assert.Fail(t, "Run returned")
		}()
		<-done
		eachOnce(t, countPieces(8))
	}
}

// failInHelper runs two pieces, waits until both have begun, and calls fail in the one that a helper does.
func failInHelper(fail func()) {
	caller := make(chan struct{})
	var begun atomic.Int32
	self := goroutine()
	parallel.Run(2, func(int) {
		begun.Add(1)
		for begun.Load() < 2 {
			runtime.Gosched()
		}
		if goroutine() != self {
			defer close(caller)
			fail()
		}
		<-caller
	})
}

// goroutine returns the first line of the stack, up to the number of the goroutine.
func goroutine() string {
	var b [32]byte
	return string(b[:runtime.Stack(b[:], false)])
}
