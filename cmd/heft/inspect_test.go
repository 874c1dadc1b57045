package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/train"
)

// weights writes a file as another program might have, and returns its path.
func weights(t *testing.T, metadata map[string]string) string {
	t.Helper()
	weight, err := dtype.FromFloat32s("fc.wéight", []int{2, 2}, []float32{1, 2, 3, 4}, dtype.F16)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "other.safetensors")
	require.NoError(t, safetensors.Save(path, []dtype.Tensor{weight}, safetensors.AsIs, safetensors.Metadata(metadata)))
	return path
}

func TestInspectKnowsTheKindsAndTheRecipeOfARun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code, _, errs := command("train", "xor", "-q", "--epochs", "1", "--seed", "7", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	code, out, errs := command("inspect", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Empty(t, errs)
	assert.Contains(t, out, "=xor")
	assert.Contains(t, out, "seed=7")
	assert.Contains(t, out, "accuracy=")
	assert.NotContains(t, out, "inferred")

	code, out, errs = command("inspect", filepath.Join(dir, "model.safetensors"), "--stats", "--json")
	require.Equal(t, exitOK, code, errs)
	var r inspect.Report
	require.NoError(t, json.Unmarshal([]byte(out), &r))
	var recipe train.Recipe
	require.NoError(t, json.Unmarshal(r.Recipe, &recipe))
	assert.Equal(t, uint64(7), recipe.Config.Seed)
	assert.Positive(t, recipe.Steps)
	for _, tensor := range r.Tensors {
		assert.False(t, tensor.KindInferred, tensor.Name)
		assert.NotNil(t, tensor.Stats, tensor.Name)
	}
}

func TestInspectInfersKindsOfForeignFiles(t *testing.T) {
	t.Parallel()
	code, out, errs := command("inspect", weights(t, nil))
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "weight?")
	assert.NotContains(t, out, "recipe")
}

func TestInspectSaysWhyARecipeCannotBeRead(t *testing.T) {
	t.Parallel()
	code, out, errs := command("inspect", weights(t, map[string]string{"heft.recipe": "[]", "heft.kinds": "[]"}))
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "problem  the recipe")
}

func TestInspectFlagsLeaveThingsOut(t *testing.T) {
	t.Parallel()
	path := weights(t, nil)
	_, out, _ := command("inspect", path)
	assert.NotContains(t, out, "histogram")
	_, out, _ = command("inspect", path, "--stats", "--ascii")
	assert.Contains(t, out, `fc.w\u00e9ight`)
	assert.Contains(t, out, "@    @    @    @\n")
	_, out, _ = command("inspect", path, "--json")
	assert.Contains(t, out, `"stats":null`)
	_, out, _ = command("inspect", path, "fc.*")
	assert.Contains(t, out, "1 tensor, 4 parameters")
	code, _, errs := command("inspect", path, "conv*")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, `no tensor is called "conv*"`)
}

func TestInspectOfAPipeClosedEarlyIsNoError(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	require.NoError(t, reader.Close())
	defer writer.Close()
	for _, args := range [][]string{{"inspect"}, {"inspect", "--json"}} {
		var errs bytes.Buffer
		assert.Equal(t, exitOK, run(context.Background(), append(args, weights(t, nil)), nil, writer, &errs))
		assert.Empty(t, errs.String())
	}
}

func TestInspectErrorsNameTheFileInOneLine(t *testing.T) {
	t.Parallel()
	whole, err := os.ReadFile(weights(t, nil))
	require.NoError(t, err)
	dir := t.TempDir()
	cut := filepath.Join(dir, "cut")
	require.NoError(t, os.WriteFile(cut, whole[:len(whole)-1], 0o666))
	for path, want := range map[string]string{
		filepath.Join(dir, "missing"): "missing",
		dir:                           "no weights are in the folder",
		cut:                           "truncated download?",
		"inspect_test.go":             "no weight file that Heft knows",
	} {
		code, out, errs := command("inspect", path)
		assert.Equal(t, exitFailed, code, path)
		assert.Empty(t, out, path)
		assert.Contains(t, errs, want)
		assert.Contains(t, errs, filepath.Base(path))
		assert.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
}

func TestInterruptedInspectExitsLikeASignal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	assert.Equal(t, exitInterrupted, run(ctx, []string{"inspect", "--stats", weights(t, nil)}, nil, &out, &errs))
	assert.Empty(t, out.String())
}

func TestLinesThatNoTerminalBoundsHaveAFixedWidth(t *testing.T) {
	t.Parallel()
	assert.Equal(t, fileWidth, widthOf(&bytes.Buffer{}))
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	require.NoError(t, err)
	defer f.Close()
	assert.Equal(t, fileWidth, widthOf(f))
	assert.True(t, layoutOf(f, false).Whole, "and names are whole")
}

func TestLocaleAndTerminalDecideAboutUnicode(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]bool{
		"":                                      true,
		"LANG=de_DE.UTF-8":                      true,
		"LC_CTYPE=UTF-8":                        true,
		"LANG=C.utf8":                           true,
		"LANG=C":                                false,
		"LANG=de_DE.ISO-8859-1":                 false,
		"LANG=C LC_ALL=C.UTF-8":                 true,
		"LANG=C.UTF-8 LC_ALL=POSIX":             false,
		"LANG=C.UTF-8 LC_CTYPE=C":               false,
		"LANG=C.UTF-8 TERM=dumb":                false,
		"LANG=C.UTF-8 TERM=linux":               false,
		"LANG=C.UTF-8 TERM=xterm-256color":      true,
		"LC_ALL=C LC_CTYPE=C.UTF-8 LANG=C.utf8": false,
	} {
		values := map[string]string{}
		for _, pair := range strings.Fields(env) {
			name, value, _ := strings.Cut(pair, "=")
			values[name] = value
		}
		assert.Equal(t, want, speaksUnicode(func(name string) string { return values[name] }), "%q", env)
	}
}
