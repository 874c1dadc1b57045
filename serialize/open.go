package serialize

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/heft-ml/heft/internal/mapped"
)

// Open opens the weight file at path, or the files of the index at path as one. A file of no format that Heft knows is an [*UnknownFormatError], files that
// are not what an index says are an [*IndexError]; other errors are those of the format's package. Close it.
func Open(path string) (File, error) {
	dir, name := filepath.Split(path)
	return place{dir: dir}.open(name)
}

// OpenFS opens a file of fsys, which may be embedded in the program, or the files of an index in it. Errors are those of [Open].
func OpenFS(fsys fs.FS, name string) (File, error) {
	return place{fsys: fsys, dir: path.Dir(name)}.open(path.Base(name))
}

// NewReader reads a file of that size in bytes from anything with random access. What refers to other files is read alone or, as an index, refused.
// Closing the File does not close r. Errors are those of [Open].
func NewReader(r io.ReaderAt, size int64) (File, error) {
	start, err := startOf(mapped.New(r, size))
	if err != nil {
		return nil, fmt.Errorf("read the start of a weight file: %w", err)
	}
	f, known := recognise(start)
	switch {
	case known:
		return f.opener.read(r, size)
	case isJSON(start):
		return nil, &IndexError{Detail: "an index names other files, so it has to be opened where they are"}
	}
	return nil, &UnknownFormatError{Start: start}
}

// startOf returns what the file begins with, as far as the table of formats looks at it.
func startOf(s *mapped.Source) ([]byte, error) {
	start, err := firstBytes(s, startLength)
	if end := nameEnd(start); err == nil && end > len(start) {
		return firstBytes(s, end)
	}
	return start, err
}

// firstBytes returns n bytes, or as many as there are.
func firstBytes(s *mapped.Source, n int) ([]byte, error) {
	start := make([]byte, min(s.Size(), int64(n)))
	n, err := s.ReadAt(start, 0)
	if n == len(start) {
		err = nil
	}
	return start, err
}

// isJSON tells whether a file is an index, as far as its start can say.
func isJSON(start []byte) bool { return bytes.HasPrefix(bytes.TrimLeft(start, " \t\r\n"), []byte("{")) }

// place is a folder, of the system or of an fs.FS, whose files are opened by their plain names.
type place struct {
	fsys fs.FS // nil: the system
	dir  string
}

// at returns the path of a file in the folder.
func (p place) at(name string) string {
	if p.fsys != nil {
		return path.Join(p.dir, name)
	}
	if !strings.Contains(p.dir, "..") {
		return filepath.Join(p.dir, name)
	}
	return strings.TrimRight(p.dir, string(filepath.Separator)) + string(filepath.Separator) + name // Join would take a ".." for the parent of a link before it
}

// source opens a file as bytes.
func (p place) source(name string) (*mapped.Source, error) {
	if p.fsys != nil {
		return mapped.OpenFS(p.fsys, p.at(name))
	}
	if info, err := os.Stat(p.at(name)); err == nil && info.IsDir() {
		return nil, &fs.PathError{Op: "open", Path: p.at(name), Err: errors.New("it is a folder: open it as the folder of a model, or name a file in it")}
	}
	return mapped.Open(p.at(name))
}

// open opens a weight file or an index.
func (p place) open(name string) (File, error) {
	start, err := p.start(name)
	if err != nil {
		return nil, err
	}
	if _, known := recognise(start); !known && isJSON(start) { // the length that begins a safetensors file can begin with "{"
		return p.openIndex(name)
	}
	return p.openFile(name, start)
}

// start returns what a file begins with.
func (p place) start(name string) ([]byte, error) {
	s, err := p.source(name)
	if err != nil {
		return nil, err
	}
	start, err := startOf(s)
	return start, errors.Join(err, s.Close())
}

// openFile opens a weight file that begins so.
func (p place) openFile(name string, start []byte) (File, error) {
	f, known := recognise(start)
	switch {
	case !known:
		return nil, &UnknownFormatError{File: p.at(name), Start: start}
	case p.fsys != nil:
		return f.opener.fs(p.fsys, p.at(name))
	}
	return f.opener.path(p.at(name))
}
