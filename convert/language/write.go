package language

import (
	"context"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"slices"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/quant/ggml"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/train"
)

// Options says what else changes on the way.
type Options struct {
	DType    dtype.DType                     // of the weights; 0 leaves them as they are, blocks becoming F32
	As       func(info dtype.Info) ggml.Type // in a GGUF file, what each weight becomes; nil: DType, but for what [gguf.Pure] keeps as F32
	Overflow dtype.Overflow                  // what becomes of values too large for DType
	Replace  bool                            // a folder of such a model that is there
	Limit    int64                           // most bytes that the weights of a file take, in as many files: see [convert.Split]; 0: in one
	Progress func(done, total int64)         // called while bytes are written and read back; nil: nobody looks
	Close    io.Closer                       // as the model, to replace what it was opened from: closed when all has been read; nil: nothing is
}

// Write writes the model at path in another form: a file for [GGUF], or with a Limit files that are called after it, else a
// folder. It appears as a whole or not at all. Errors are those of [convert.Split] and [convert.Folder], and say what the form
// has no place for: a [Run] has one file.
func (m *Model) Write(ctx context.Context, path string, to Form, o Options) (*convert.Result, error) {
	if to == GGUF {
		return m.writeGGUF(ctx, path, o)
	}
	v := turned(m.weights, to, m.arch)
	left := slices.Concat(m.left, m.behind(to))
	switch to {
	case HuggingFace:
		v.metadata = m.kept
	case Run:
		if o.Limit > 0 {
			return nil, fmt.Errorf("a run has its weights in one file, %s, and cannot be divided", train.WeightsFile)
		}
		about, forgotten, err := m.about()
		if err != nil {
			return nil, err
		}
		left = append(left, forgotten...)
		v.metadata = without(m.kept, func(key string) bool { return key == train.RecipeKey })
		own, err := about.Metadata()
		if err != nil {
			return nil, err
		}
		for _, key := range slices.Sorted(maps.Keys(own)) {
			v.metadata = append(v.metadata, serialize.KV{Key: key, Value: own[key]})
		}
	default:
		panic(fmt.Errorf("language: form %.40q is none of Forms", string(to)))
	}
	var r *convert.Result
	err := convert.Folder(path, o.Replace, folderFiles, func(dir string) error {
		if to == HuggingFace {
			if err := m.writeBeside(dir); err != nil {
				return err
			}
		}
		var err error
		r, err = convert.Split(ctx, v, filepath.Join(dir, train.WeightsFile), o.Limit, convert.Options{
			Format: serialize.Safetensors, DType: o.DType, Overflow: o.Overflow, Progress: o.Progress, Close: o.Close,
		})
		return err
	})
	if err != nil {
		return nil, err
	}
	r.Left = append(left, r.Left...)
	r.Files = []string{path}
	return r, nil
}

// folderFiles are the names of the files that a folder of either form has, as patterns.
var folderFiles = []string{
	train.WeightsFile, "model-*-of-*.safetensors", train.WeightsFile + serialize.IndexEnding,
	configFile, tokenizerFile, tokenizerConfigFile, chatFile, "generation_config.json",
}

// about returns what a run's weights file tells. A recipe that travelled along is part of it if it still is that of this
// model; forgotten is what is not.
func (m *Model) about() (about *train.TextModel, forgotten []string, err error) {
	if m.Tokenizer == nil {
		return nil, nil, fmt.Errorf("the model has no tokenizer, which a run needs: put a %s beside its weights", tokenizerFile)
	}
	about = &train.TextModel{Config: m.Config(), Tokenizer: m.Tokenizer}
	for key, id := range map[string]*int{"bos_token_id": m.ends.begin, "eos_token_id": m.ends.end} {
		if id != nil {
			forgotten = append(forgotten, key)
		}
	}
	slices.Sort(forgotten)
	for _, s := range m.special {
		forgotten = append(forgotten, fmt.Sprintf("special token %.40q", s.Text))
	}
	recipe, there, err := train.ReadRecipe(texts(m.kept))
	if err != nil || !there {
		return about, forgotten, err
	}
	trained := &train.TextModel{Recipe: recipe, Config: m.Config(), Tokenizer: m.Tokenizer}
	metadata, err := trained.Metadata()
	if err != nil {
		return nil, nil, err
	}
	if trained, _, err = train.ReadTextModel(metadata); err != nil {
		return about, append(forgotten, train.RecipeKey), nil // it is of another version, or was changed
	}
	if a, ok := of(trained.Config); !ok || !equal(a, m.arch) {
		return about, append(forgotten, train.RecipeKey), nil
	}
	return trained, forgotten, nil
}

// writeGGUF writes the model as llama.cpp reads it.
func (m *Model) writeGGUF(ctx context.Context, path string, o Options) (*convert.Result, error) {
	if err := m.arch.computable(); err != nil {
		return nil, err
	}
	tokens, err := writeTokens(m.Tokenizer, m.special, m.Config().Tokens(), m.ends)
	if err != nil {
		return nil, err
	}
	if m.chat.from != "" && m.Tokenizer != nil {
		tokens = append(tokens, serialize.KV{Key: chatKey, Value: m.chat.template})
	}
	as := o.As
	if as == nil {
		as = plain(o.DType)
	}
	v := turned(m.weights, GGUF, m.arch)
	if _, ok := ggml.Of(o.DType); o.As == nil && o.DType != 0 && !ok {
		return nil, &convert.NoPlaceError{Tensor: v.names[0], DType: o.DType, Format: serialize.GGUF}
	}
	v.metadata = slices.Concat(
		serialize.Metadata{{Key: gguf.KeyArchitecture, Value: m.arch.name()}},
		writeKeys(m.arch), tokens, without(m.kept, func(key string) bool { return own(key, m.arch.name()) }),
	)
	r, err := convert.Split(ctx, v, path, o.Limit, convert.Options{
		Format: serialize.GGUF, As: as, Overflow: o.Overflow, Progress: o.Progress, Close: o.Close,
	})
	if err != nil {
		return nil, err
	}
	r.Left = slices.Concat(m.left, m.behind(GGUF), r.Left)
	return r, nil
}

// plain returns a choice of types that keeps the number format of matrices, or gives them one, which GGUF must have.
func plain(to dtype.DType) func(info dtype.Info) ggml.Type {
	return func(info dtype.Info) ggml.Type {
		if to != 0 {
			info.DType = to
		}
		t, _ := ggml.Of(info.DType)
		return gguf.Pure(t)(info)
	}
}
