package tokenizer

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Vocabulary is a tokenizer as two lists, as formats other than tokenizer.json keep it: GGUF, and GPT-2's vocab.json with
// merges.txt. Bytes are written as GPT-2 does, by a character each (its bytes_to_unicode): a space is "Ġ".
type Vocabulary struct {
	Tokens []string    // by id
	Merges [][2]string // halves that become one, the first ones first
}

// VocabularyOf returns the lists of a [*BPE] or a [*Chars]. Merges of Chars make each character of its bytes and nothing
// more, so that byte-pair encoding gives the same ids. Another kind of tokenizer is an error.
func VocabularyOf(t Tokenizer) (Vocabulary, error) {
	var v Vocabulary
	switch t := t.(type) {
	case *BPE:
		for _, token := range t.tokens {
			v.Tokens = append(v.Tokens, Signs(token))
		}
		for _, m := range t.merges {
			v.Merges = append(v.Merges, [2]string{v.Tokens[m.left], v.Tokens[m.right]})
		}
	case *Chars:
		for _, r := range t.runes {
			v.Tokens = append(v.Tokens, Signs(utf8.AppendRune(nil, r)))
		}
		v.Merges = mergesOfChars(t.runes)
	default:
		return v, fmt.Errorf("a tokenizer of type %T has no vocabulary of bytes", t)
	}
	return v, nil
}

// mergesOfChars returns the merges that make characters of their bytes, from the left. Bytes that begin a character of
// UTF-8 are none of those that go on with one, so no merge reaches over two characters.
func mergesOfChars(runes []rune) [][2]string {
	var merges [][2]string
	seen := map[string]bool{}
	for _, r := range runes {
		bytes := utf8.AppendRune(nil, r)
		for n := 2; n <= len(bytes); n++ {
			if whole := Signs(bytes[:n]); !seen[whole] {
				seen[whole] = true
				merges = append(merges, [2]string{Signs(bytes[:n-1]), Signs(bytes[n-1 : n])})
			}
		}
	}
	return merges
}

// Tokenizer returns the tokenizer that the lists came from: a [*Chars] if every token is a character, and else a [*BPE],
// which has a token for each of the 256 bytes. The error says what fits neither.
func (v Vocabulary) Tokenizer() (Tokenizer, error) {
	if n := len(v.Tokens); n == 0 || n > maxTokens {
		return nil, fmt.Errorf("the vocabulary has %d tokens, but must have 1 to %d", n, maxTokens)
	}
	tokens, ids := make([][]byte, len(v.Tokens)), make(map[string]int32, len(v.Tokens))
	for id, text := range v.Tokens {
		token, err := fromSigns(text)
		if err != nil || len(token) == 0 {
			return nil, fmt.Errorf("the token with id %d: %.40q does not stand for bytes", id, text)
		}
		if other, twice := ids[text]; twice {
			return nil, fmt.Errorf("the tokens with ids %d and %d are both %.40q", other, id, text)
		}
		tokens[id], ids[text] = token, int32(id)
	}
	if runes, ok := characters(tokens); ok && slices.Equal(v.Merges, mergesOfChars(runes)) {
		return charsOf(runes), nil
	}
	var merges []pair
	for i, halves := range v.Merges {
		left, ok := ids[halves[0]]
		right, ok2 := ids[halves[1]]
		if !ok || !ok2 {
			return nil, fmt.Errorf("merge %d, of %.40q and %.40q, is not of tokens of the vocabulary", i+1, halves[0], halves[1])
		}
		merges = append(merges, pair{left, right})
	}
	return newBPE(tokens, merges)
}

// characters returns the characters that tokens are; ok is false when one is none.
func characters(tokens [][]byte) (runes []rune, ok bool) {
	for _, token := range tokens {
		r, width := utf8.DecodeRune(token)
		if width != len(token) || r == utf8.RuneError && width == 1 {
			return nil, false
		}
		runes = append(runes, r)
	}
	return runes, true
}
