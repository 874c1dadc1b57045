package train

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/tokenizer"
)

// ModelKey is the metadata of a model of text that comes from elsewhere and has no recipe: its configuration, as Hugging
// Face's config.json has it.
const ModelKey = "heft.model"

// TextModel is what a weights file tells of a model of text, beside its weights.
type TextModel struct {
	Recipe    Recipe // the zero Recipe of a model that Heft did not train
	Config    models.Config
	Tokenizer tokenizer.Tokenizer
}

// Trained tells whether Heft trained the model, so that there is a recipe.
func (m *TextModel) Trained() bool { return m.Recipe.Config.Model != "" }

// ReadTextModel reads what the metadata of a weights file tells; ok is false when it is not the file of a model of text.
// The error says why what is there cannot be used.
func ReadTextModel(metadata map[string]string) (m *TextModel, ok bool, err error) {
	recipe, trained, err := ReadRecipe(metadata)
	config, converted := metadata[ModelKey]
	switch {
	case err != nil:
		return nil, true, err
	case trained && !data.IsText(recipe.Config.Spec.Name), !trained && !converted:
		return nil, false, nil
	case trained:
		err = recipe.Config.Check()
	}
	if err != nil {
		return nil, true, err
	}
	m = &TextModel{Recipe: recipe}
	if m.Tokenizer, err = tokenizer.Read(strings.NewReader(metadata[TokenizerKey])); err != nil {
		return nil, true, fmt.Errorf("the tokenizer in the file's metadata: %w", err)
	}
	if trained {
		m.Config, err = recipe.Config.languageConfig(m.Tokenizer.Len())
		return m, true, err
	}
	if m.Config, err = models.ReadConfig([]byte(config)); err != nil {
		return nil, true, fmt.Errorf("the configuration in the file's metadata: %w", err)
	}
	return m, true, m.checkVocabulary()
}

// checkVocabulary makes sure that what the model writes are tokens.
func (m *TextModel) checkVocabulary() error {
	if vocabulary, tokens := m.Config.Tokens(), m.Tokenizer.Len(); vocabulary != tokens {
		return fmt.Errorf("the model has a vocabulary of %d tokens, but the tokenizer has %d", vocabulary, tokens)
	}
	return nil
}

// Metadata returns the metadata of the model's weights file.
func (m *TextModel) Metadata() (map[string]string, error) {
	if err := m.checkVocabulary(); err != nil {
		return nil, err
	}
	var text bytes.Buffer
	if err := tokenizer.Write(&text, m.Tokenizer); err != nil {
		return nil, err
	}
	tokens, err := json.Marshal(json.RawMessage(text.Bytes()))
	if err != nil {
		return nil, err
	}
	metadata := map[string]string{TokenizerKey: string(tokens)}
	if m.Trained() {
		recipe, err := json.Marshal(m.Recipe)
		metadata[RecipeKey] = string(recipe)
		return metadata, err
	}
	config, err := m.Config.Write()
	metadata[ModelKey] = string(config)
	return metadata, err
}

// build declares the model: as the recipe says, whose initialization may multiply what weights compute, or all zeros.
func (m *TextModel) build() (*nn.Store, models.Language, error) {
	if m.Trained() {
		return m.Recipe.Config.buildLanguage(m.Config)
	}
	s := nn.NewStore(0, initializer.Zeros())
	return s, m.Config.New(s.Root()), nil
}

// Multiplied lists the parameters that the model computes with times a factor, as the initialization mup wants it: other
// programs compute with what the file holds.
func (m *TextModel) Multiplied() (names []string, err error) {
	if !m.Trained() {
		return nil, nil
	}
	s, _, err := m.build()
	if err != nil {
		return nil, err
	}
	for _, p := range s.Params() {
		if p.Multiplier != 1 {
			names = append(names, p.Name)
		}
	}
	return names, nil
}
