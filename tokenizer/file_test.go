package tokenizer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/tokenizer"
)

func written(t testing.TB, of tokenizer.Tokenizer) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, tokenizer.Write(&b, of))
	return b.String()
}

func TestWhatIsWrittenReadsBackTheSame(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"chars", "bpe:300"} {
		made, err := tokenizer.Train(kind, strings.Repeat(speech, 3))
		require.NoError(t, err)
		text := written(t, made)
		read, err := tokenizer.Read(strings.NewReader(text))
		require.NoError(t, err)
		assert.Equal(t, made, read)
		assert.Equal(t, text, written(t, read))
	}
}

func TestMergesMayBeLines(t *testing.T) {
	t.Parallel()
	made := tokenizer.TrainBPE("abab abab", 257)
	text := strings.Replace(written(t, made), `[["a","b"]]`, `["a b"]`, 1)
	require.Contains(t, text, `["a b"]`)
	read, err := tokenizer.Read(strings.NewReader(text))
	require.NoError(t, err)
	assert.Equal(t, made, read)
}

func TestReadRefusesWhatWouldGiveOtherIds(t *testing.T) {
	t.Parallel()
	bpe := written(t, tokenizer.TrainBPE("abab abab", 257))
	chars := written(t, tokenizer.NewChars("ab"))
	for _, c := range []struct{ text, old, with, want string }{
		{bpe, `"normalizer":null`, `"normalizer":{"type":"NFC"}`, "normalizer is given, but must be empty: such tokenizers are not supported"},
		{bpe, `"padding":null`, `"padding":{}`, "padding is given, but must be empty: such tokenizers are not supported"},
		{bpe, `"added_tokens":[]`, `"added_tokens":[{"id":0}]`, "added_tokens is given, but must be empty: such tokenizers are not supported"},
		{bpe, `"post_processor":null`, `"post_processor":{"type":"Bert"}`, "post_processor is given, but must be empty: such tokenizers are not supported"},
		{bpe, `"type":"BPE"`, `"type":"BPE","byte_fallback":true`, "model.byte_fallback is given, but must be empty: such tokenizers are not supported"},
		{bpe, `"type":"BPE"`, `"type":"BPE","dropout":0.1`, "model.dropout is given, but must be empty: such tokenizers are not supported"},
		{bpe, `"type":"BPE"`, `"type":"Unigram"`, `model.type is "Unigram", but must be BPE or WordLevel`},
		{bpe, `"add_prefix_space":false`, `"add_prefix_space":true`, "pre_tokenizer.add_prefix_space must be false"},
		{bpe, `"use_regex":true`, `"use_regex":false`, "pre_tokenizer.use_regex must be true"},
		{bpe, `"pre_tokenizer":{"type":"ByteLevel"`, `"pre_tokenizer":{"type":"Whitespace"`, "pre_tokenizer of a BPE model must be of type ByteLevel"},
		{bpe, `[["a","b"]]`, `[["a","zz"]]`, `merge 1, of "a" and "zz", is not of tokens of the vocabulary`},
		{bpe, `[["a","b"]]`, `[["b","a"]]`, `merge 1 makes "ba", which is no token of the vocabulary`},
		{bpe, `[["a","b"]]`, `[["a","b"],["a","b"]]`, "merge 2 is there twice"},
		{bpe, `[["a","b"]]`, `["a b c"]`, "merge 1 has 3 tokens, but must have 2"},
		{bpe, `[["a","b"]]`, `[7]`, "merge 1 is neither a text nor a list"},
		{bpe, `[["a","b"]]`, `7`, "model.merges is not a list"},
		{bpe, `"ab":256`, `"ab":300`, "model.vocab has 257 tokens, but its ids are not 0 to 256, each once"},
		{bpe, `"ab":256`, `"ab":255`, "model.vocab has 257 tokens, but its ids are not 0 to 256, each once"},
		{bpe, `"ab":256`, `"a日":256`, `the token with id 256: "a日" does not stand for bytes`},
		{bpe, `"a":64`, `"bb":64`, "the vocabulary has no token for byte 0x61"},
		{chars, `"a":0`, `"aa":0`, `token "aa" with id 0 is not one character`},
		{chars, `"Isolated"`, `"Removed"`, `pre_tokenizer of a WordLevel model must split at [\s\S], isolated: only single characters are supported`},
		{chars, `{"a":0,"b":1}`, `{}`, "model.vocab has 0 tokens, but must have 1 to 1048576"},
	} {
		text := strings.Replace(c.text, c.old, c.with, 1)
		require.NotEqual(t, c.text, text, "%s is not in the file", c.old)
		if strings.Contains(c.old, `"a":64`) {
			text = strings.Replace(text, `[["a","b"]]`, `[]`, 1)
		}
		_, err := tokenizer.Read(strings.NewReader(text))
		require.EqualError(t, err, "tokenizer.json: "+c.want)
	}
	_, err := tokenizer.Read(strings.NewReader("{"))
	assert.ErrorContains(t, err, "not the JSON of a tokenizer")
}

func TestPostProcessorsThatAddNothingArePassedOver(t *testing.T) {
	t.Parallel()
	made := tokenizer.TrainBPE("abab abab", 257)
	text := written(t, made)
	for post, fine := range map[string]bool{
		`{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":false}`:                                          true,
		`{"type":"TemplateProcessing","single":[{"Sequence":{"id":"A","type_id":0}}],"special_tokens":{}}`:           true,
		`{"type":"TemplateProcessing","single":[{"SpecialToken":{"id":"<s>"}}],"special_tokens":{"<s>":{"id":"a"}}}`: false,
	} {
		read, err := tokenizer.Read(strings.NewReader(strings.Replace(text, `"post_processor":null`, `"post_processor":`+post, 1)))
		if !fine {
			require.ErrorContains(t, err, "post_processor is given")
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, made, read)
	}
}

func FuzzRead(f *testing.F) {
	f.Add(written(f, tokenizer.TrainBPE("abab abab", 257)))
	f.Add(written(f, tokenizer.NewChars("ab")))
	f.Add(`{"model":{"type":"BPE","vocab":{"a":0},"merges":["a a"]}}`)
	f.Fuzz(func(t *testing.T, text string) {
		read, err := tokenizer.Read(strings.NewReader(text))
		if err != nil {
			return
		}
		again, err := tokenizer.Read(strings.NewReader(written(t, read)))
		require.NoError(t, err)
		require.Equal(t, read, again)
	})
}
