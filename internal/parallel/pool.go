package parallel

import (
	"runtime"
	"sync/atomic"
	"time"
)

// patience is how long a helper stays awake without work.
const patience = 2 * time.Millisecond

// far keeps what different processors write out of each other's cache lines, and of the lines fetched beside them.
type far [128]byte

// pool is the helpers, and the one job that they help with.
//
// left and pending count the pieces that nobody has claimed and those that are not done. A piece is claimed by taking 1
// from left: whoever gets a number below 0 has claimed nothing. So a helper may be as late as it likes, and even claim
// a piece of the next job while it believes to be in the last: it reads job after its claim, and job cannot change
// before that piece is done.
type pool struct {
	leading atomic.Bool  // somebody's job is under way
	helpers atomic.Int32 // goroutines that help, or wait to
	_       far
	job     job // written before left is, read after a claim
	left    atomic.Int64
	_       far
	pending atomic.Int64
	failure atomic.Pointer[failure]
	_       far
}

// failure is how a helper's piece ended, if not by returning.
type failure struct {
	value any // of the panic; nil: runtime.Goexit
}

var team pool

// lead does a job as the caller that others help, unless the helpers are taken or there can be none: then it returns
// false.
func (p *pool) lead(j job) bool {
	if !p.leading.CompareAndSwap(false, true) {
		return false
	}
	most := min(runtime.GOMAXPROCS(0), j.pieces) - 1
	if most < 1 {
		p.leading.Store(false)
		return false
	}
	p.job = j
	p.pending.Store(int64(j.pieces))
	p.left.Store(int64(j.pieces))
	for p.helpers.Load() < int32(most) {
		p.wake()
	}
	if f := p.takePart(); f != nil {
		f.repeat()
	}
	return true
}

// takePart is the caller's part of its job. It returns, or goes on panicking, when all pieces are done and the helpers
// are free, and reports how one of theirs failed.
func (p *pool) takePart() (failed *failure) {
	done, whole := int64(0), false
	defer func() {
		if !whole {
			p.cancel()
		}
		p.pending.Add(-done)
		var w wait
		for p.pending.Load() != 0 {
			w.turn()
		}
		failed = p.failure.Swap(nil)
		p.job = job{} // keeps nothing alive that the caller's function holds
		p.leading.Store(false)
	}()
	p.work(&done)
	whole = true
	return nil
}

// work claims and does pieces until none is left. done counts those claimed, also when one panics.
func (p *pool) work(done *int64) {
	for {
		left := p.left.Add(-1)
		if left < 0 {
			return
		}
		*done++
		p.job.do(p.job.pieces - 1 - int(left))
	}
}

// cancel gives up the pieces that nobody has claimed.
func (p *pool) cancel() {
	if left := p.left.Swap(0); left > 0 {
		p.pending.Add(-left)
	}
}

// wake adds a helper.
func (p *pool) wake() {
	p.helpers.Add(1)
	go p.help()
}

// help is a helper's life.
func (p *pool) help() {
	defer p.leave()
	for p.await() {
		p.assist()
	}
}

// leave ends a helper. A caller that has begun just now may count on it still: then another takes its place.
func (p *pool) leave() {
	p.helpers.Add(-1)
	if p.left.Load() > 0 {
		p.wake()
	}
}

// await returns true when there is work, and false when the helper has waited long enough or is one too many.
func (p *pool) await() bool {
	var w wait
	for p.left.Load() <= 0 {
		if w.turn() && (w.lasted > patience || int(p.helpers.Load()) >= runtime.GOMAXPROCS(0)) {
			return false
		}
	}
	return true
}

// assist is a helper's part of a job.
func (p *pool) assist() {
	done, whole := int64(0), false
	defer func() {
		if v := recover(); !whole {
			p.failure.CompareAndSwap(nil, &failure{v})
			p.cancel()
		}
		p.pending.Add(-done)
	}()
	p.work(&done)
	whole = true
}

// repeat ends the caller as the helper's piece ended.
func (f *failure) repeat() {
	if f.value == nil {
		runtime.Goexit()
	}
	panic(f.value)
}
