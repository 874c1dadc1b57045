package tokenizer

import (
	"encoding/json"
	"fmt"
	"io"
)

// file is a tokenizer.json of Hugging Face's package tokenizers.
type file struct {
	Version       string          `json:"version"`
	Truncation    json.RawMessage `json:"truncation"`
	Padding       json.RawMessage `json:"padding"`
	AddedTokens   []any           `json:"added_tokens"`
	Normalizer    json.RawMessage `json:"normalizer"`
	PreTokenizer  *step           `json:"pre_tokenizer"`
	PostProcessor *step           `json:"post_processor"`
	Decoder       *step           `json:"decoder"`
	Model         model           `json:"model"`
}

// step is one of the steps around the model.
type step struct {
	Type           string   `json:"type"`
	AddPrefixSpace *bool    `json:"add_prefix_space,omitempty"` // ByteLevel
	TrimOffsets    *bool    `json:"trim_offsets,omitempty"`     // ByteLevel
	UseRegex       *bool    `json:"use_regex,omitempty"`        // ByteLevel
	Pattern        *pattern `json:"pattern,omitempty"`          // Split
	Behavior       string   `json:"behavior,omitempty"`         // Split
	Invert         *bool    `json:"invert,omitempty"`           // Split
	// TemplateProcessing, which adds them around a text
	SpecialTokens map[string]json.RawMessage `json:"special_tokens,omitempty"`
}

type pattern struct {
	Regex string `json:"Regex"`
}

// model is a vocabulary: of type BPE, or of type WordLevel whose words are single characters.
type model struct {
	Type         string           `json:"type"`
	Dropout      *float64         `json:"dropout,omitempty"`
	Unknown      *string          `json:"unk_token,omitempty"`
	Prefix       *string          `json:"continuing_subword_prefix,omitempty"`
	Suffix       *string          `json:"end_of_word_suffix,omitempty"`
	FuseUnknown  bool             `json:"fuse_unk,omitempty"`
	ByteFallback bool             `json:"byte_fallback,omitempty"`
	IgnoreMerges bool             `json:"ignore_merges,omitempty"`
	Vocab        map[string]int32 `json:"vocab"`
	Merges       json.RawMessage  `json:"merges,omitempty"`
}

// anyCharacter divides a text into single characters.
const anyCharacter = `[\s\S]`

// Write writes a tokenizer as a tokenizer.json: [BPE] as a ByteLevel BPE, [Chars] as a WordLevel of single characters.
func Write(w io.Writer, t Tokenizer) error {
	no, yes := false, true
	f := file{Version: "1.0", AddedTokens: []any{}}
	switch t := t.(type) {
	case *Chars:
		unknown := "<unk>" // the format wants a name; the vocabulary has no such word, so unknown characters are errors there too
		f.PreTokenizer = &step{Type: "Split", Pattern: &pattern{anyCharacter}, Behavior: "Isolated", Invert: &no}
		f.Decoder = &step{Type: "Fuse"}
		f.Model = model{Type: "WordLevel", Unknown: &unknown, Vocab: map[string]int32{}}
		for id, r := range t.runes {
			f.Model.Vocab[string(r)] = int32(id)
		}
	case *BPE:
		f.PreTokenizer = &step{Type: "ByteLevel", AddPrefixSpace: &no, TrimOffsets: &yes, UseRegex: &yes}
		f.Decoder = &step{Type: "ByteLevel", AddPrefixSpace: &no, TrimOffsets: &yes, UseRegex: &yes}
		f.Model = model{Type: "BPE", Vocab: map[string]int32{}}
		for id, token := range t.tokens {
			f.Model.Vocab[Signs(token)] = int32(id)
		}
		merges := make([][2]string, len(t.merges))
		for i, m := range t.merges {
			merges[i] = [2]string{Signs(t.tokens[m.left]), Signs(t.tokens[m.right])}
		}
		text, err := json.Marshal(merges)
		if err != nil {
			return err
		}
		f.Model.Merges = text
	default:
		return fmt.Errorf("a tokenizer of type %T has no form as tokenizer.json", t)
	}
	return json.NewEncoder(w).Encode(f)
}
