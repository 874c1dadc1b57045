package models

import (
	"encoding/json"
	"fmt"

	"github.com/heft-ml/heft/nn"
)

// Config describes a [Language]: it is a [GPTConfig], a [LlamaConfig] or a [CharRNNConfig].
type Config interface {
	// Check returns a [*ConfigError] that names the first field that cannot be used.
	Check() error
	// Write returns config.json, whose model_type says which configuration it is.
	Write() ([]byte, error)
	// Tokens returns how many the vocabulary has.
	Tokens() int
	// Parameters returns how many numbers the model has.
	Parameters() int
	// New declares the model's parameters. A configuration that Check refuses panics with its error.
	New(s *nn.Scope) Language
}

// Tokens returns how many the vocabulary has.
func (c GPTConfig) Tokens() int { return c.Vocabulary }

// Tokens returns how many the vocabulary has.
func (c LlamaConfig) Tokens() int { return c.Vocabulary }

// Tokens returns how many the vocabulary has.
func (c CharRNNConfig) Tokens() int { return c.Vocabulary }

// New is [NewGPT].
func (c GPTConfig) New(s *nn.Scope) Language { return NewGPT(s, c) }

// New is [NewLlama].
func (c LlamaConfig) New(s *nn.Scope) Language { return NewLlama(s, c) }

// New is [NewCharRNN].
func (c CharRNNConfig) New(s *nn.Scope) Language { return NewCharRNN(s, c) }

// UnknownModelError says that a config.json is of no model that this package has.
type UnknownModelError struct{ Type string } // model_type; empty where there is none

// Error names the type and those that are known.
func (e *UnknownModelError) Error() string {
	if e.Type == "" {
		return "config.json has no model_type, which must be gpt2, llama or charrnn"
	}
	return fmt.Sprintf("config.json: model_type is %.40q, but only gpt2, llama and charrnn are supported", e.Type)
}

// ReadConfig reads a config.json as its model_type says: see [ReadGPTConfig], [ReadLlamaConfig], [ReadCharRNNConfig]. Another
// type, or none, is an [*UnknownModelError].
func ReadConfig(data []byte) (Config, error) {
	var is struct {
		Type string `json:"model_type"`
	}
	if err := json.Unmarshal(data, &is); err != nil {
		return nil, fmt.Errorf("config.json is no JSON object with a model_type: %w", err)
	}
	switch is.Type {
	case gptKeys.model:
		return ReadGPTConfig(data)
	case llamaKeys.model:
		return ReadLlamaConfig(data)
	case charRNNKeys.model:
		return ReadCharRNNConfig(data)
	}
	return nil, &UnknownModelError{is.Type}
}
