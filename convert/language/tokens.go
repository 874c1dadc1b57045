package language

import (
	"fmt"
	"slices"
	"strings"

	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/tokenizer"
)

// tokenizerKeys begin the keys of GGUF that are about the tokenizer.
const tokenizerKeys = "tokenizer."

// Keys of GGUF for byte-pair encoding.
const (
	modelKey   = "tokenizer.ggml.model"
	preKey     = "tokenizer.ggml.pre" // how a text is divided into pieces
	tokensKey  = "tokenizer.ggml.tokens"
	typesKey   = "tokenizer.ggml.token_type"
	mergesKey  = "tokenizer.ggml.merges"
	bosKey     = "tokenizer.ggml.bos_token_id"
	eosKey     = "tokenizer.ggml.eos_token_id"
	addBOSKey  = "tokenizer.ggml.add_bos_token"
	bytePairs  = "gpt2" // of modelKey
	noTokens   = "none"
	gpt2Pieces = "gpt-2" // of preKey
)

// Types of tokens, as llama.h's enum llama_token_type has them.
const (
	normalToken  int32 = 1
	controlToken int32 = 3
	addedToken   int32 = 4 // by a user: found in texts as it is, and shown
	unusedToken  int32 = 5
)

// ends are the ids of tokens that begin and end a text. They are nil where there are none.
type ends struct{ begin, end *int }

// writeTokens returns the keys of a tokenizer; nil is none, whose model reads and writes ids alone. A vocabulary larger than
// the tokenizer's is filled up with tokens that are not used, as llama.cpp's own conversion does.
//
// llama.cpp ends a text at token 11 unless it is told another, and cannot be told none. Where nothing ends a text, it is
// told the token that is least likely to be meant: the byte 0xFF, which is in no UTF-8, or else the last character.
func writeTokens(t tokenizer.Tokenizer, added []specialToken, vocabulary int, e ends) (serialize.Metadata, error) {
	if t == nil {
		return serialize.Metadata{{Key: modelKey, Value: noTokens}}, nil
	}
	v, err := tokenizer.VocabularyOf(t)
	if err != nil {
		return nil, err
	}
	if len(v.Tokens) > vocabulary {
		return nil, fmt.Errorf("the tokenizer has %d tokens, but the model a vocabulary of %d", len(v.Tokens), vocabulary)
	}
	last := slices.Index(v.Tokens, "ÿ")
	if last < 0 {
		last = len(v.Tokens) - 1
	}
	types := slices.Repeat([]int32{normalToken}, len(v.Tokens))
	for _, s := range added {
		v.Tokens[s.ID], types[s.ID] = s.Text, addedToken // not in the signs of bytes
		if s.Control {
			types[s.ID] = controlToken
		}
	}
	for len(v.Tokens) < vocabulary {
		v.Tokens, types = append(v.Tokens, fmt.Sprintf("[PAD%d]", len(v.Tokens))), append(types, unusedToken)
	}
	merges := make([]string, len(v.Merges))
	for i, halves := range v.Merges {
		merges[i] = halves[0] + " " + halves[1]
	}
	id := func(given *int) uint32 {
		if given == nil {
			return uint32(last)
		}
		return uint32(*given)
	}
	return serialize.Metadata{
		{Key: modelKey, Value: bytePairs}, {Key: preKey, Value: gpt2Pieces},
		{Key: tokensKey, Value: v.Tokens}, {Key: typesKey, Value: types}, {Key: mergesKey, Value: merges},
		{Key: bosKey, Value: id(e.begin)}, {Key: eosKey, Value: id(e.end)}, {Key: addBOSKey, Value: false},
	}, nil
}

// readTokens sets the tokenizer of a model to what keys describe, nil for none, and takes note of the keys that say nothing of
// ids and have no place elsewhere. What would give other ids is an error.
func (m *Model) readTokens(keys serialize.Metadata) error {
	model, err := value[string](keys, modelKey)
	if err != nil {
		return err
	}
	switch {
	case model == noTokens || model == "no_vocab":
		return nil
	case model != bytePairs:
		return fmt.Errorf("metadata %q is %.40q, but only %s, byte pairs, is supported", modelKey, model, bytePairs)
	}
	if pre, there := keys.Value(preKey); there && pre != gpt2Pieces {
		return fmt.Errorf("metadata %q is %.40q, but texts are divided into pieces as %s does it, and no other way is supported", preKey, fmt.Sprint(pre), gpt2Pieces)
	}
	if add, there := keys.Value(addBOSKey); there && add != false {
		return fmt.Errorf("metadata %q is %.40q, but Heft begins no text with a token of its own", addBOSKey, fmt.Sprint(add))
	}
	v, added, err := readVocabulary(keys)
	if err != nil {
		return err
	}
	if m.Tokenizer, err = v.Tokenizer(); err != nil {
		return fmt.Errorf("metadata %q: %w", tokensKey, err)
	}
	m.special = added
	for _, end := range []struct {
		key string
		id  **int
	}{{bosKey, &m.ends.begin}, {eosKey, &m.ends.end}} {
		value, there := keys.Value(end.key)
		if !there {
			continue
		}
		var id int
		if err := set(&id, value); err != nil {
			return fmt.Errorf("metadata %q: %w", end.key, err)
		}
		if vocabulary := m.Config().Tokens(); id < 0 || id >= vocabulary {
			return fmt.Errorf("metadata %q is %d, but the vocabulary has the tokens 0 to %d", end.key, id, vocabulary-1)
		}
		if textOf(&id, added) != "" { // else it is there for want of one
			*end.id = &id
		}
	}
	for _, kv := range keys {
		known := []string{modelKey, preKey, tokensKey, typesKey, mergesKey, bosKey, eosKey, addBOSKey, m.chat.from}
		if strings.HasPrefix(kv.Key, tokenizerKeys) && !slices.Contains(known, kv.Key) {
			m.left = append(m.left, kv.Key)
		}
	}
	return nil
}

// readVocabulary reads tokens and merges. Tokens at the end that are not used are left out; unknown tokens, and those of
// bytes, are errors: there are none among byte pairs.
func readVocabulary(m serialize.Metadata) (v tokenizer.Vocabulary, added []specialToken, err error) {
	tokens, err := value[[]string](m, tokensKey)
	if err != nil {
		return v, nil, err
	}
	merges, err := value[[]string](m, mergesKey)
	if err != nil {
		return v, nil, err
	}
	types := slices.Repeat([]int32{normalToken}, len(tokens))
	if _, there := m.Value(typesKey); there {
		if types, err = value[[]int32](m, typesKey); err != nil {
			return v, nil, err
		}
	}
	if len(types) < len(tokens) {
		return v, nil, fmt.Errorf("metadata %q has %d types for %d tokens", typesKey, len(types), len(tokens))
	}
	for len(tokens) > 0 && types[len(tokens)-1] == unusedToken {
		tokens = tokens[:len(tokens)-1]
	}
	for id, text := range tokens {
		switch types[id] {
		case normalToken:
		case controlToken, addedToken:
			added = append(added, specialToken{ID: id, Text: text, Control: types[id] == controlToken})
			text = tokenizer.Signs([]byte(text))
		default:
			return v, nil, fmt.Errorf("metadata %q: token %d, %.40q, is of type %d, which byte pairs do not have", typesKey, id, text, types[id])
		}
		v.Tokens = append(v.Tokens, text)
	}
	for i, line := range merges {
		left, right, ok := strings.Cut(line, " ")
		if !ok || strings.Contains(right, " ") {
			return v, nil, fmt.Errorf("metadata %q: merge %d, %.40q, is not two tokens with a space between", mergesKey, i+1, line)
		}
		v.Merges = append(v.Merges, [2]string{left, right})
	}
	return v, added, nil
}

// value returns the value of a key that must be there, and be a T.
func value[T any](m serialize.Metadata, key string) (T, error) {
	var none T
	x, there := m.Value(key)
	if !there {
		return none, fmt.Errorf("metadata has no %q, which the tokenizer needs", key)
	}
	v, ok := x.(T)
	if !ok {
		return none, fmt.Errorf("metadata %q is %T, but must be %T", key, x, none)
	}
	return v, nil
}
