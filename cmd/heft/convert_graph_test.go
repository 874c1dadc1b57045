package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
)

func TestRunsBecomeGraphs(t *testing.T) {
	t.Parallel()
	run := filepath.Join(t.TempDir(), "run")
	code, _, errs := command("train", "xor", "-q", "--epochs", "1", "--out", run)
	require.Equal(t, exitOK, code, errs)
	out := filepath.Join(filepath.Dir(run), "xor.onnx")
	code, text, errs := command("convert", run, out)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, text, out+": onnx, ")
	assert.Contains(t, text, "a graph of the mlp")
	first, err := os.ReadFile(out)
	require.NoError(t, err)
	for _, part := range []string{"0.weight", "heft.recipe", "heft.input"} {
		assert.Contains(t, string(first), part)
	}
	code, _, errs = command("convert", filepath.Join(run, "model.safetensors"), out)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "--force")
	other := filepath.Join(filepath.Dir(run), "graph")
	code, _, errs = command("convert", filepath.Join(run, "model.safetensors"), other, "--format", "onnx")
	require.Equal(t, exitOK, code, errs)
	second, err := os.ReadFile(other)
	require.NoError(t, err)
	assert.Equal(t, first, second)

	text2 := tinyText(t, "gpt:layers=1,width=32,heads=2,context=16")
	code, text, errs = command("convert", text2, filepath.Join(filepath.Dir(text2), "text.onnx"))
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, text, "a graph of the gpt2")
}

func TestWhatBecomesNoGraphIsRefused(t *testing.T) {
	t.Parallel()
	run := tinyText(t, "llama:layers=1,width=32,heads=2,context=16")
	out := filepath.Join(filepath.Dir(run), "out.onnx")
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{exitFailed, "no graph is made of a Llama: perceptrons, ", []string{run, out}},
		{exitFailed, "was not trained by heft", []string{saved(t, 1), out}},
		{exitFailed, "nowhere", []string{"nowhere", out}},
		{exitUsage, "leave out --dtype", []string{run, out, "--dtype", "f16"}},
		{exitUsage, "leave out --dtype", []string{run, out, "--shard-size", "1MB"}},
	} {
		code, text, errs := command(append([]string{"convert"}, c.args...)...)
		assert.Equal(t, c.code, code, c.args)
		assert.Empty(t, text)
		assert.Contains(t, errs, c.want)
	}
	assert.NoFileExists(t, out)
}

// What a graph computes is compared in package export; here onnxruntime opens what the command leaves.
func TestOnnxruntimeOpensTheGraphOfARun(t *testing.T) {
	t.Parallel()
	interop.Python(t)
	run := filepath.Join(t.TempDir(), "run")
	code, _, errs := command("train", "digits", "-q", "--epochs", "1", "--out", run)
	require.Equal(t, exitOK, code, errs)
	out := filepath.Join(filepath.Dir(run), "digits.onnx")
	code, _, errs = command("convert", run, out)
	require.Equal(t, exitOK, code, errs)
	said := interop.Run(t, `
import json, sys, numpy as np, onnxruntime
session = onnxruntime.InferenceSession(sys.argv[1], providers=["CPUExecutionProvider"])
y = session.run(["y"], {"x": np.zeros((3, 64), "f4")})[0]
print(y.shape, "steps" in json.loads(session.get_modelmeta().custom_metadata_map["heft.recipe"]))
`, out)
	assert.Equal(t, "(3, 10) True", strings.TrimSpace(said))
}
