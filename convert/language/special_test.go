package language

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/tokenizer"
	"github.com/heft-ml/heft/train"
)

// withEnd is a folder of transformers whose last token ends a text, as GPT-2's does.
func withEnd(t *testing.T, change func(file map[string]any, vocabulary map[string]any)) string {
	t.Helper()
	tok := tokenizer.TrainBPE(strings.Repeat("ab abc ", 9), 258)
	c := small(tok.Len() + 2)["gpt2"]
	s, _ := filled(c, 1)
	filler, err := tokenizer.VocabularyOf(tok)
	require.NoError(t, err)
	filler.Tokens = append(filler.Tokens, "<x>", "<y>")
	longer, err := filler.Tokenizer()
	require.NoError(t, err)
	dir, _ := converted(t, saved(t, c, s, longer), HuggingFace, Options{})
	var file map[string]any
	readJSON(t, filepath.Join(dir, tokenizerFile), &file)
	vocabulary := file["model"].(map[string]any)["vocab"].(map[string]any)
	delete(vocabulary, "<x>")
	delete(vocabulary, "<y>")
	vocabulary["<|end of text|>"] = tok.Len() // the spaces are no signs of bytes
	file["added_tokens"] = []map[string]any{
		{"id": tok.Len(), "content": "<|end of text|>", "special": true}, {"id": tok.Len() + 1, "content": "<b>", "special": false},
	}
	if change != nil {
		change(file, vocabulary)
	}
	text, err := json.Marshal(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, tokenizerFile), text, 0o666))
	edited(t, dir, "eos_token_id", tok.Len())
	return dir
}

func TestSpecialTokensGoThereAndBack(t *testing.T) {
	t.Parallel()
	dir := withEnd(t, nil)
	path, r := converted(t, dir, GGUF, Options{})
	assert.Empty(t, r.Left)
	f, err := gguf.Open(path)
	require.NoError(t, err)
	defer f.Close()
	tokens, err := f.Metadata().Texts(tokensKey)
	require.NoError(t, err)
	types, err := f.Metadata().Ints(typesKey)
	require.NoError(t, err)
	assert.Equal(t, []string{"<|end of text|>", "<b>"}, tokens[len(tokens)-2:])
	assert.Equal(t, []int64{1, 3, 4}, types[len(types)-3:])
	end, err := f.Metadata().Int(eosKey)
	require.NoError(t, err)
	assert.Equal(t, int64(len(tokens)-2), end)

	back, r := converted(t, path, HuggingFace, Options{})
	assert.Empty(t, r.Left)
	again, _ := converted(t, back, HuggingFace, Options{})
	for _, folder := range []string{back, again} {
		var file, config, settings map[string]any
		readJSON(t, filepath.Join(folder, tokenizerFile), &file)
		added := file["added_tokens"].([]any)
		require.Len(t, added, 2)
		assert.Equal(t, "<|end of text|>", added[0].(map[string]any)["content"])
		assert.Equal(t, true, added[0].(map[string]any)["special"])
		assert.Equal(t, false, added[1].(map[string]any)["special"])
		readJSON(t, filepath.Join(folder, configFile), &config)
		assert.InDelta(t, end, config["eos_token_id"], 0)
		readJSON(t, filepath.Join(folder, tokenizerConfigFile), &settings)
		assert.Equal(t, "<|end of text|>", settings["eos_token"])
	}

	run, r := converted(t, dir, Run, Options{})
	assert.Equal(t, []string{"eos_token_id", `special token "<|end of text|>"`, `special token "<b>"`}, r.Left)
	m, err := train.OpenText(run)
	require.NoError(t, err)
	assert.Equal(t, "<|end of text|>", string(m.Tokenizer.Decode([]int32{int32(end)})))
}

func TestSpecialTokensThatCannotBeKeptAreRefused(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(file, vocabulary map[string]any){
		"takes what is around it into account": func(file, _ map[string]any) {
			file["added_tokens"].([]map[string]any)[0]["lstrip"] = true
		},
		`"<b>" has id 259, but token 0 is the same text`: func(_, vocabulary map[string]any) { vocabulary["<b>"] = 0 },
		"its ids are not 0 to 259": func(file, _ map[string]any) {
			file["added_tokens"].([]map[string]any)[1]["id"] = 300
		},
	} {
		_, err := Open(withEnd(t, change))
		assert.ErrorContains(t, err, want)
	}
}
