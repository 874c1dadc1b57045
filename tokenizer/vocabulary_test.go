package tokenizer_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/tokenizer"
)

func TestVocabulariesMakeTheirTokenizersAgain(t *testing.T) {
	t.Parallel()
	for _, made := range []tokenizer.Tokenizer{
		tokenizer.NewChars("to be, or not\n"), tokenizer.NewChars("naïve 日本語 \U0001F600\uFFFD"), tokenizer.NewChars("x"),
		tokenizer.TrainBPE(strings.Repeat(speech, 3), 300), tokenizer.TrainBPE("", 256),
	} {
		v, err := tokenizer.VocabularyOf(made)
		require.NoError(t, err)
		assert.Len(t, v.Tokens, made.Len())
		again, err := v.Tokenizer()
		require.NoError(t, err)
		assert.Equal(t, made, again)
	}
}

// Byte pairs as llama.cpp and transformers merge them, by the texts of the halves, must find the characters.
func TestMergesOfCharactersMakeCharactersAndNoMore(t *testing.T) {
	t.Parallel()
	const text = "é日本 è日語\U0001F600e"
	chars := tokenizer.NewChars(text)
	v, err := tokenizer.VocabularyOf(chars)
	require.NoError(t, err)
	assert.Contains(t, v.Tokens, "Ġ")
	bytes, err := tokenizer.VocabularyOf(tokenizer.TrainBPE("", 256))
	require.NoError(t, err)
	all := tokenizer.Vocabulary{Tokens: bytes.Tokens, Merges: v.Merges}
	for _, m := range v.Merges { // the parts are tokens here, which they need not be there
		all.Tokens = append(all.Tokens, m[0]+m[1])
	}
	bpe, err := all.Tokenizer()
	require.NoError(t, err)
	ids, err := bpe.Encode(text)
	require.NoError(t, err)
	var found []string
	for _, id := range ids {
		found = append(found, string(bpe.Decode([]int32{id})))
	}
	assert.Equal(t, strings.Split(text, ""), found)
}

func TestVocabulariesOfNoTokenizerAreRefused(t *testing.T) {
	t.Parallel()
	bytes, err := tokenizer.VocabularyOf(tokenizer.TrainBPE("", 256))
	require.NoError(t, err)
	for want, v := range map[string]tokenizer.Vocabulary{
		"has 0 tokens":           {},
		"does not stand":         {Tokens: []string{"日"}},
		"with id 1: \"\"":        {Tokens: []string{"a", ""}},
		"ids 0 and 2 are both":   {Tokens: []string{"a", "b", "a"}},
		"no token for byte 0x00": {Tokens: []string{"a", "ab"}},
		"is not of tokens":       {Tokens: []string{"a", "b"}, Merges: [][2]string{{"a", "c"}}},
		"makes \"ab\", which":    {Tokens: bytes.Tokens, Merges: [][2]string{{"a", "b"}}},
	} {
		_, err := v.Tokenizer()
		assert.ErrorContains(t, err, want)
	}
}

func FuzzVocabulary(f *testing.F) {
	f.Add("a b Ġ", "a b")
	f.Add("Ã© Ã¨ e", "Ã ©")
	f.Fuzz(func(t *testing.T, tokens, merge string) {
		v := tokenizer.Vocabulary{Tokens: strings.Split(tokens, " ")}
		if left, right, ok := strings.Cut(merge, " "); ok {
			v.Merges = [][2]string{{left, right}}
		}
		made, err := v.Tokenizer()
		if err != nil {
			return
		}
		again, err := tokenizer.VocabularyOf(made)
		require.NoError(t, err)
		require.Equal(t, v.Tokens, again.Tokens)
		require.Equal(t, v.Merges, again.Merges)
	})
}
