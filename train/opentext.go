package train

import (
	"context"
	"fmt"
	"iter"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/tokenizer"
)

// TrainedText is a model of text read from its weights file: the file alone is enough.
type TrainedText struct {
	Path      string
	Recipe    Recipe // the zero Recipe of a model that was converted from elsewhere
	Tokenizer tokenizer.Tokenizer
	Store     *nn.Store
	Model     models.Language
	context   int // tokens of a window in training
}

// TextError says that a model is one of text, which neither answers for samples nor is scored on them.
type TextError struct{ Path string }

// Error names the weights file and what can be done.
func (e *TextError) Error() string {
	return fmt.Sprintf("%s is a model of text, which has no answers for samples: let it write with heft generate", e.Path)
}

// OpenText reads the model of text of a run's folder, or of a weights file that Heft trained or converted. The error says what is
// missing or does not fit, and where.
func OpenText(path string) (*TrainedText, error) {
	path = weightsPath(path)
	f, err := safetensors.Open(path)
	if err != nil {
		return nil, orUnfinished(path, err)
	}
	defer f.Close()
	about, ok, err := ReadTextModel(f.Metadata())
	if err == nil && !ok {
		err = notOfText(f.Metadata())
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	numbers := numbersOf(f)
	if want := about.Config.Parameters(); numbers < want { // before there is room for so many
		return nil, fmt.Errorf("%s: the model has %d parameters, but the file only %d numbers", path, want, numbers)
	}
	s, m, err := about.build()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := s.Load(f.All()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	window := m.Context()
	if about.Trained() {
		l, err := parseLanguage(about.Recipe.Config.Model)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		window = l.Context
	}
	return &TrainedText{path, about.Recipe, about.Tokenizer, s, m, window}, nil
}

// notOfText says of a weights file that it is not that of a model of text.
func notOfText(metadata map[string]string) error {
	if recipe, ok, _ := ReadRecipe(metadata); ok {
		return fmt.Errorf("it was trained on %s, which is no text: it cannot write", recipe.Config.Spec.Name)
	}
	return errNoRecipe
}

// HeldOut returns the part of the model's text that it was not trained on. Its file is looked for beside the weights too. The
// error says why the text cannot be read, that it is not the one that the model knows, or that none is known of a model that
// Heft did not train.
func (t *TrainedText) HeldOut(opts ...data.LoadOption) (*data.Text, error) {
	if t.Recipe.Config.Model == "" {
		return nil, fmt.Errorf("%s was converted and has no recipe, which would say what text to score it on: let it write with heft generate", t.Path)
	}
	parts, err := data.LoadText(t.Recipe.Config.Spec, append(opts[:len(opts):len(opts)], besides(t.Path))...)
	if err != nil {
		return nil, err
	}
	if parts.Validation.Hash() != t.Recipe.Data.Test || parts.Tokenizer.Len() != t.Tokenizer.Len() {
		return nil, fmt.Errorf("%s is not the text that %s was trained with: its held-out part changed", t.Recipe.Config.Spec.Name, t.Path)
	}
	return parts.Validation, nil
}

// Changes lists what was changed in the weights file after training; nothing if it is as it was.
func (t *TrainedText) Changes() ([]string, error) { return t.Recipe.changes(t.Store.Tensors()) }

// Evaluate scores the model on a text of its own tokens: see [EvaluateText].
func (t *TrainedText) Evaluate(text *data.Text) Score {
	return EvaluateText(t.Store, t.Model, text, t.context)
}

// Generate returns the bytes of n tokens that go on from the prompt, a token at a time, until ctx ends. A token of byte
// pairs may be a part of a character only. The error says what the prompt has that the model does not know, or which setting
// cannot be used.
func (t *TrainedText) Generate(ctx context.Context, prompt string, n int, how models.Sampling) (iter.Seq[[]byte], error) {
	ids, err := t.Tokenizer.Encode(prompt)
	if err != nil {
		return nil, fmt.Errorf("prompt: %w", err)
	}
	written, err := models.Generate(ctx, t.Store, t.Model, ids, n, how)
	if err != nil {
		return nil, err
	}
	return func(yield func([]byte) bool) {
		for id := range written {
			if !yield(t.Tokenizer.Decode([]int32{id})) {
				return
			}
		}
	}, nil
}
