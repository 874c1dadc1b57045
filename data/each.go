package data

import (
	"runtime"
	"sync"
)

// mostWorkers bounds how many images are decoded at once: each may take a few hundred megabytes.
const mostWorkers = 4

// each calls work(0) to work(n-1), a few at a time, and returns the error of the lowest number that has one. After an
// error it starts no more.
func each(n int, work func(i int) error) error {
	var mu sync.Mutex
	var failed error
	next, failedAt := 0, n
	take := func() (int, bool) {
		mu.Lock()
		defer mu.Unlock()
		next++
		return next - 1, next <= n && failed == nil
	}
	var workers sync.WaitGroup
	for range min(n, runtime.GOMAXPROCS(0), mostWorkers) {
		workers.Go(func() {
			for i, ok := take(); ok; i, ok = take() {
				if err := work(i); err != nil {
					mu.Lock()
					if i < failedAt {
						failed, failedAt = err, i
					}
					mu.Unlock()
				}
			}
		})
	}
	workers.Wait()
	return failed
}
