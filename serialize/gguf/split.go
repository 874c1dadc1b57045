package gguf

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strconv"

	"github.com/heft-ml/heft/internal/mapped"
)

// splitName takes apart how llama.cpp names the files of a split (llama_split_path): PREFIX-00001-of-00003.gguf.
var splitName = regexp.MustCompile(`^(?s)(.*)-(\d{5})-of-(\d{5})\.gguf$`)

// partName is the name of file i of n.
func partName(prefix string, i, n int) string {
	return fmt.Sprintf("%s-%05d-of-%05d.gguf", prefix, i+1, n)
}

// splitCount returns how many files the metadata says there are, 1 when it says nothing; llama-gguf-split leaves a 0 in files that it merged.
func (m Metadata) splitCount() (int, error) {
	if _, split := m.Value(keySplitCount); !split {
		return 1, nil
	}
	n, err := m.Int(keySplitCount)
	switch {
	case err != nil:
		return 0, err
	case n < 0 || n > mostParts:
		return 0, brokenKey(BadSplit, keySplitCount, "%d files are impossible", n)
	}
	return max(1, int(n)), nil
}

// mostParts is what five digits and a u16 hold.
const mostParts = 1<<16 - 1

// others returns p with the files that go with it, in order. When there is an error the files have to be closed nevertheless.
func (p part) others(path string, openOne func(path string) (*mapped.Source, error)) ([]part, error) {
	n, err := p.metadata.splitCount()
	if err != nil || n == 1 {
		return []part{p}, inFile(path, err)
	}
	m := splitName.FindStringSubmatch(path)
	if m == nil || m[3] != fmt.Sprintf("%05d", n) {
		return []part{p}, inFile(path, broken(BadSplit, "it is one of %d files: give them the names NAME-00001-of-%05d.gguf and so on", n, n))
	}
	no, err := strconv.Atoi(m[2])
	if err != nil || no < 1 || no > n {
		return []part{p}, inFile(path, broken(BadSplit, "its name says that it is file %s of %d", m[2], n))
	}
	parts := make([]part, 0, n)
	for i := range n {
		next := p
		if i != no-1 {
			next, err = openPart(partName(m[1], i, n), openOne)
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = fmt.Errorf("%w: %q is one of %d files, so this one was lost or not downloaded", err, path, n)
		}
		if err != nil {
			if i < no-1 {
				parts = append(parts, p)
			}
			return parts, err
		}
		parts = append(parts, next)
	}
	return parts, checkParts(parts)
}

// checkParts tells whether files that lie beside one another are those of one split.
func checkParts(parts []part) error {
	names := map[string]string{}
	for i, p := range parts {
		wrong := func(key, format string, args ...any) error {
			return inFile(p.source.Name(), brokenKey(BadSplit, key, format, args...))
		}
		n, err := p.metadata.splitCount()
		if err != nil {
			return inFile(p.source.Name(), err)
		}
		if n != len(parts) {
			return wrong(keySplitCount, "it is %d, but %q has %d", n, parts[0].source.Name(), len(parts))
		}
		no, err := p.metadata.Int(keySplitNo)
		if err != nil {
			return inFile(p.source.Name(), err)
		}
		if no != int64(i) {
			return wrong(keySplitNo, "it is %d, but by its name the file is number %d, counted from 0", no, i)
		}
		for _, e := range p.entries {
			if before, twice := names[e.Name]; twice {
				return inFile(p.source.Name(), brokenTensor(DuplicateName, e.Name, "%q has it too", before))
			}
			names[e.Name] = p.source.Name()
		}
	}
	first := parts[0]
	total, err := first.metadata.Int(keySplitTensors)
	if err != nil {
		return inFile(first.source.Name(), err)
	}
	if total != int64(len(names)) {
		return inFile(first.source.Name(), brokenKey(BadSplit, keySplitTensors, "it is %d, but the files have %d tensors", total, len(names)))
	}
	return nil
}
