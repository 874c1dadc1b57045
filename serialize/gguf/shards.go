package gguf

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/serialize/fault"
)

// CreateSplit writes a model as files whose tensors take at most limit bytes each, as gguf-py and llama-gguf-split do: for a path model.gguf they are
// model-00001-of-00003.gguf and so on, and [Open] opens them as one by the name of any. The tensors are divided in the order of infos; one that is larger
// has a file of its own. The metadata goes into the first. What fits into one file becomes path itself. It returns the paths in order.
//
// Each file is written as [Create] does, the first one last, so that what stands under its name is complete. A first file that is there already is an
// fs.ErrExist, since a failure would leave old files beside new ones.
func CreateSplit(path string, limit int64, m Metadata, infos []dtype.Info, content func(info dtype.Info, w io.Writer) error) ([]string, error) {
	alignment, err := m.alignment()
	if err != nil {
		return nil, err
	}
	sized, _, err := sizeAll(infos, alignment)
	if err != nil {
		return nil, err
	}
	shards := divide(sized, limit)
	if len(shards) == 1 {
		return []string{path}, Create(path, m, infos, content)
	}
	if len(shards) > mostParts {
		return nil, broken(BadSplit, "there would be %s files, at most %s can be numbered: choose a larger limit", fault.Grouped(uint64(len(shards))), fault.Grouped(mostParts))
	}
	paths := make([]string, len(shards))
	plans := make([]*plan, len(shards))
	for i, shard := range shards {
		paths[i] = partName(strings.TrimSuffix(path, ".gguf"), i, len(shards))
		if plans[i], err = newPlan(m.ofPart(i, len(shards), len(infos)), shard, content); err != nil {
			return nil, err
		}
	}
	if _, err := os.Lstat(paths[0]); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("a model in so many files is there already: choose another name, or remove that model: %w", fs.ErrExist)
		}
		return nil, fault.IO[Kind]("create", paths[0], err)
	}
	for i := range slices.Backward(plans) {
		if err := atomicfile.Write(paths[i], plans[i].writeTo); err != nil {
			return nil, err
		}
	}
	return paths, nil
}

// ofPart returns the metadata of file i of n that have so many tensors together.
func (m Metadata) ofPart(i, n, tensors int) Metadata {
	part := m
	if i > 0 {
		part = nil
		if v, ok := m.Value(KeyAlignment); ok {
			part = part.With(KeyAlignment, v)
		}
	}
	return part.With(keySplitNo, Of(uint16(i))).With(keySplitCount, Of(uint16(n))).With(keySplitTensors, Of(int32(tensors)))
}

// divide splits tensors as gguf-py does: a file takes what fits, and one tensor at least. There is at least one file.
func divide(infos []dtype.Info, limit int64) (shards [][]dtype.Info) {
	bytes := int64(0)
	for _, info := range infos {
		if n := len(shards); n == 0 || bytes > limit-info.Bytes {
			shards = append(shards, nil)
			bytes = 0
		}
		shards[len(shards)-1] = append(shards[len(shards)-1], info)
		bytes += info.Bytes
	}
	if len(shards) == 0 {
		shards = append(shards, nil)
	}
	return shards
}
