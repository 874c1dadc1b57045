package tokenizer

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Bounds of a tokenizer.json.
const (
	maxFile   = 64 << 20
	maxTokens = 1 << 20
)

// Read reads a tokenizer.json: a BPE over bytes as GPT-2 has it, or a vocabulary of single characters as [Write] leaves it.
// What would give other ids than [BPE] or [Chars] do is an error that names it: normalizers, added tokens, other models and
// other divisions into pieces. A post-processor of type ByteLevel, or one that adds no tokens, changes no id and is passed
// over.
func Read(r io.Reader) (Tokenizer, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxFile {
		return nil, fmt.Errorf("tokenizer.json: larger than %d bytes", maxFile)
	}
	t, err := parseFile(text)
	if err != nil {
		return nil, fmt.Errorf("tokenizer.json: %w", err)
	}
	return t, nil
}

func parseFile(text []byte) (Tokenizer, error) {
	var f file
	if err := json.Unmarshal(text, &f); err != nil {
		return nil, fmt.Errorf("not the JSON of a tokenizer: %w", err)
	}
	for _, part := range []struct {
		name  string
		given bool
	}{
		{"truncation", given(f.Truncation)},
		{"padding", given(f.Padding)},
		{"normalizer", given(f.Normalizer)},
		{"added_tokens", len(f.AddedTokens) > 0},
		{"post_processor", !f.PostProcessor.addsNothing()},
		{"model.dropout", f.Model.Dropout != nil && *f.Model.Dropout != 0},
		{"model.continuing_subword_prefix", f.Model.Prefix != nil && *f.Model.Prefix != ""},
		{"model.end_of_word_suffix", f.Model.Suffix != nil && *f.Model.Suffix != ""},
		{"model.fuse_unk", f.Model.FuseUnknown},
		{"model.byte_fallback", f.Model.ByteFallback},
		{"model.ignore_merges", f.Model.IgnoreMerges},
	} {
		if part.given {
			return nil, fmt.Errorf("%s is given, but must be empty: such tokenizers are not supported", part.name)
		}
	}
	tokens, err := f.Model.byID()
	if err != nil {
		return nil, err
	}
	switch f.Model.Type {
	case "WordLevel":
		return f.chars(tokens)
	case "BPE":
		return f.bpe(tokens)
	}
	return nil, fmt.Errorf("model.type is %.40q, but must be BPE or WordLevel", f.Model.Type)
}

// addsNothing tells whether a post-processor leaves the ids of a text as they are.
func (s *step) addsNothing() bool {
	return s == nil || s.Type == "ByteLevel" || s.Type == "TemplateProcessing" && len(s.SpecialTokens) == 0
}

// given tells whether there is a value other than null.
func given(value json.RawMessage) bool { return len(value) > 0 && string(value) != "null" }

// byID returns the words of the vocabulary by id.
func (m *model) byID() ([]string, error) {
	n := len(m.Vocab)
	if n == 0 || n > maxTokens {
		return nil, fmt.Errorf("model.vocab has %d tokens, but must have 1 to %d", n, maxTokens)
	}
	words, taken := make([]string, n), make([]bool, n)
	for word, id := range m.Vocab {
		if id < 0 || int(id) >= n || taken[id] {
			return nil, fmt.Errorf("model.vocab has %d tokens, but its ids are not 0 to %d, each once", n, n-1)
		}
		words[id], taken[id] = word, true
	}
	return words, nil
}

// chars returns the tokenizer of a vocabulary of single characters.
func (f *file) chars(words []string) (Tokenizer, error) {
	if p := f.PreTokenizer; p == nil || p.Type != "Split" || p.Pattern == nil || p.Pattern.Regex != anyCharacter || p.Behavior != "Isolated" {
		return nil, fmt.Errorf("pre_tokenizer of a WordLevel model must split at %s, isolated: only single characters are supported", anyCharacter)
	}
	runes := make([]rune, len(words))
	for id, word := range words {
		r, width := utf8.DecodeRuneInString(word)
		if width == 0 || width != len(word) {
			return nil, fmt.Errorf("token %.40q with id %d is not one character", word, id)
		}
		runes[id] = r
	}
	return charsOf(runes), nil
}

// bpe returns the tokenizer of a BPE model over bytes.
func (f *file) bpe(words []string) (Tokenizer, error) {
	p := f.PreTokenizer
	switch {
	case p == nil || p.Type != "ByteLevel":
		return nil, fmt.Errorf("pre_tokenizer of a BPE model must be of type ByteLevel")
	case p.AddPrefixSpace == nil || *p.AddPrefixSpace:
		return nil, fmt.Errorf("pre_tokenizer.add_prefix_space must be false")
	case p.UseRegex != nil && !*p.UseRegex:
		return nil, fmt.Errorf("pre_tokenizer.use_regex must be true")
	}
	tokens := make([][]byte, len(words))
	for id, word := range words {
		token, err := fromSigns(word)
		if err != nil || len(token) == 0 {
			return nil, fmt.Errorf("the token with id %d: %.40q does not stand for bytes", id, word)
		}
		tokens[id] = token
	}
	pairs, err := f.Model.pairs()
	if err != nil {
		return nil, err
	}
	merges := make([]pair, len(pairs))
	for i, words := range pairs {
		left, ok := f.Model.Vocab[words[0]]
		right, ok2 := f.Model.Vocab[words[1]]
		if !ok || !ok2 {
			return nil, fmt.Errorf("merge %d, of %.40q and %.40q, is not of tokens of the vocabulary", i+1, words[0], words[1])
		}
		merges[i] = pair{left, right}
	}
	return newBPE(tokens, merges)
}

// pairs returns the merges, which older files hold as "left right" and newer ones as ["left", "right"].
func (m *model) pairs() ([][2]string, error) {
	var all []json.RawMessage
	if err := json.Unmarshal(m.Merges, &all); err != nil {
		return nil, fmt.Errorf("model.merges is not a list")
	}
	pairs := make([][2]string, len(all))
	for i, text := range all {
		var line string
		var two []string
		if json.Unmarshal(text, &line) == nil {
			two = strings.Split(line, " ")
		} else if err := json.Unmarshal(text, &two); err != nil {
			return nil, fmt.Errorf("merge %d is neither a text nor a list", i+1)
		}
		if len(two) != 2 {
			return nil, fmt.Errorf("merge %d has %d tokens, but must have 2", i+1, len(two))
		}
		pairs[i] = [2]string{two[0], two[1]}
	}
	return pairs, nil
}
