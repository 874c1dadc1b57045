package lab

import (
	"context"
	"sync"
	"sync/atomic"
)

// Each does jobs 0 to n-1, so many at once, and returns ctx's error when it ends, or else that of the first job that has one:
// jobs begin in order, and after one has failed none but that whose turn it was. done, if not nil, is told how many are done, one call at a time.
func Each(ctx context.Context, n, atOnce int, do func(k int) error, done func(jobs int)) error {
	failed := make([]error, n)
	var mu sync.Mutex
	finished := 0
	var broke atomic.Bool
	next := make(chan int)
	var workers sync.WaitGroup
	for range max(1, min(atOnce, n)) {
		workers.Go(func() {
			for k := range next {
				if ctx.Err() != nil {
					continue
				}
				if failed[k] = do(k); failed[k] != nil {
					broke.Store(true)
				} else if done != nil {
					mu.Lock()
					finished++
					done(finished)
					mu.Unlock()
				}
			}
		})
	}
	for k := range n {
		if ctx.Err() != nil || broke.Load() {
			break
		}
		next <- k
	}
	close(next)
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, err := range failed {
		if err != nil {
			return err
		}
	}
	return nil
}
