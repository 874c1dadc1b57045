package acceptance_test

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
)

// TestModelsOfThePublicGoThereAndBackAndDifferInNothing has models that Heft had no hand in: a GGUF with blocks and a tokenizer, and a safetensors file.
func TestModelsOfThePublicGoThereAndBackAndDifferInNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		model   interop.Public
		tensors int
		via     []string // formats there and back
	}{
		{interop.MiniLM, 104, []string{".gguf", ".pt", ".npz", ".safetensors"}},
		{interop.SmolLM, 272, []string{".safetensors", ".gguf"}},
	} {
		from := c.model.Path(t)
		s, ending := newShell(t), filepath.Ext(from)
		type report struct {
			Tensors  []struct{ Stats map[string]any }
			Metadata map[string]any
		}
		inspected := func(file string, args ...string) (r report) {
			require.NoError(t, json.Unmarshal([]byte(s.must(t, append([]string{"inspect", file, "--json"}, args...)...)), &r))
			require.Len(t, r.Tensors, c.tensors)
			return r
		}
		before := inspected(from, "--stats")
		assert.NotEmpty(t, before.Tensors[0].Stats)
		s.must(t, "verify", from)
		for _, via := range c.via {
			there, back := "there"+via, "back"+ending
			s.must(t, "convert", from, there, "--quiet")
			s.must(t, "diff", from, there)
			s.must(t, "convert", there, back, "--quiet")
			s.must(t, "diff", from, back)
			if ending == ".gguf" {
				want, got := maps.Clone(before.Metadata), inspected(back).Metadata
				require.NotEmpty(t, want)
				if via != ending { // which has no blocks: what is said of them is of the file as it is
					for _, key := range []string{"general.file_type", "general.quantization_version"} {
						require.Contains(t, want, key)
						delete(want, key)
						delete(got, key)
					}
				}
				assert.Equal(t, want, got, "all about the tokenizer is there again")
			}
			if ending == ".safetensors" || via == ending {
				assert.True(t, read(t, from) == s.read(t, back), "%s by way of %s is another file", from, via)
			}
			require.NoError(t, os.Remove(s.path(there)))
			require.NoError(t, os.Remove(s.path(back)))
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}
