package parallel_test

import (
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/parallel"
	_ "github.com/heft-ml/heft/internal/testmode"
)

// countPieces runs so many pieces and returns how often each was called.
func countPieces(pieces int) []int32 {
	calls := make([]int32, pieces)
	parallel.Run(pieces, func(piece int) { atomic.AddInt32(&calls[piece], 1) })
	return calls
}

// eachOnce fails unless every piece was called once.
func eachOnce(t *testing.T, calls []int32) {
	t.Helper()
	for piece, n := range calls {
		if n != 1 {
			t.Fatalf("piece %d of %d was called %d times", piece, len(calls), n)
		}
	}
}

func TestEveryPieceRunsOnce(t *testing.T) {
	t.Parallel()
	for round := range 2000 {
		eachOnce(t, countPieces(round%70))
	}
}

func TestNoPieceOfAFewIsLeftOut(t *testing.T) {
	t.Parallel()
	for _, pieces := range []int{-3, 0, 1} {
		calls := 0
		parallel.Run(pieces, func(piece int) { calls++; assert.Zero(t, piece) })
		assert.Equal(t, max(0, pieces), calls)
	}
}

func TestWritesOfPiecesAreSeenByTheCaller(t *testing.T) {
	t.Parallel()
	sums := make([]int, 64)
	for round := 1; round <= 500; round++ {
		parallel.Run(len(sums), func(piece int) { sums[piece] += piece })
		for piece, sum := range sums {
			require.Equal(t, round*piece, sum)
		}
	}
}

func TestNestedCallsDoTheirOwnPieces(t *testing.T) {
	t.Parallel()
	inner := make([][]int32, 9)
	parallel.Run(len(inner), func(piece int) { inner[piece] = countPieces(20) })
	for _, calls := range inner {
		require.Len(t, calls, 20)
		eachOnce(t, calls)
	}
}

func TestManyGoroutinesCallAtOnce(t *testing.T) {
	t.Parallel()
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for round := range 300 {
				eachOnce(t, countPieces(2+(i+round)%12))
			}
		})
	}
	wg.Wait()
}

func TestCallersMayBeLockedToTheirThread(t *testing.T) {
	t.Parallel()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	for range 200 {
		eachOnce(t, countPieces(8))
	}
}

func TestCollectionsOfGarbageDoNotDisturb(t *testing.T) {
	t.Parallel()
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	})
	for range 300 {
		lists := make([][]byte, 16)
		parallel.Run(len(lists), func(piece int) { lists[piece] = make([]byte, 1<<12) })
		for _, l := range lists {
			assert.Len(t, l, 1<<12)
		}
	}
	close(stop)
	wg.Wait()
}

type span struct{ lo, hi int }

func spans(n, grain int) []span {
	var mutex sync.Mutex
	var found []span
	parallel.For(n, grain, func(lo, hi int) {
		mutex.Lock()
		defer mutex.Unlock()
		found = append(found, span{lo, hi})
	})
	return found
}

func TestForCoversTheRangeInPiecesWorthTheirGrain(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 63, 64, 65, 128, 1000, 4096, 4097, 1 << 20} {
		for _, grain := range []int{-1, 0, 1, 64, 100, 4096} {
			what := fmt.Sprintf("n %d, grain %d", n, grain)
			found := spans(n, grain)
			assert.LessOrEqual(t, len(found), 32, what)
			covered := make([]int32, n)
			short := 0
			for _, s := range found {
				assert.Zero(t, s.lo%64, what)
				if s.hi-s.lo < grain && s.hi != n {
					short++
				}
				for i := s.lo; i < s.hi; i++ {
					covered[i]++
				}
			}
			assert.Zero(t, short, what)
			eachOnce(t, covered)
		}
	}
	assert.Empty(t, spans(0, 64))
	assert.Equal(t, []span{{0, 199}}, spans(199, 100), "one piece is the whole range")
	assert.ElementsMatch(t, []span{{0, 128}, {128, 200}}, spans(200, 100), "pieces begin at multiples of 64")
}

func TestNothingIsAllocated(t *testing.T) {
	if raceEnabled {
		t.Skip("the race detector allocates")
	}
	f := func(int) {}
	g := func(int, int) {}
	parallel.Run(64, f) // a helper may start here
	allocations := testing.AllocsPerRun(200, func() {
		parallel.Run(64, f)
		parallel.For(1<<20, 64, g)
	})
	assert.Zero(t, allocations)
}
