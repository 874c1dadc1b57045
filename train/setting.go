package train

import (
	"fmt"
	"reflect"
	"strings"
)

// Setting is one setting of a configuration.
type Setting struct {
	Name  string // its key in config.json
	Value any
}

// String returns the value as a flag takes it.
func (s Setting) String() string {
	if list, ok := s.Value.([]string); ok {
		return strings.Join(list, ",")
	}
	return fmt.Sprint(s.Value)
}

// Settings lists all settings, in the order of config.json.
func (c Config) Settings() []Setting { return settingsOf(reflect.ValueOf(c)) }

func settingsOf(v reflect.Value) (all []Setting) {
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if field.Anonymous {
			all = append(all, settingsOf(v.Field(i))...)
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		all = append(all, Setting{name, v.Field(i).Interface()})
	}
	return all
}

// Differing returns the names of the settings that are not the same in all configurations, in the order of config.json.
func Differing(configs ...Config) (names []string) {
	if len(configs) == 0 {
		return nil
	}
	first := configs[0].Settings()
	differs := make([]bool, len(first))
	for _, c := range configs[1:] {
		for i, s := range c.Settings() {
			differs[i] = differs[i] || !reflect.DeepEqual(s.Value, first[i].Value)
		}
	}
	for i, s := range first {
		if differs[i] {
			names = append(names, s.Name)
		}
	}
	return names
}

// Setting returns the value of a setting as a flag takes it; "" for a name that no setting has.
func (c Config) Setting(name string) string {
	for _, s := range c.Settings() {
		if s.Name == name {
			return s.String()
		}
	}
	return ""
}
