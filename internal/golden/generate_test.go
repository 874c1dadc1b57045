package golden

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
)

func TestGeneratorMakesTheFiles(t *testing.T) {
	t.Parallel()
	fresh := t.TempDir()
	interop.Run(t, filepath.Join(Folder(t), "generate.py"), "--out", fresh)
	// Float64 to a few last bits, which differ between processors; float32, over hundreds of steps, to rounding.
	for name, tol := range map[string]float64{"ops.json": 1e-12, "layers.json": 1e-12, "init.json": 1e-12, "images.json": 1e-5, "transformers.json": 1e-5, "optim.json": 1e-5, "mlp_curve.json": 1e-5, "lstm_curve.json": 1e-5} {
		var want, got any
		readTree(t, filepath.Join(Folder(t), name), &want)
		readTree(t, filepath.Join(fresh, name), &got)
		assert.NoError(t, compareTrees(name, want, got, tol))
	}
}

func readTree(t *testing.T, path string, tree *any) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, tree))
}

// roundings is how far two processors may be from each other in "error", the error of torch's float32.
const roundings = 1e-5

// compareTrees compares two decoded JSON values, numbers within tol of the larger of 1 and their size.
func compareTrees(path string, want, got any, tol float64) error {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("%s: fields differ", path)
		}
		for key, value := range w {
			allowed := tol
			if key == "error" {
				allowed = max(tol, roundings)
			}
			if err := compareTrees(path+"."+key, value, g[key], allowed); err != nil {
				return err
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok || len(g) != len(w) {
			return fmt.Errorf("%s: lengths differ", path)
		}
		for i, value := range w {
			if err := compareTrees(fmt.Sprintf("%s[%d]", path, i), value, g[i], tol); err != nil {
				return err
			}
		}
	case float64:
		g, ok := got.(float64)
		if !ok || math.Abs(g-w) > tol*max(1, math.Abs(w)) {
			return fmt.Errorf("%s: %v, the file has %v", path, got, w)
		}
	default:
		if got != want {
			return fmt.Errorf("%s: %v, the file has %v", path, got, want)
		}
	}
	return nil
}

func TestCompareTreesSeesEveryDifference(t *testing.T) {
	t.Parallel()
	tree := func(text string) (v any) {
		require.NoError(t, json.Unmarshal([]byte(text), &v))
		return v
	}
	want := tree(`{"a":[1,{"b":"x"}],"c":100,"d":null}`)
	assert.NoError(t, compareTrees("f", want, tree(`{"a":[1.0000001,{"b":"x"}],"c":100.00001,"d":null}`), 1e-6))
	errorOf := func(e string) any { return tree(`{"error":{"output":` + e + `}}`) }
	assert.NoError(t, compareTrees("f", errorOf("2e-6"), errorOf("4e-6"), 1e-12))
	assert.Error(t, compareTrees("f", errorOf("2e-6"), errorOf("4e-5"), 1e-12))
	for _, other := range []string{
		`{"a":[1,{"b":"y"}],"c":100,"d":null}`, `{"a":[1.1,{"b":"x"}],"c":100,"d":null}`, `{"a":[1],"c":100,"d":null}`,
		`{"a":[1,{"b":"x"}],"c":100}`, `{"a":[1,{"b":"x"}],"e":100,"d":null}`, `{"a":1,"c":100,"d":null}`,
		`{"a":[1,{"b":"x"}],"c":"NaN","d":null}`, `{"a":[1,{"b":"x"}],"c":100,"d":0}`,
	} {
		assert.Error(t, compareTrees("f", want, tree(other), 1e-6), other)
	}
}
