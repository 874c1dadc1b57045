package models

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
)

// hfKeys says what Hugging Face's config.json may hold for one kind of model, beside the fields of our configuration.
type hfKeys struct {
	model   string         // the value of model_type
	fixed   map[string]any // keys that change the computation: they may be there, with the value that we compute
	ignored []string       // keys that do not change it
}

// hfIgnored are keys of every model's config.json that do not change what it computes: they name files and programs, or
// are for generating text, training or other tasks.
var hfIgnored = []string{
	"_name_or_path", "_attn_implementation_autoset", "architectures", "attn_implementation", "torch_dtype", "dtype",
	"transformers_version", "use_cache", "bos_token_id", "eos_token_id", "pad_token_id", "sep_token_id", "initializer_range",
	"gradient_checkpointing", "task_specific_params", "return_dict", "output_hidden_states", "output_attentions",
	"id2label", "label2id", "finetuning_task", "is_encoder_decoder", "pretraining_tp",
}

// read decodes config.json into a configuration, which holds the defaults. Keys that are neither its fields nor known to
// be without effect, and values that we do not compute, are errors that name them.
func (k hfKeys) read(data []byte, config any) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(data, &given); err != nil {
		return fmt.Errorf("%s: config.json is no JSON object: %w", k.model, err)
	}
	if given == nil {
		return fmt.Errorf("%s: config.json is no JSON object, but null", k.model)
	}
	fields, err := fieldsOf(config)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(given))
	for name := range given {
		names = append(names, name)
	}
	slices.Sort(names)
	own := map[string]json.RawMessage{}
	for _, name := range names {
		fixed, isFixed := k.fixed[name]
		switch {
		case fields[name] != nil:
			own[name] = given[name]
		case name == "model_type":
			err = k.requireValue(name, given[name], k.model)
		case isFixed:
			err = k.requireValue(name, given[name], fixed)
		case !slices.Contains(hfIgnored, name) && !slices.Contains(k.ignored, name):
			err = fmt.Errorf("%s: config.json has an unknown key %q: take it out if it does not change what the model computes", k.model, name)
		}
		if err != nil {
			return err
		}
	}
	ours, err := json.Marshal(own)
	if err != nil {
		return err
	}
	err = json.Unmarshal(ours, config)
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return fmt.Errorf("%s: config.json: %s must be %s, not %s", k.model, wrong.Field, kinds[wrong.Type.Kind()], wrong.Value)
	}
	return err
}

// kinds says in words what kind of value a field holds.
var kinds = map[reflect.Kind]string{
	reflect.Int: "a whole number", reflect.Float64: "a number", reflect.Bool: "true or false", reflect.String: "a text",
	reflect.Map: "an object",
}

// requireValue returns an error unless a key has the one value that we compute.
func (k hfKeys) requireValue(name string, raw json.RawMessage, want any) error {
	text, err := json.Marshal(want)
	if err != nil {
		return err
	}
	if string(raw) != string(text) {
		return fmt.Errorf("%s: config.json: %s is %s, but only %s is supported", k.model, name, shown(raw), text)
	}
	return nil
}

// shown returns the beginning of a JSON value, without characters that a terminal could obey.
func shown(raw json.RawMessage) string {
	quoted := fmt.Sprintf("%.40q", strings.Trim(string(raw), `"`))
	if raw[0] == '"' {
		return quoted
	}
	return strings.Trim(quoted, `"`)
}

// write encodes a configuration as config.json, with what tells Hugging Face which class it is of.
func (k hfKeys) write(config any, architecture string) ([]byte, error) {
	fields, err := fieldsOf(config)
	if err != nil {
		return nil, err
	}
	all := map[string]any{"model_type": k.model, "architectures": []string{architecture}}
	for name, value := range fields {
		all[name] = value
	}
	return json.MarshalIndent(all, "", "  ")
}

// fieldsOf returns a configuration's fields by their JSON names.
func fieldsOf(config any) (fields map[string]json.RawMessage, err error) {
	data, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	return fields, json.Unmarshal(data, &fields)
}

// checkSizes returns an error that names the first size that is below 1 or beyond what fits a computer, in order.
func checkSizes(model string, sizes ...size) error {
	for _, s := range sizes {
		if s.n < 1 || s.n > largestSize {
			return &ConfigError{model, s.field, s.n, fmt.Sprintf("it must be from 1 to %d", largestSize)}
		}
	}
	return nil
}

// size is a number of a configuration, with its JSON name.
type size struct {
	field string
	n     int
}

// largestSize bounds every size, so that products of three do not overflow.
const largestSize = 1 << 20

// mostParameters bounds a model, so that a configuration from outside does not take all memory there is.
const mostParameters = 1 << 34

// checkCount returns an error when a model would have too many parameters.
func checkCount(model string, parameters int) error {
	if parameters > mostParameters {
		return &ConfigError{model, "the number of parameters", parameters, fmt.Sprintf("it must be at most %d: make the model smaller", mostParameters)}
	}
	return nil
}

// checkProbabilities returns an error that names the first that is not from 0 to below 1.
func checkProbabilities(model string, fields []string, values ...float64) error {
	for i, v := range values {
		if !(v >= 0 && v < 1) {
			return &ConfigError{model, fields[i], v, "it must be from 0 to below 1"}
		}
	}
	return nil
}
