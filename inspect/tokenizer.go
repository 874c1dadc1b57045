package inspect

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"

	"github.com/heft-ml/heft/serialize"
)

// Tokenizer sums up the tokenizer that comes with the weights: that of a GGUF file's metadata, or tokenizer.json of a
// folder.
type Tokenizer struct {
	Model   string            `json:"model"`   // "gpt2", "llama"; of tokenizer.json "BPE", "WordPiece", "Unigram"
	Tokens  int               `json:"tokens"`  // in the vocabulary
	Merges  int               `json:"merges"`  // of byte pairs; 0 where the model has none
	Special map[string]string `json:"special"` // tokens by what they are for: the number in GGUF, the text in tokenizer.json
}

// tokenizerOf reads the summary; nil where there is no tokenizer, or none that can be read.
func tokenizerOf(m serialize.Metadata, file []byte) *Tokenizer {
	if file != nil {
		return tokenizerFile(file)
	}
	const prefix, model = "tokenizer.ggml.", "tokenizer.ggml.model"
	name, ok := m.Value(model)
	if !ok {
		return nil
	}
	t := &Tokenizer{Model: fmt.Sprint(name), Special: map[string]string{}}
	for _, kv := range m {
		key, of := strings.CutPrefix(kv.Key, prefix)
		role, special := strings.CutSuffix(key, "_token_id")
		switch {
		case !of:
		case key == "tokens":
			t.Tokens = length(kv.Value)
		case key == "merges":
			t.Merges = length(kv.Value)
		case special:
			t.Special[role] = textValue(kv.Value)
		}
	}
	return t
}

// length counts the elements of a list, and of anything else none.
func length(value any) int {
	if v := reflect.ValueOf(value); v.Kind() == reflect.Slice {
		return v.Len()
	}
	return 0
}

// tokenizerFile reads tokenizer.json as the tokenizers library writes it. The vocabulary is an object, or of Unigram a
// list.
func tokenizerFile(text []byte) *Tokenizer {
	var file struct {
		Model struct {
			Type   string
			Vocab  json.RawMessage
			Merges []json.RawMessage
		}
		Added []struct {
			ID      int
			Content string
			Special bool
		} `json:"added_tokens"`
	}
	if json.Unmarshal(text, &file) != nil {
		return nil
	}
	t := &Tokenizer{Model: file.Model.Type, Merges: len(file.Model.Merges), Special: map[string]string{}}
	var byText map[string]json.RawMessage
	var inOrder []json.RawMessage
	if json.Unmarshal(file.Model.Vocab, &byText) != nil {
		_ = json.Unmarshal(file.Model.Vocab, &inOrder) // a vocabulary of neither form counts no tokens
	}
	t.Tokens = len(byText) + len(inOrder)
	for _, added := range file.Added {
		if _, counted := byText[added.Content]; !counted && inOrder == nil {
			t.Tokens++
		}
		if added.Special {
			t.Special[fmt.Sprint(added.ID)] = added.Content
		}
	}
	return t
}
