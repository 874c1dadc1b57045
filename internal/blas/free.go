package blas

import (
	"sync"
	"sync/atomic"
)

// freeList keeps what calls need for their own, as many as calls have ever run at once. Unlike sync.Pool it survives
// garbage collections, so that steady state allocates nothing.
type freeList[T any] struct {
	next atomic.Pointer[T] // spares most calls the lock
	mu   sync.Mutex
	free []*T
}

// take returns nil when there is none.
func (l *freeList[T]) take() *T {
	if x := l.next.Swap(nil); x != nil {
		return x
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	last := len(l.free) - 1
	if last < 0 {
		return nil
	}
	x := l.free[last]
	l.free = l.free[:last]
	return x
}

func (l *freeList[T]) give(x *T) {
	if l.next.CompareAndSwap(nil, x) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.free = append(l.free, x)
}
