package serialize

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/serialize/internal/writing"
)

// IndexEnding is what follows the name of a weight file in the name of the index of many: model.safetensors.index.json.
const IndexEnding = ".index.json"

// CreateShards writes a model as files whose tensors take at most limit bytes each, and returns their paths: [Open] takes the last of them, and opens
// all as one. The tensors are divided in the order of infos, and one that is larger has a file of its own.
//
// For a path model.safetensors they are model-00001-of-00003.safetensors and so on, then model.safetensors.index.json; and likewise from pytorch_model.bin:
// the names, the division and the index of the transformers library. For model.gguf they are model-00001-of-00003.gguf and so on without an index, as
// [gguf.CreateSplit] writes them. What fits into one file becomes path itself. Other formats know no models in many files.
//
// Each file is written as [Create] does, and so are the errors; the index comes last, so that a folder without it is not complete. When there is an error,
// files that were written stay, and the next attempt replaces them. An index that is there already is an fs.ErrExist, since a failure would leave old
// files beside new ones; and so is a file at path that an index would stand beside, since readers take it for the model. A name that comes twice is refused
// before anything is written.
func CreateShards(path string, to Format, limit int64, infos []dtype.Info, m Metadata, content func(info dtype.Info, w io.Writer) error) ([]string, error) {
	switch to {
	case GGUF:
		typed, err := ggufMetadata(m)
		if err != nil {
			return nil, err
		}
		return gguf.CreateSplit(path, limit, typed, infos, content)
	case Safetensors, PyTorch:
		return createIndexed(path, to, limit, infos, m, content)
	}
	return nil, fmt.Errorf("no model in many files is of format %s: use safetensors, GGUF or PyTorch", to)
}

// createIndexed writes files and their index.
func createIndexed(path string, to Format, limit int64, infos []dtype.Info, m Metadata, content func(info dtype.Info, w io.Writer) error) ([]string, error) {
	shards, err := divide(infos, limit)
	if err != nil {
		return nil, err
	}
	index := path + IndexEnding
	if err := vacant(index, index); err != nil {
		return nil, err
	}
	if len(shards) == 1 {
		return []string{path}, Create(path, to, infos, m, content)
	}
	if err := vacant(path, index); err != nil {
		return nil, err
	}
	ending := filepath.Ext(path)
	x := indexWriter{}
	var paths []string
	for i, shard := range shards {
		file := fmt.Sprintf("%s-%05d-of-%05d%s", strings.TrimSuffix(path, ending), i+1, len(shards), ending)
		if err := Create(file, to, shard, m, content); err != nil {
			return nil, err
		}
		x.add(filepath.Base(file), shard)
		paths = append(paths, file)
	}
	err = atomicfile.Write(index, func(w io.Writer) error {
		_, err := w.Write(x.text())
		return err
	})
	return append(paths, index), err
}

// vacant refuses a path where something is that goes not with an index.
func vacant(path, index string) error {
	_, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err == nil:
		err = fs.ErrExist
	}
	return &IndexError{Index: index, Detail: fmt.Sprintf("files of two models would mix, for %q is there: choose another folder, or remove that model", path), Err: err}
}

// divide splits tensors as split_state_dict_into_shards of the huggingface_hub library does. There is at least one shard. A name that comes
// twice is an error: in different shards, neither would know of the other.
func divide(infos []dtype.Info, limit int64) (shards [][]dtype.Info, err error) {
	sized, err := writing.Check(infos, func(t *dtype.Info) (err error) {
		if t.DType != 0 {
			if t.Bytes, err = dtype.ByteSize(t.DType, t.Shape); err != nil {
				return &dtype.SizeError{Name: t.Name, DType: t.DType, Shape: t.Shape, Have: t.Bytes, Err: err}
			}
		}
		return nil
	}, func(name string) error { return &IndexError{Tensor: name, Detail: "two tensors have this name"} })
	if err != nil {
		return nil, err
	}
	var shard []dtype.Info
	bytes := int64(0)
	for _, t := range sized {
		if t.Bytes > limit {
			shards = append(shards, []dtype.Info{t})
			continue
		}
		if bytes > limit-t.Bytes {
			shards = append(shards, shard)
			shard, bytes = nil, 0
		}
		shard = append(shard, t)
		bytes += t.Bytes
	}
	if len(shard) > 0 || len(shards) == 0 {
		shards = append(shards, shard)
	}
	return shards, nil
}
