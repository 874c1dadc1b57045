package atomicfile

import (
	"io"
	"sync/atomic"
)

// buffers of bufferSize are what a writer may be ahead of the disk.
const (
	bufferSize = 256 << 10 // large enough that the number of system calls does not matter
	buffers    = 4
)

// behind is an io.Writer that writes to another one beside its caller, who meanwhile makes what comes next. What fits into one buffer is written by
// Close. An error of the other writer is that of a later Write or of Close, and nothing is written after it.
type behind struct {
	w    io.Writer
	buf  []byte      // being filled
	full chan []byte // to be written, in order; nil until the first buffer is full
	free chan []byte // written
	done chan struct{}
	err  atomic.Pointer[error]
}

func newBehind(w io.Writer) *behind { return &behind{w: w, buf: make([]byte, 0, bufferSize)} }

// Write keeps a copy of p.
func (b *behind) Write(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if err := b.err.Load(); err != nil {
			return n, *err
		}
		if len(b.buf) == cap(b.buf) {
			b.turn()
		}
		k := copy(b.buf[len(b.buf):cap(b.buf)], p[n:])
		b.buf = b.buf[:len(b.buf)+k]
		n += k
	}
	return n, nil
}

// turn hands the full buffer over, and takes an empty one.
func (b *behind) turn() {
	if b.full == nil {
		b.full, b.free, b.done = make(chan []byte, buffers), make(chan []byte, buffers), make(chan struct{})
		for range buffers - 1 {
			b.free <- nil
		}
		go b.writeAll()
	}
	b.full <- b.buf
	if b.buf = (<-b.free)[:0]; b.buf == nil {
		b.buf = make([]byte, 0, bufferSize)
	}
}

// writeAll writes buffers until there are no more; after an error it only empties them.
func (b *behind) writeAll() {
	defer close(b.done)
	for buf := range b.full {
		if b.err.Load() == nil {
			b.write(buf)
		}
		b.free <- buf
	}
}

func (b *behind) write(buf []byte) {
	n, err := b.w.Write(buf)
	if err == nil && n < len(buf) {
		err = io.ErrShortWrite
	}
	if err != nil {
		b.err.Store(&err)
	}
}

// Close writes the rest, and waits until all is written. It is called once.
func (b *behind) Close() error {
	if b.full != nil {
		b.full <- b.buf
		close(b.full)
		<-b.done
	} else if len(b.buf) > 0 {
		b.write(b.buf)
	}
	if err := b.err.Load(); err != nil {
		return *err
	}
	return nil
}
