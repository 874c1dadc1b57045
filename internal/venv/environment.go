package venv

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// environmentName names an environment by what it holds.
func environmentName(requirements []byte) string {
	sum := sha256.Sum256(requirements)
	return fmt.Sprintf("venv-%x", sum[:6])
}

// An environment is a folder that stands complete or not at all. It is built under a temporary name
// and renamed, so a half-made one is never seen under dir. The lock, a folder beside it, keeps
// processes from doing the same work twice: were it lost, both would build and the first rename would win.
type environment struct {
	dir   string
	build func(dir string) error // fills a folder that exists and is empty
	say   io.Writer              // told what is being done
	pace  pace
}

// pace is how often the processes that share an environment look at its lock.
type pace struct {
	poll time.Duration // a process that waits looks again
	beat time.Duration // the process that builds touches the lock
	dead time.Duration // a lock seen untouched for this long belongs to no living process
}

var usualPace = pace{poll: 200 * time.Millisecond, beat: 2 * time.Second, dead: 30 * time.Second}

// ensure returns when the environment stands in e.dir, built by this process or by another.
func (e environment) ensure() error {
	if e.stands() {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(e.dir), 0o777); err != nil {
		return err
	}
	unlock, err := e.acquire()
	if err != nil {
		return err
	}
	defer unlock()
	if e.stands() {
		return nil
	}
	return errors.Join(e.removeLeftovers(), e.make())
}

// make builds the environment aside and moves it into place.
func (e environment) make() error {
	aside, err := os.MkdirTemp(filepath.Dir(e.dir), filepath.Base(e.dir)+".tmp-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(aside) // nothing is there any more after the rename
	if err := e.build(aside); err != nil {
		return err
	}
	if err := os.Rename(aside, e.dir); err != nil && !e.stands() {
		return err
	}
	fmt.Fprintf(e.say, "venv: %s is ready\n", e.dir)
	return nil
}

// removeLeftovers removes what killed builders left. The caller holds the lock, so no other is at work.
func (e environment) removeLeftovers() error {
	left, err := filepath.Glob(e.dir + ".tmp-*")
	for _, dir := range left {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	return err
}

func (e environment) stands() bool {
	info, err := os.Stat(e.dir)
	return err == nil && info.IsDir()
}

func (e environment) lock() string { return e.dir + ".lock" }

// acquire makes the lock, waiting while a living process has it, and touches it until unlock is called.
func (e environment) acquire() (unlock func(), err error) {
	var touched, since time.Time // when the owner last touched the lock, and when that was first seen
	for {
		err := os.Mkdir(e.lock(), 0o777)
		if err == nil {
			return e.hold(), nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		info, err := os.Stat(e.lock())
		switch {
		case err != nil: // just released
		case !info.ModTime().Equal(touched):
			if touched.IsZero() {
				fmt.Fprintf(e.say, "venv: waiting for another process that makes %s\n", e.dir)
			}
			touched, since = info.ModTime(), time.Now()
		case time.Since(since) > e.pace.dead:
			_ = os.Remove(e.lock()) // another process that waits may have been quicker
		}
		time.Sleep(e.pace.poll)
	}
}

// hold touches the lock at every beat until the function it returns is called, which removes it.
func (e environment) hold() (unlock func()) {
	done, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			select {
			case <-done:
				return
			case now := <-time.After(e.pace.beat):
				_ = os.Chtimes(e.lock(), now, now) // a lost lock costs double work, nothing else
			}
		}
	}()
	return func() {
		close(done)
		<-stopped
		_ = os.Remove(e.lock())
	}
}
