package language

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/tokenizer"
)

// Files of a folder of transformers beside its weights.
const (
	configFile          = "config.json"
	tokenizerFile       = "tokenizer.json"
	tokenizerConfigFile = "tokenizer_config.json"
)

// modelType returns what a config.json says that the model is; empty when it is no config.json of transformers.
func modelType(config []byte) string {
	var is struct {
		Type string `json:"model_type"`
	}
	_ = json.Unmarshal(config, &is) // what cannot be read, says nothing
	return is.Type
}

// openHuggingFace opens the folder of transformers at path.
func openHuggingFace(path string, f *serialize.Folder) (*Model, error) {
	c, err := models.ReadConfig(f.Config)
	if other := new(models.UnknownModelError); errors.As(err, &other) {
		return nil, &OtherError{Reason: err.Error()}
	}
	if err != nil {
		return nil, err
	}
	a, ok := of(c)
	if !ok {
		return nil, &OtherError{Reason: "config.json: model_type is " + modelType(f.Config)}
	}
	m := &Model{Form: HuggingFace, arch: a, kept: without(f.Weights.Metadata(), runsOwn)}
	if m.ends, m.left, err = endsOf(f.Config, c.Tokens()); err != nil {
		return nil, err
	}
	if f.Tokenizer != nil {
		rest, added, err := takeSpecial(f.Tokenizer)
		if err != nil {
			return nil, err
		}
		if m.Tokenizer, err = tokenizer.Read(bytes.NewReader(rest)); err != nil {
			return nil, err
		}
		m.special = added
	}
	var several []string
	m.chat, several = chatOf(f)
	m.left = append(m.left, several...)
	beside, err := convert.NamesBeside(path)
	if err != nil {
		return nil, err
	}
	for _, name := range beside {
		if !slices.Contains(read, name) && !(f.Tokenizer != nil && slices.Contains(repeated, name)) {
			m.left = append(m.left, name)
		}
	}
	m.weights, err = found(f.Weights, HuggingFace, a)
	return m, err
}

// Files beside the weights that are read, and those that say again what a tokenizer.json says.
var (
	read     = []string{configFile, tokenizerFile, tokenizerConfigFile, chatFile}
	repeated = []string{"vocab.json", "merges.txt", "added_tokens.json"}
)

// unchosen is the token that begins and ends a text in every config.json of a GPT-2 that transformers writes, whatever the
// vocabulary, unless another was chosen.
const unchosen = 50256

// endsOf reads which tokens begin and end a text. left names those that a smaller vocabulary lacks because nobody chose them.
func endsOf(config []byte, vocabulary int) (e ends, left []string, err error) {
	var is struct {
		Begin json.RawMessage `json:"bos_token_id"`
		End   json.RawMessage `json:"eos_token_id"`
	}
	if err := json.Unmarshal(config, &is); err != nil {
		return e, nil, err
	}
	for _, end := range []struct {
		key   string
		value json.RawMessage
		id    **int
	}{{"bos_token_id", is.Begin, &e.begin}, {"eos_token_id", is.End, &e.end}} {
		var n *int
		if end.value != nil {
			if err := json.Unmarshal(end.value, &n); err != nil {
				return e, nil, fmt.Errorf("config.json: %s is %.40q, but only one token is supported", end.key, end.value)
			}
		}
		switch {
		case n == nil:
		case *n >= 0 && *n < vocabulary:
			*end.id = n
		case *n == unchosen:
			left = append(left, fmt.Sprintf("%s %d", end.key, unchosen))
		default:
			return e, nil, fmt.Errorf("config.json: %s is %d, but the vocabulary has the tokens 0 to %d: correct it, or set it to null", end.key, *n, vocabulary-1)
		}
	}
	return e, left, nil
}

// writeBeside writes what stands beside the weights in a folder of transformers.
func (m *Model) writeBeside(dir string) error {
	config, err := m.arch.config().Write()
	if err != nil {
		return err
	}
	var keys map[string]any
	if err := json.Unmarshal(config, &keys); err != nil {
		return err
	}
	keys["bos_token_id"], keys["eos_token_id"] = m.ends.begin, m.ends.end // without the keys transformers takes tokens 1 and 2
	if err := writeJSON(filepath.Join(dir, configFile), keys); err != nil {
		return err
	}
	if m.Tokenizer == nil {
		return nil
	}
	var text bytes.Buffer
	if err := tokenizer.Write(&text, m.Tokenizer); err != nil {
		return err
	}
	whole, err := putSpecial(text.Bytes(), m.special)
	if err != nil {
		return err
	}
	if err := write(filepath.Join(dir, tokenizerFile), whole); err != nil {
		return err
	}
	settings := map[string]any{
		"tokenizer_class":              "PreTrainedTokenizerFast", // which takes tokenizer.json as it is
		"clean_up_tokenization_spaces": false,
	}
	if m.chat.from != "" {
		settings["chat_template"] = m.chat.template // in the file that all versions of transformers read
	}
	for key, id := range map[string]*int{"bos_token": m.ends.begin, "eos_token": m.ends.end} {
		if token := textOf(id, m.special); token != "" {
			settings[key] = token
		}
	}
	return writeJSON(filepath.Join(dir, tokenizerConfigFile), settings)
}

func writeJSON(path string, value any) error {
	text, err := json.MarshalIndent(value, "", "  ")
	if err != nil {
		return err
	}
	return write(path, append(text, '\n'))
}

// write brings a file to the disk, so that a folder does not get its name before it has its content.
func write(path string, text []byte) error {
	return atomicfile.Write(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
}
