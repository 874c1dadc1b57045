package train_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/train"
)

func TestOpenSaysWhatIsWrongWithARun(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	_, err := train.Run(context.Background(), quick(), train.Options{Out: whole})
	require.NoError(t, err)
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir string)
		want  string
	}{
		"no configuration": {func(t *testing.T, dir string) { remove(t, dir, train.ConfigFile) }, "config.json"},
		"no weights":       {func(t *testing.T, dir string) { remove(t, dir, train.WeightsFile) }, "model.safetensors"},
		"truncated weights": {func(t *testing.T, dir string) {
			path := filepath.Join(dir, train.WeightsFile)
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.NoError(t, os.Truncate(path, info.Size()-5))
		}, "model.safetensors"},
		"weights of another shape": {func(t *testing.T, dir string) {
			c := quick()
			c.Model = "mlp:7"
			rewrite(t, dir, c)
		}, `"0.weight" is [32 2], but the model has [7 2]`},
		"weights of a deeper model": {func(t *testing.T, dir string) {
			c := quick()
			c.Model = "mlp:32,32,32"
			rewrite(t, dir, c)
		}, "missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(dir, os.DirFS(whole)))
			c.spoil(t, dir)
			_, _, _, err := train.Open(dir)
			if assert.ErrorContains(t, err, c.want) {
				assert.ErrorContains(t, err, dir)
				assert.NotContains(t, err.Error(), "\n")
			}
		})
	}
	var load *nn.LoadError
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(whole)))
	c := quick()
	c.Model = "mlp"
	rewrite(t, dir, c)
	_, _, _, err = train.Open(dir)
	assert.ErrorAs(t, err, &load)
}

func remove(t *testing.T, dir, name string) {
	require.NoError(t, os.Remove(filepath.Join(dir, name)))
}

func rewrite(t *testing.T, dir string, c train.Config) {
	writeJSON(t, filepath.Join(dir, train.ConfigFile), c)
}

func writeJSON(t *testing.T, path string, v any) {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o666))
}
