package serialize

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
)

// Folder is the folder of a model: its weights, and the JSON files beside them as they are, nil where there is none. Heft's own run folders are such
// folders, whose Config is that of the run.
type Folder struct {
	Weights          File
	WeightsFile      string // the name of the file, or the index, that was opened
	Path             string // of that file
	Config           []byte // config.json
	GenerationConfig []byte // generation_config.json
	Tokenizer        []byte // tokenizer.json
	TokenizerConfig  []byte // tokenizer_config.json
	ChatTemplate     []byte // chat_template.jinja
}

// weightNames are looked for in this order, which is that of transformers; then the only *.gguf.
var weightNames = []string{"model.safetensors", "model.safetensors.index.json", "pytorch_model.bin", "pytorch_model.bin.index.json"}

// mostSidecar bounds each of the JSON files; the largest tokenizers have some 40 MB.
const mostSidecar = 256 << 20

// OpenFolder opens the folder of a model. Its weights are, as for transformers, model.safetensors, else model.safetensors.index.json and its files,
// else pytorch_model.bin, else pytorch_model.bin.index.json and its files, else the only *.gguf, or the parts of one. What format a file is, its
// content says here too. A folder with no weights is an fs.ErrNotExist; other errors are those of [Open]. Close it.
func OpenFolder(path string) (*Folder, error) {
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = e.Name()
	}
	p := place{dir: path}
	f := &Folder{}
	if f.WeightsFile, err = p.weights(names); err != nil {
		return nil, err
	}
	f.Path = p.at(f.WeightsFile)
	for _, beside := range []struct {
		name string
		text *[]byte
	}{
		{"config.json", &f.Config}, {"generation_config.json", &f.GenerationConfig},
		{"tokenizer.json", &f.Tokenizer}, {"tokenizer_config.json", &f.TokenizerConfig}, {"chat_template.jinja", &f.ChatTemplate},
	} {
		if *beside.text, err = p.text(beside.name, mostSidecar); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	if f.Weights, err = p.open(f.WeightsFile); err != nil {
		return nil, err
	}
	if ggufs := ggufsOf(names); !slices.Contains(weightNames, f.WeightsFile) && partsOf(f.Weights) != len(ggufs) {
		_ = f.Close() // nothing was written, and the reason for closing is being reported
		return nil, &fs.PathError{Op: "open", Path: p.dir, Err: fmt.Errorf("the folder has several models, %.300q: open one of them by its name", ggufs)}
	}
	return f, nil
}

// weights chooses the file to open.
func (p place) weights(names []string) (string, error) {
	for _, name := range weightNames {
		if slices.Contains(names, name) {
			return name, nil
		}
	}
	if ggufs := ggufsOf(names); len(ggufs) > 0 {
		return ggufs[0], nil
	}
	return "", &fs.PathError{Op: "open", Path: p.dir, Err: fmt.Errorf("no weights are in the folder: looked for %s and *.gguf: %w", strings.Join(weightNames, ", "), fs.ErrNotExist)}
}

// ggufsOf picks the names of GGUF files.
func ggufsOf(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return !strings.HasSuffix(strings.ToLower(name), ".gguf") })
}

// partsOf returns how many files of a GGUF model have been opened.
func partsOf(f File) int {
	if model, ok := f.(ggufFile); ok {
		return model.Parts()
	}
	return 1
}

// Close closes the weights.
func (f *Folder) Close() error { return f.Weights.Close() }
