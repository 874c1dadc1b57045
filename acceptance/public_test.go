package acceptance_test

import (
	"encoding/json"
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
		var seen struct {
			Tensors  []struct{ Stats map[string]any }
			Metadata json.RawMessage
		}
		inspected := func(file string, args ...string) json.RawMessage {
			require.NoError(t, json.Unmarshal([]byte(s.must(t, append([]string{"inspect", file, "--json"}, args...)...)), &seen))
			require.Len(t, seen.Tensors, c.tensors)
			return seen.Metadata
		}
		about := inspected(from, "--stats")
		assert.NotEmpty(t, seen.Tensors[0].Stats)
		s.must(t, "verify", from)
		for _, via := range c.via {
			there, back := "there"+via, "back"+ending
			s.must(t, "convert", from, there, "--quiet")
			s.must(t, "diff", from, there)
			s.must(t, "convert", there, back, "--quiet")
			s.must(t, "diff", from, back)
			if ending == ".gguf" {
				assert.JSONEq(t, string(about), string(inspected(back)), "all about the tokenizer is there again, and of the types that it had")
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
