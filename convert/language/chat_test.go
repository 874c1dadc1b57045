package language

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/serialize/gguf"
	"github.com/heft-ml/heft/tokenizer"
)

// talking is a folder of transformers with a template for conversations in tokenizer_config.json.
func talking(t *testing.T, template any) string {
	t.Helper()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["llama"]
	s, _ := filled(c, 1)
	dir, _ := converted(t, saved(t, c, s, tok), HuggingFace, Options{})
	var settings map[string]any
	path := filepath.Join(dir, tokenizerConfigFile)
	readJSON(t, path, &settings)
	settings["chat_template"] = template
	require.NoError(t, writeJSON(path, settings))
	return dir
}

func TestTemplatesForConversationsGoThereAndBack(t *testing.T) {
	t.Parallel()
	const template = "{% for m in messages %}<|im_start|>{{ m['role'] + '\n' }}é{% endfor %}"
	inFolder := talking(t, template)
	inFile := talking(t, "an older one")
	require.NoError(t, os.WriteFile(filepath.Join(inFile, chatFile), []byte(template), 0o666))
	for _, from := range []string{inFolder, inFile} {
		path, r := converted(t, from, GGUF, Options{})
		assert.Empty(t, r.Left)
		_, metadata, err := gguf.Load(path)
		require.NoError(t, err)
		text, err := metadata.Text(chatKey)
		require.NoError(t, err)
		assert.Equal(t, template, text)

		back, r := converted(t, path, HuggingFace, Options{})
		assert.Empty(t, r.Left)
		var settings map[string]any
		readJSON(t, filepath.Join(back, tokenizerConfigFile), &settings)
		assert.Equal(t, template, settings["chat_template"])
	}
}

func TestTemplatesForConversationsWithoutAPlaceAreNamed(t *testing.T) {
	t.Parallel()
	const inConfig = tokenizerConfigFile + ": chat_template"
	dir := talking(t, "{{ x }}")
	path, _ := converted(t, dir, GGUF, Options{})
	_, r := converted(t, dir, Run, Options{})
	assert.Equal(t, []string{inConfig}, r.Left)
	_, r = converted(t, path, Run, Options{})
	assert.Equal(t, []string{chatKey}, r.Left)

	require.NoError(t, os.Remove(filepath.Join(dir, tokenizerFile)))
	_, r = converted(t, dir, GGUF, Options{})
	assert.Equal(t, []string{inConfig}, r.Left, "without a tokenizer nobody makes a text of ids")

	_, r = converted(t, talking(t, []map[string]string{{"name": "default", "template": "{{ x }}"}}), GGUF, Options{})
	assert.Equal(t, []string{inConfig}, r.Left, "several")
	several := talking(t, []map[string]string{{"name": "default", "template": "{{ x }}"}})
	require.NoError(t, os.WriteFile(filepath.Join(several, chatFile), []byte("{{ y }}"), 0o666))
	_, r = converted(t, several, GGUF, Options{})
	assert.Equal(t, []string{inConfig}, r.Left, "several, beside the one that counts")
	_, r = converted(t, talking(t, nil), GGUF, Options{})
	assert.Empty(t, r.Left)
}
