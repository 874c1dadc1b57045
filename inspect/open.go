package inspect

import (
	"os"

	"github.com/heft-ml/heft/serialize"
)

// Source is an open weights file, or the weights of a folder, and where they were found.
type Source struct {
	serialize.File
	Path      string // of the weights: in a folder, the file or the index that was chosen
	tokenizer []byte // tokenizer.json of a folder, or nil
}

// Open opens the weights file, the index of many, or the folder at path: that of a run, or of a model as the Hugging Face
// Hub has it. Errors are those of [serialize.Open] and [serialize.OpenFolder]. Close it.
func Open(path string) (*Source, error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		f, err := serialize.Open(path)
		if err != nil {
			return nil, err
		}
		return &Source{File: f, Path: path}, nil
	}
	folder, err := serialize.OpenFolder(path)
	if err != nil {
		return nil, err
	}
	return &Source{File: folder.Weights, Path: folder.Path, tokenizer: folder.Tokenizer}, nil
}

// bytes returns the size of the file, and where it is one of many that of all their tensors.
func (s *Source) bytes() (int64, error) {
	if !s.Many() {
		info, err := os.Stat(s.Path)
		if err != nil {
			return 0, err
		}
		return info.Size(), nil
	}
	total := int64(0)
	for _, info := range s.Tensors() {
		total = plus(total, info.Bytes)
	}
	return total, nil
}
