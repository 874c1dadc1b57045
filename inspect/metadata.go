package inspect

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"

	"github.com/heft-ml/heft/serialize"
)

// mostElements is how many elements of a list are told: the tokens of a vocabulary are lists, too.
const mostElements = 8

// texts returns metadata as text by key, lists by their first elements.
func texts(m serialize.Metadata) map[string]string {
	all := make(map[string]string, len(m))
	for _, kv := range m {
		all[kv.Key] = textValue(kv.Value)
	}
	return all
}

// ValueJSON writes a metadata value as JSON on one line, lists in full. What a terminal could take for a command is escaped;
// null stands for floats that are not finite, which JSON lacks.
func ValueJSON(value any) (string, error) {
	var text bytes.Buffer
	if err := writeJSON(&text, plain(reflect.ValueOf(value))); err != nil {
		return "", err
	}
	return strings.TrimSuffix(text.String(), "\n"), nil
}

// plain makes of lists such as JSON has, of bytes too, and nil of floats that are not finite.
func plain(v reflect.Value) any {
	switch {
	case !v.IsValid(), v.CanFloat() && !finite(v.Float()):
		return nil
	case v.Kind() == reflect.Interface:
		return plain(v.Elem())
	case v.Kind() != reflect.Slice:
		return v.Interface()
	}
	list := make([]any, v.Len())
	for i := range list {
		list[i] = plain(v.Index(i))
	}
	return list
}

// textValue writes a metadata value: text as it is, lists by their first elements.
func textValue(value any) string {
	v := reflect.ValueOf(value)
	if v.Kind() != reflect.Slice {
		return fmt.Sprint(value)
	}
	words := make([]string, min(v.Len(), mostElements))
	for i := range words {
		element := v.Index(i).Interface()
		switch text := element.(type) {
		case string:
			words[i] = fmt.Sprintf("%.40q", text)
		default:
			words[i] = textValue(text)
		}
	}
	rest := ""
	if more := v.Len() - len(words); more > 0 {
		rest = fmt.Sprintf(" and %d more", more)
	}
	return "[" + strings.Join(words, ", ") + "]" + rest
}
