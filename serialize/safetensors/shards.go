package safetensors

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
)

// The names that libraries look for in the folder of a model: the index first, and the single file when there is none.
const (
	IndexFile  = "model.safetensors.index.json"
	SingleFile = "model.safetensors"
)

// CreateSharded writes a model to the folder dir as files whose tensors take at most limit bytes each, model-00001-of-00003.safetensors and so on, and
// then their index, as the transformers library does: the tensors are divided in the order of infos, and one that is larger has a file of its own. What
// fits into one file becomes model.safetensors, without an index.
//
// Each file is written as [Create] does. The index comes last, so a folder without it is not complete; files of an earlier attempt are replaced. A folder
// that has an index is refused with an fs.ErrExist, since a failure would leave old files beside new ones.
func CreateSharded(dir string, limit int64, infos []dtype.Info, content func(info dtype.Info, w io.Writer) error, opts ...Option) error {
	index := filepath.Join(dir, IndexFile)
	if _, err := os.Lstat(index); !errors.Is(err, fs.ErrNotExist) {
		if err == nil {
			err = fmt.Errorf("the folder has a model in many files already: choose another folder, or remove that model: %w", fs.ErrExist)
		}
		return ioError("create", index, err)
	}
	o := newOptions(opts)
	sized, err := sizeAll(infos)
	if err != nil {
		return err
	}
	shards := divide(sized, limit)
	plans := make([]*plan, len(shards))
	for i, shard := range shards {
		if plans[i], err = newPlan(shard, content, o); err != nil {
			return err
		}
	}
	for i, p := range plans {
		if err := atomicfile.Write(filepath.Join(dir, shardName(i, len(plans))), p.writeTo); err != nil {
			return err
		}
	}
	if len(shards) == 1 {
		return nil
	}
	text := indexText(shards)
	return atomicfile.Write(index, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}

// divide splits tensors as split_state_dict_into_shards of the huggingface_hub library does. There is at least one shard.
func divide(infos []dtype.Info, limit int64) (shards [][]dtype.Info) {
	var shard []dtype.Info
	bytes := int64(0)
	for _, t := range infos {
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
	return shards
}

// shardName is the name of file i of n.
func shardName(i, n int) string {
	if n == 1 {
		return SingleFile
	}
	return fmt.Sprintf("model-%05d-of-%05d.safetensors", i+1, n)
}

// indexText writes the index as Python's json.dumps(index, indent=2, sort_keys=True) does, and a newline.
func indexText(shards [][]dtype.Info) []byte {
	type mapped struct{ tensor, file string }
	var all []mapped
	total := int64(0)
	for i, shard := range shards {
		for _, t := range shard {
			all = append(all, mapped{t.Name, shardName(i, len(shards))})
			total += t.Bytes
		}
	}
	slices.SortFunc(all, func(a, b mapped) int { return strings.Compare(a.tensor, b.tensor) })
	b := []byte("{\n  \"metadata\": {\n    \"total_size\": ")
	b = strconv.AppendInt(b, total, 10)
	b = append(b, "\n  },\n  \"weight_map\": {"...)
	for i, m := range all {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, "\n    "...)
		b = appendASCII(b, m.tensor)
		b = append(b, ": "...)
		b = appendASCII(b, m.file)
	}
	return append(b, "\n  }\n}\n"...)
}

// appendASCII appends text as a JSON string in which everything but ASCII is escaped.
func appendASCII(b []byte, text string) []byte {
	for _, r := range string(appendQuoted(nil, text)) {
		switch {
		case r < 0x7f:
			b = append(b, byte(r))
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, high, low)
		default:
			b = fmt.Appendf(b, `\u%04x`, r)
		}
	}
	return b
}
