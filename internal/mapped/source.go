// Package mapped gives the bytes of a file in place, through the memory map where the system has one, and copies of them
// where it has none or the bytes come from elsewhere. A file that another process cuts short while it is looked at is an
// error, not a crash.
package mapped

import (
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"sync"
	"syscall"
	"unsafe"
)

// Source is bytes with random access. It may be used by several goroutines.
type Source struct {
	name   string // empty: not a file
	size   int64
	reader io.ReaderAt // nil: all of it is in data
	file   fs.File     // nil: the caller's to close

	data  []byte // the map, or nil; it holds until Close has waited for the views
	unmap func() error

	mu     sync.Mutex // guards closed, and that no view begins after it
	closed bool
	views  sync.WaitGroup
}

// Errors of a Source, beside those of the system.
var (
	// ErrCutShort is also an io.ErrUnexpectedEOF.
	ErrCutShort = fmt.Errorf("the file became shorter while it was being read, so another process writes to it: %w", io.ErrUnexpectedEOF)
	ErrRange    = errors.New("the range lies outside the file")
)

// Open opens the regular file at path, whole and for reading alone. Errors are [fs.PathError] and say what to do about what is no
// regular file.
func Open(path string) (*Source, error) {
	info, err := os.Stat(path) // before opening: to open a named pipe can wait forever
	if err != nil {
		return nil, err
	}
	if err := regular("open", path, info); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = f.Stat(); err != nil {
		_ = f.Close() // nothing was written, and the reason for closing is being reported
		return nil, err
	}
	s := &Source{name: path, size: info.Size(), reader: f, file: f}
	if size := int(s.size); size > 0 && int64(size) == s.size {
		if data, unmap, err := mapFile(f, size); err == nil { // else it is read
			s.data, s.unmap = data, unmap
		}
	}
	return s, nil
}

// regular refuses what has no bytes at a place.
func regular(doing, path string, info fs.FileInfo) error {
	switch {
	case info.IsDir():
		return &fs.PathError{Op: doing, Path: path, Err: errors.New("it is a directory: name a file in it")}
	case !info.Mode().IsRegular():
		return &fs.PathError{Op: doing, Path: path, Err: errors.New("it is not a regular file: copy it to one first")}
	}
	return nil
}

// New returns a Source of size bytes that r has. Closing it does not close r.
func New(r io.ReaderAt, size int64) *Source { return &Source{size: size, reader: r} }

// OpenFS opens a file of fsys. One that has no random access, as in a compressed archive, is read into memory.
func OpenFS(fsys fs.FS, name string) (*Source, error) {
	f, err := fsys.Open(name)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil {
		err = regular("open", name, info)
	}
	if err != nil {
		_ = f.Close() // nothing was written, and the reason for closing is being reported
		return nil, err
	}
	if r, ok := f.(io.ReaderAt); ok {
		return &Source{name: name, size: info.Size(), reader: r, file: f}, nil
	}
	defer func() { _ = f.Close() }() // nothing was written
	data, err := io.ReadAll(f)
	if err != nil {
		return nil, err
	}
	return &Source{name: name, size: int64(len(data)), data: data, unmap: func() error { return nil }}, nil
}

// Name returns the path that the Source was opened by, empty for New's.
func (s *Source) Name() string { return s.name }

// Size returns how many bytes there are.
func (s *Source) Size() int64 { return s.size }

// Mapped tells whether View shows the bytes in place.
func (s *Source) Mapped() bool { return s.data != nil }

// View calls see with n bytes from the offset on, which see must neither keep nor change, nor look at from other goroutines
// (those call View themselves); nor must it close the Source. The error is [ErrRange], [ErrCutShort], fs.ErrClosed, the
// reader's or see's.
func (s *Source) View(offset, n int64, see func(data []byte) error) (err error) {
	if offset < 0 || n < 0 || n > s.size || offset > s.size-n {
		return ErrRange
	}
	if !s.enter() {
		return fs.ErrClosed
	}
	defer s.views.Done()
	if s.data == nil {
		data := make([]byte, n)
		if err := s.fill(data, offset); err != nil {
			return err
		}
		return see(data)
	}
	defer s.survive(debug.SetPanicOnFault(true), &err)
	err = see(s.data[offset : offset+n : offset+n])
	if errors.Is(err, syscall.EFAULT) || err == nil && s.cut(offset+n) {
		return ErrCutShort
	}
	return err
}

// Show is View for those who name the file in its errors: see's come back as they are, all others as failed makes them.
func (s *Source) Show(offset, n int64, see func(data []byte) error, failed func(err error) error) error {
	err := s.View(offset, n, func(data []byte) error {
		if err := see(data); err != nil {
			return &viewerError{err}
		}
		return nil
	})
	if own, ok := err.(*viewerError); ok {
		return own.error
	}
	if err != nil {
		return failed(err)
	}
	return nil
}

// viewerError is the error of who looks at the bytes, which is not about the file.
type viewerError struct{ error }

func (e *viewerError) Unwrap() error { return e.error }

// cut tells whether the mapped file ends before that byte by now. Within its last page that is no fault: zeros are seen there. Nor
// is it one where the operating system looks at the bytes, as when they are written to another file: that is EFAULT.
func (s *Source) cut(end int64) bool {
	if s.file == nil {
		return false
	}
	info, err := s.file.Stat()
	return err == nil && info.Size() < end
}

// enter makes Close wait for the view that begins, and tells whether it may begin.
func (s *Source) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.closed {
		s.views.Add(1)
	}
	return !s.closed
}

// ReadAt reads as [io.ReaderAt] does.
func (s *Source) ReadAt(p []byte, offset int64) (int, error) {
	if offset < 0 {
		return 0, ErrRange
	}
	there := p[:min(int64(len(p)), max(0, s.size-offset))]
	if len(there) > 0 {
		if err := s.copy(there, offset); err != nil {
			return 0, err
		}
	}
	if len(there) < len(p) {
		return len(there), io.EOF
	}
	return len(p), nil
}

// copy reads all of p, which lies within the size. Of a file it asks the system, even where it is mapped: that is one call, where the map costs a fault for
// each page and a call to see whether the file was cut.
func (s *Source) copy(p []byte, offset int64) error {
	if s.reader == nil {
		return s.View(offset, int64(len(p)), func(data []byte) error { copy(p, data); return nil })
	}
	if !s.enter() {
		return fs.ErrClosed
	}
	defer s.views.Done()
	return s.fill(p, offset)
}

// CRC32 returns the checksum, IEEE 802.3's, of n bytes from the offset on. It needs little memory.
func (s *Source) CRC32(offset, n int64) (uint32, error) {
	sum := crc32.NewIEEE()
	if !s.Mapped() {
		_, err := io.CopyN(sum, io.NewSectionReader(s, offset, n), n)
		return sum.Sum32(), err
	}
	const piece = 1 << 20
	for end := offset + n; offset < end; offset += piece {
		err := s.View(offset, min(piece, end-offset), func(data []byte) error {
			_, err := sum.Write(data)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return sum.Sum32(), nil
}

// fill reads all of data, which lies within the size.
func (s *Source) fill(data []byte, offset int64) error {
	n, err := s.reader.ReadAt(data, offset)
	switch {
	case n == len(data):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return ErrCutShort
	}
	return err
}

// survive is deferred: it turns a fault within the map into an error, lets every other panic go on, and faults be again what
// they were before.
func (s *Source) survive(before bool, err *error) {
	debug.SetPanicOnFault(before)
	switch r := recover().(type) {
	case nil:
	case interface {
		error
		Addr() uintptr
	}:
		start := uintptr(unsafe.Pointer(unsafe.SliceData(s.data)))
		if at := r.Addr(); at < start || at-start >= uintptr(len(s.data)) {
			panic(r)
		}
		*err = ErrCutShort
	default:
		panic(r)
	}
}

// Close waits for those who look at the bytes, and lets go of them.
func (s *Source) Close() error {
	s.mu.Lock()
	before := s.closed
	s.closed = true
	s.mu.Unlock()
	if before {
		return nil
	}
	s.views.Wait()
	var errs []error
	if s.unmap != nil {
		errs = append(errs, s.unmap())
	}
	if s.file != nil {
		errs = append(errs, s.file.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close %s: %w", s.name, err)
	}
	return nil
}
