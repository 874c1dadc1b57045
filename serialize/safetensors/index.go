package safetensors

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/heft-ml/heft/internal/mapped"
)

// OpenIndex opens the index of a model in many files, as model.safetensors.index.json, and the files it names, as one [File]: tensors in the order of the
// files' names and of their data, metadata of the first file that has it. It checks that the index names files of its own folder only, that each file
// holds the tensors that the index says and no others, and that the size is what the index says. Errors are those of [Open], or a [FormatError] of kind
// [InvalidIndex] or [InvalidShard].
func OpenIndex(path string) (*File, error) {
	x, err := readIndex(path)
	if err != nil {
		var format *FormatError
		if errors.As(err, &format) {
			format.File = path
		}
		return nil, err
	}
	f := &File{name: path, index: map[string]int{}}
	if err := f.join(x, filepath.Dir(path)); err != nil {
		_ = f.Close() // nothing was written, and the reason for closing is being reported
		return nil, err
	}
	return f, nil
}

// weightIndex is what an index says.
type weightIndex struct {
	files map[string]string // of each tensor
	total float64           // bytes of all tensors, or -1 when it does not say; some libraries write 1e9 or 1000000000.0
}

// readIndex reads the JSON text.
func readIndex(path string) (*weightIndex, error) {
	source, err := mapped.Open(path)
	if err != nil {
		return nil, ioError("open", path, err)
	}
	defer func() { _ = source.Close() }() // nothing was written
	if source.Size() > maxHeader {
		return nil, broken(InvalidIndex, "", "it has %s bytes, at most %s are allowed", grouped(uint64(source.Size())), grouped(maxHeader))
	}
	text := make([]byte, source.Size())
	if _, err := source.ReadAt(text, 0); err != nil && len(text) > 0 {
		return nil, ioError("read", path, err)
	}
	x, err := parseIndex(text)
	var format *FormatError
	if errors.As(err, &format) && format.Kind == InvalidHeaderDeserialization {
		format.Kind = InvalidIndex // the scanner speaks of headers
	}
	return x, err
}

// parseIndex reads {"metadata": {"total_size": N, ...}, "weight_map": {TENSOR: FILE, ...}}.
func parseIndex(text []byte) (*weightIndex, error) {
	if !utf8.Valid(text) {
		return nil, broken(InvalidIndex, "", "byte %d does not begin a character", validPrefix(text))
	}
	x := &weightIndex{total: -1}
	s := &scanner{text: text}
	seen := map[string]bool{}
	err := s.object(func(key string) error {
		if seen[key] {
			return broken(DuplicateName, "", "%.100q comes twice", key)
		}
		seen[key] = true
		switch key {
		case "metadata":
			return s.indexMetadata(x)
		case "weight_map":
			return s.weightMap(x)
		}
		return s.skip(2)
	})
	if err != nil {
		return nil, err
	}
	if s.next(); s.pos != len(text) {
		return nil, s.fail("trailing characters: found %s after the index", s.found())
	}
	if x.files == nil {
		return nil, s.fail(`"weight_map" is missing`)
	}
	return x, nil
}

func (s *scanner) indexMetadata(x *weightIndex) error {
	if s.word("null") {
		return nil
	}
	return s.object(func(key string) error {
		if key != "total_size" {
			return s.skip(3)
		}
		s.next()
		start := s.pos
		if err := s.skipNumber(); err != nil {
			return err
		}
		var err error
		if x.total, err = strconv.ParseFloat(string(s.text[start:s.pos]), 64); err != nil || x.total < 0 {
			return s.fail("total_size is not a number of bytes")
		}
		return nil
	})
}

func (s *scanner) weightMap(x *weightIndex) error {
	x.files = map[string]string{}
	return s.object(func(tensor string) error {
		if _, twice := x.files[tensor]; twice {
			return broken(DuplicateName, tensor, "the name comes twice")
		}
		if s.next() != '"' {
			return named(tensor, s.fail("expected the name of a file, found %s", s.found()))
		}
		file, err := s.string()
		if err != nil {
			return err
		}
		if !plainName(file) {
			return broken(InvalidIndex, tensor, "%.100q is not the name of a file in the folder of the index", file)
		}
		x.files[tensor] = file
		return nil
	})
}

// plainName tells whether a name leads nowhere but to a file of the folder, on any system.
func plainName(name string) bool {
	return name != "." && fs.ValidPath(name) && filepath.IsLocal(name) && !strings.ContainsAny(name, "/\\:\x00")
}

// join opens the files that the index names, and checks that they hold what it says.
func (f *File) join(x *weightIndex, dir string) error {
	total := int64(0)
	for _, name := range slices.Compact(slices.Sorted(maps.Values(x.files))) {
		shard, err := Open(filepath.Join(dir, name))
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) {
				return fmt.Errorf("%w: the index %q names this file, so it was lost or not downloaded", err, f.name)
			}
			return err
		}
		f.sources = append(f.sources, shard.sources...)
		if f.metadata == nil {
			f.metadata, f.keys = shard.metadata, shard.keys
		}
		first := len(f.entries)
		for _, e := range shard.entries {
			switch file, known := x.files[e.Name]; {
			case !known:
				return f.wrong(e.Name, "%.100q has it, but the index does not", name)
			case file != name:
				return f.wrong(e.Name, "%.100q has it, but the index says %.100q", name, file)
			}
			f.index[e.Name] = len(f.entries)
			e.place += first
			f.entries = append(f.entries, e)
			total += e.Bytes
		}
	}
	for _, tensor := range slices.Sorted(maps.Keys(x.files)) {
		if _, found := f.index[tensor]; !found {
			return f.wrong(tensor, "%.100q does not have it, but the index says so", x.files[tensor])
		}
	}
	if x.total >= 0 && x.total != float64(total) {
		return f.wrong("", "the tensors have %s bytes, but total_size of the index is %.0f: correct it or take it out", grouped(uint64(total)), x.total)
	}
	return nil
}

// wrong says that the files are not what the index says.
func (f *File) wrong(tensor, format string, args ...any) error {
	return &FormatError{Kind: InvalidShard, File: f.name, Tensor: tensor, Detail: fmt.Sprintf(format, args...)}
}
