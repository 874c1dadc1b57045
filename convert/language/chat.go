package language

import (
	"encoding/json"

	"github.com/heft-ml/heft/serialize"
)

// chatKey is the key of GGUF for the template, in Jinja, by which programs make a text of a conversation.
const chatKey = "tokenizer.chat_template"

// chatFile has the template in a folder that newer versions of transformers wrote, and counts before that of tokenizer_config.json.
const chatFile = "chat_template.jinja"

// chat is the template of a model for conversations. It is taken along as it is: nothing here computes with it.
type chat struct {
	template string
	from     string // what the form calls it; empty: there is none
}

// chatOf returns the template of a folder of transformers. left names templates of several uses, of which GGUF has a list of its
// own: they are not taken along.
func chatOf(f *serialize.Folder) (c chat, left []string) {
	var config struct {
		Template json.RawMessage `json:"chat_template"`
	}
	_ = json.Unmarshal(f.TokenizerConfig, &config) // what cannot be read, is not used
	const from = tokenizerConfigFile + ": chat_template"
	var text *string
	if err := json.Unmarshal(config.Template, &text); config.Template != nil && err != nil {
		left = []string{from}
	}
	switch {
	case f.ChatTemplate != nil:
		c = chat{string(f.ChatTemplate), chatFile}
	case text != nil:
		c = chat{*text, from}
	}
	return c, left
}

// behind names the template where a form has no place for it: a run has none, and neither has a model without a tokenizer.
func (m *Model) behind(to Form) []string {
	if m.chat.from == "" || to != Run && m.Tokenizer != nil {
		return nil
	}
	return []string{m.chat.from}
}
