package language

import (
	"errors"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/gguf"
)

// key is a key of GGUF that says something of the configuration.
type key struct {
	name     string     // without the architecture before it
	field    any        // *int or *float64, of the configuration
	only     func() int // where there is no field: the one value that is computed with, whatever the file says
	optional bool       // a file may leave it out, as any that has no field
}

// writeKeys returns the configuration as llama.cpp reads it: it wants whole numbers as u32 and others as f32.
func writeKeys(a architecture) serialize.Metadata {
	var m serialize.Metadata
	for _, k := range a.keys() {
		var value any
		switch field := k.field.(type) {
		case *int:
			value = uint32(*field)
		case *float64:
			value = float32(*field)
		default:
			value = uint32(k.only())
		}
		m = append(m, serialize.KV{Key: a.name() + "." + k.name, Value: value})
	}
	return m
}

// readKeys sets the configuration of a. tokens is how many the embedding has; has tells which tensors there are. A key of
// the architecture that is not known changes what the model computes, and is an error.
func readKeys(a architecture, m serialize.Metadata, tokens int, has func(name string) bool) error {
	keys := a.keys()
	known := map[string]bool{}
	for _, k := range keys {
		name := a.name() + "." + k.name
		known[name] = true
		value, there := m.Value(name)
		switch {
		case k.field == nil || !there && k.optional:
			continue
		case !there:
			return fmt.Errorf("metadata has no %q, which says what the model is", name)
		}
		if err := set(k.field, value); err != nil {
			return fmt.Errorf("metadata %q: %w", name, err)
		}
	}
	for _, kv := range m {
		if strings.HasPrefix(kv.Key, a.name()+".") && !known[kv.Key] {
			return fmt.Errorf("metadata %.100q is %.40q, but Heft has no such setting of a %s: the model would compute something else", kv.Key, fmt.Sprint(kv.Value), a.name())
		}
	}
	for _, k := range keys { // that of the embedding's shape, where no key says it
		if field, ok := k.field.(*int); ok && k.name == "vocab_size" && *field == 0 {
			*field = tokens
		}
	}
	a.settle(has)
	if err := a.config().Check(); err != nil {
		return inKeys(a, err)
	}
	return checkOnly(a, m)
}

// inKeys has an error about a configuration speak of keys of GGUF, where it speaks of those of config.json.
func inKeys(a architecture, err error) error {
	wrong := new(models.ConfigError)
	if !errors.As(err, &wrong) {
		return err
	}
	config := reflect.ValueOf(a).Elem().Field(0) // what the architecture embeds
	var names []string                           // in pairs: a key of config.json, and that of GGUF
	for i := range config.NumField() {
		field := config.Field(i)
		for _, k := range a.keys() {
			if k.field != nil && (field.Addr().Interface() == k.field || field.Interface() == k.field) {
				names = append(names, config.Type().Field(i).Tag.Get("json"), a.name()+"."+k.name)
			}
		}
	}
	said := strings.NewReplacer(names...)
	return &models.ConfigError{Model: wrong.Model, Field: said.Replace(wrong.Field), Value: wrong.Value, Reason: said.Replace(wrong.Reason)}
}

// checkOnly refuses values that are not computed with.
func checkOnly(a architecture, m serialize.Metadata) error {
	for _, k := range a.keys() {
		name := a.name() + "." + k.name
		value, there := m.Value(name)
		if k.only == nil || !there {
			continue
		}
		var is int
		if err := set(&is, value); err != nil {
			return fmt.Errorf("metadata %q: %w", name, err)
		}
		if want := k.only(); is != want {
			return fmt.Errorf("metadata %q is %d, but only %d is supported with these sizes", name, is, want)
		}
	}
	return nil
}

// set gives a field, *int or *float64, the value of a key.
func set(field, value any) error {
	v := reflect.ValueOf(value)
	switch field := field.(type) {
	case *int:
		switch {
		case v.CanUint() && v.Uint() <= math.MaxInt:
			*field = int(v.Uint())
		case v.CanInt() && v.Int() >= math.MinInt && v.Int() <= math.MaxInt:
			*field = int(v.Int())
		default:
			return fmt.Errorf("it is %T %.40q, but must be a whole number", value, fmt.Sprint(value))
		}
	case *float64:
		if !v.CanFloat() {
			return fmt.Errorf("it is %T %.40q, but must be a float", value, fmt.Sprint(value))
		}
		*field = v.Float()
		if v.Kind() == reflect.Float32 { // 1e-05, and not the float64 that is nearest to its float32
			*field, _ = strconv.ParseFloat(strconv.FormatFloat(v.Float(), 'g', -1, 32), 64) // what was formatted, parses
		}
	}
	return nil
}

// own tells whether a key of GGUF is about the file or the model, and so written anew with each: what else there is of
// general keys travels along.
func own(key, architecture string) bool {
	switch key {
	case gguf.KeyArchitecture, gguf.KeyFileType, gguf.KeyAlignment, gguf.KeyQuantizationVersion:
		return true
	}
	return strings.HasPrefix(key, architecture+".") || strings.HasPrefix(key, tokenizerKeys)
}
