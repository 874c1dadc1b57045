package models

import "fmt"

// ConfigError says which field of a model's configuration cannot be used. Constructors panic with it; Check methods
// return it.
type ConfigError struct {
	Model  string // what the model is called: lenet5, gpt
	Field  string // of the configuration
	Value  any
	Reason string // what it must be
}

// Error names the model, the field, its value and what it must be.
func (e *ConfigError) Error() string {
	return fmt.Sprintf("%s: %s is %v, but %s", e.Model, e.Field, e.Value, e.Reason)
}

// Mistake marks the error as one of the calling code: see [autograd.Catch].
func (e *ConfigError) Mistake() {}

// must panics with what is wrong with a configuration.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
