package train_test

import (
	"context"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/train"
)

func TestOpenSaysWhatIsWrongWithARun(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	r, err := train.Run(context.Background(), quick(), train.Options{Out: whole})
	require.NoError(t, err)
	weights := filepath.Join(whole, train.WeightsFile)
	tensors, metadata, err := safetensors.Load(weights)
	require.NoError(t, err)
	// with writes the weights with something else in the metadata.
	with := func(path, key, old, new string) {
		m := maps.Clone(metadata)
		require.Contains(t, m[key], old)
		m[key] = strings.Replace(m[key], old, new, 1)
		require.NoError(t, safetensors.Save(path, tensors, dtype.F32, safetensors.Metadata(m)))
	}
	for want, spoil := range map[string]func(path string){
		"no such file": func(path string) {},
		"truncated":    func(path string) { require.NoError(t, os.WriteFile(path, contents(t, weights)[:1000], 0o666)) },
		`"0.weight" is [32 2], but the model has [7 2]`:                           func(path string) { with(path, "heft.recipe", "mlp:32,32", "mlp:7") },
		"model mlp:32,32,32 has more numbers than the 1218 of the file's weights": func(path string) { with(path, "heft.recipe", "mlp:32,32", "mlp:32,32,32") },
		"missing": func(path string) { with(path, "heft.recipe", "mlp:32,32", "mlp:8,8,8") },
		"more numbers than the 1 of": func(path string) {
			require.NoError(t, safetensors.Save(path, nil, dtype.F32, safetensors.Metadata(metadata)))
		},
		"no model is called": func(path string) { with(path, "heft.recipe", "mlp:32,32", "vgg") },
		"recipe":             func(path string) { with(path, "heft.recipe", "{", "[") },
		"not trained by heft": func(path string) {
			require.NoError(t, safetensors.Save(path, tensors, dtype.F32))
		},
		"input": func(path string) { with(path, "heft.input", "table", "chair") },
	} {
		path := filepath.Join(t.TempDir(), "w.safetensors")
		spoil(path)
		_, err := train.Open(path)
		if assert.ErrorContains(t, err, want) {
			assert.ErrorContains(t, err, path)
			assert.NotContains(t, err.Error(), "\n")
		}
	}
	m, err := train.Open(weights)
	require.NoError(t, err)
	assert.NotPanics(t, func() { m.Store.At("head").Bias("bias", 2) }, "a program may add to what it opened")
	assert.Equal(t, r.Recipe, m.Recipe)
}

func contents(t *testing.T, path string) []byte {
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func writeJSON(t *testing.T, path string, v any) {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	writeFile(t, path, text)
}

func writeFile(t *testing.T, path string, data []byte) {
	require.NoError(t, os.WriteFile(path, data, 0o666))
}
