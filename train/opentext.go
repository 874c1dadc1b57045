package train

import (
	"context"
	"fmt"
	"iter"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/tokenizer"
)

// TrainedText is a model of text read from its weights file: the file alone is enough.
type TrainedText struct {
	Path      string
	Recipe    Recipe
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

// OpenText reads the model of text of a run's folder, or of a weights file that Heft trained. The error says what is
// missing or does not fit, and where.
func OpenText(path string) (*TrainedText, error) {
	path = weightsPath(path)
	f, recipe, err := openWeights(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	c := recipe.Config
	if !data.IsText(c.Spec.Name) {
		return nil, fmt.Errorf("%s was trained on %s, which is no text: it cannot write", path, c.Spec.Name)
	}
	t, err := tokenizer.Read(strings.NewReader(f.Metadata()[tokenizerKey]))
	if err != nil {
		return nil, fmt.Errorf("%s: the tokenizer in the file's metadata: %w", path, err)
	}
	l, err := parseLanguage(c.Model)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s, m, err := c.buildLanguage(l, t.Len())
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if _, err := s.Load(f.All()); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &TrainedText{path, recipe, t, s, m, l.Context}, nil
}

// HeldOut returns the part of the model's text that it was not trained on. Its file is looked for beside the weights too. The
// error says why the text cannot be read, or
// that it is not the one that the model knows.
func (t *TrainedText) HeldOut(opts ...data.LoadOption) (*data.Text, error) {
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
