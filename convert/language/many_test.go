package language

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/tokenizer"
	"github.com/heft-ml/heft/train"
)

func namesIn(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestModelsInManyFilesAreThoseInOne(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["gpt2"]
	s, _ := filled(c, 1)
	m, err := Open(saved(t, c, s, tok))
	require.NoError(t, err)
	defer m.Close()
	dir := t.TempDir()
	folder, file := filepath.Join(dir, "folder"), filepath.Join(dir, "text.gguf")
	const limit = 30_000 // of 65 kB
	_, err = m.Write(t.Context(), folder, HuggingFace, Options{Limit: limit})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"config.json", "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors", "model-00003-of-00003.safetensors",
		"model.safetensors.index.json", "tokenizer.json", "tokenizer_config.json",
	}, namesIn(t, folder))
	r, err := m.Write(t.Context(), file, GGUF, Options{Limit: limit})
	require.NoError(t, err)
	require.Greater(t, len(r.Files), 1)
	assert.Equal(t, filepath.Join(dir, "text-00001-of-00003.gguf"), r.Files[0])
	for _, path := range []string{folder, r.Files[0]} {
		back, _ := converted(t, path, Run, Options{})
		run, err := train.OpenText(back)
		require.NoError(t, err)
		assert.Equal(t, s.Tensors(), run.Store.Tensors(), path)
		whole, _ := converted(t, path, GGUF, Options{})
		for name := range loaded(t, whole) {
			assert.False(t, strings.HasPrefix(name, "transformer."), name)
		}
	}
	_, err = m.Write(t.Context(), filepath.Join(dir, "run"), Run, Options{Limit: limit})
	require.ErrorContains(t, err, "a run has its weights in one file")
	_, err = m.Write(t.Context(), folder, HuggingFace, Options{Replace: true})
	require.NoError(t, err, "a folder of such files is replaced as a whole")
	assert.Equal(t, []string{"config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"}, namesIn(t, folder))
}

func TestFilesOfAFolderThatAreNotReadAreNamed(t *testing.T) {
	t.Parallel()
	tok := tokenizer.NewChars(alphabet)
	c := small(tok.Len())["llama"]
	s, _ := filled(c, 1)
	dir, r := converted(t, saved(t, c, s, tok), HuggingFace, Options{})
	assert.Empty(t, r.Left)
	for _, name := range []string{"special_tokens_map.json", "generation_config.json", "vocab.json", "merges.txt", "README.md"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("{}"), 0o666))
	}
	_, r = converted(t, dir, GGUF, Options{})
	assert.Equal(t, []string{"generation_config.json", "special_tokens_map.json"}, r.Left, "the others are no part, or say what tokenizer.json says")
	require.NoError(t, os.Remove(filepath.Join(dir, tokenizerFile)))
	_, r = converted(t, dir, GGUF, Options{})
	assert.Contains(t, r.Left, "merges.txt")
}
