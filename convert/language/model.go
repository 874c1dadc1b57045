package language

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/tokenizer"
	"github.com/heft-ml/heft/train"
)

// Model is an open GPT-2 or Llama. Its weights stay in their files until it is written. Close it.
type Model struct {
	Form      Form                // that it was opened in
	Tokenizer tokenizer.Tokenizer // nil: there is none
	arch      architecture
	special   []specialToken
	ends      ends
	chat      chat
	weights   *view              // as package models has them
	kept      serialize.Metadata // what travels along
	left      []string           // what has no place in any form but that of the file
	file      io.Closer
}

// Config returns the configuration: a [models.GPTConfig] or a [models.LlamaConfig].
func (m *Model) Config() models.Config { return m.arch.config() }

// Close closes the files of the weights.
func (m *Model) Close() error { return m.file.Close() }

// Open opens the folder that transformers or Heft left, or the file of a GGUF model, or the weights file of a run. A model
// of another kind is an [*OtherError]. Other errors say what of the model has no counterpart here, and are those of the
// files.
func Open(path string) (*Model, error) {
	var m *Model
	file, folder, err := openWeights(path)
	if err != nil {
		return nil, err
	}
	switch {
	case has(file.Metadata(), train.TokenizerKey):
		m, err = openRun(file)
	case file.Format() == serialize.GGUF:
		m, err = openGGUF(file)
	case modelType(folder.Config) != "":
		m, err = openHuggingFace(path, folder)
	default:
		err = unknown(file.Metadata(), folder)
	}
	if err != nil {
		_ = file.Close() // nothing was written, and the reason for closing is being reported
		if other := new(OtherError); errors.As(err, &other) {
			other.Path = path
			return nil, other
		}
		return nil, fmt.Errorf("%q: %w", path, err)
	}
	m.file = file
	return m, nil
}

// openWeights opens a weights file, whose folder is an empty one, or a folder with what is beside its weights.
func openWeights(path string) (serialize.File, *serialize.Folder, error) {
	if info, err := os.Stat(path); err != nil || !info.IsDir() {
		f, err := serialize.Open(path)
		return f, &serialize.Folder{}, err
	}
	folder, err := serialize.OpenFolder(path)
	if err != nil {
		return nil, nil, err
	}
	return folder.Weights, folder, nil
}

func has(m serialize.Metadata, key string) bool {
	_, ok := m.Value(key)
	return ok
}

// texts returns metadata whose values are texts.
func texts(m serialize.Metadata) map[string]string {
	all := map[string]string{}
	for _, kv := range m {
		if text, ok := kv.Value.(string); ok {
			all[kv.Key] = text
		}
	}
	return all
}

// without returns metadata without keys that drop says are written anew.
func without(m serialize.Metadata, drop func(key string) bool) serialize.Metadata {
	return slices.DeleteFunc(slices.Clone(m), func(kv serialize.KV) bool { return drop(kv.Key) })
}

// runsOwn are keys of a run's metadata that other forms say in their own ways.
func runsOwn(key string) bool {
	return slices.Contains([]string{"format", train.ModelKey, train.TokenizerKey}, key)
}

// openRun opens the weights file of a run.
func openRun(file serialize.File) (*Model, error) {
	about, ok, err := train.ReadTextModel(texts(file.Metadata()))
	if err == nil && !ok {
		err = &OtherError{Reason: "it was not trained on a text"}
	}
	if err != nil {
		return nil, err
	}
	a, ok := of(about.Config)
	if !ok {
		return nil, &OtherError{Reason: fmt.Sprintf("it is a %s, which no other program knows", about.Recipe.Config.Model)}
	}
	weights, err := found(file, Run, a)
	if err != nil {
		return nil, err
	}
	names, err := about.Multiplied()
	if err == nil && len(names) > 0 {
		err = fmt.Errorf("init %s has the model compute with a multiple of %s, which other programs would not do", about.Recipe.Config.Init, names[0])
	}
	if err != nil {
		return nil, err
	}
	return &Model{Form: Run, Tokenizer: about.Tokenizer, arch: a, weights: weights, kept: without(file.Metadata(), runsOwn)}, nil
}

// openGGUF opens a GGUF file.
func openGGUF(file serialize.File) (*Model, error) {
	metadata := file.Metadata()
	name, err := value[string](metadata, gguf.KeyArchitecture)
	if err != nil {
		return nil, &OtherError{Reason: err.Error()}
	}
	a, ok := named(name)
	if !ok {
		return nil, &OtherError{Reason: fmt.Sprintf("metadata %q is %.40q", gguf.KeyArchitecture, name)}
	}
	shapes := map[string][]int{}
	for _, info := range file.Tensors() {
		shapes[info.Name] = info.Shape
	}
	tokens := 0
	if shape := shapes[a.rows()[0].gguf]; len(shape) > 0 {
		tokens = shape[0]
	}
	if err := readKeys(a, metadata, tokens, func(name string) bool { return shapes[name] != nil }); err != nil {
		return nil, err
	}
	m := &Model{Form: GGUF, arch: a, kept: without(metadata, func(key string) bool { return own(key, name) })}
	if text, ok := texts(metadata)[chatKey]; ok {
		m.chat = chat{text, chatKey}
	}
	if err := m.readTokens(metadata); err != nil {
		return nil, err
	}
	m.weights, err = found(file, GGUF, a)
	return m, err
}

// Architecture returns "gpt2" or "llama".
func (m *Model) Architecture() string { return m.arch.name() }
