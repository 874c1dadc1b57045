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

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/train"
)

// command runs the command as a shell would.
func command(args ...string) (code int, out, errs string) {
	var o, e bytes.Buffer
	code = run(context.Background(), args, nil, &o, &e)
	return code, o.String(), e.String()
}

func TestTrainEvalInspect(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "moons")
	code, out, errs := command("train", "moons", "--epochs", "2", "--save-dtype", "bf16", "--out", dir, "--summary")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "test loss ")
	assert.Contains(t, out, filepath.Join(dir, "model.safetensors"))
	assert.Contains(t, out, "1218 parameters")
	assert.Contains(t, errs, "epoch 2/2")

	code, out, errs = command("eval", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Regexp(t, `^moons/test: loss \d\.\d{4}  accuracy +\d+\.\d%  \(200 samples\)\n`, out)
	assert.Empty(t, errs)

	code, out, _ = command("eval", dir, "circles", "--json")
	require.Equal(t, exitOK, code)
	var score struct {
		Data     string
		Accuracy float64
		Samples  int
	}
	require.NoError(t, json.Unmarshal([]byte(out), &score))
	assert.Equal(t, "circles/test", score.Data)
	assert.Equal(t, 200, score.Samples)

	code, out, errs = command("inspect", dir, "--stats")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "0.weight")
	assert.Contains(t, out, "BF16")
}

func TestEvalSaysThatWeightsWereChanged(t *testing.T) {
	t.Parallel()
	for _, trained := range []func() string{
		func() string {
			dir := filepath.Join(t.TempDir(), "moons")
			code, _, errs := command("train", "moons", "-q", "--epochs", "1", "--out", dir)
			require.Equal(t, exitOK, code, errs)
			return dir
		},
		func() string { return trainLines(t) },
	} {
		dir := trained()
		code, whole, errs := command("eval", dir)
		require.Equal(t, exitOK, code, errs)
		assert.NotContains(t, whole, "changed:")
		path := filepath.Join(dir, train.WeightsFile)
		weights, err := os.ReadFile(path)
		require.NoError(t, err)
		weights[len(weights)-1] ^= 0x40 // the exponent of the last value
		require.NoError(t, os.WriteFile(path, weights, 0o666))
		code, out, errs := command("eval", dir)
		require.Equal(t, exitOK, code, errs)
		assert.Regexp(t, `^changed: the weights were changed after training: their checksum is not the recipe's\n\S+: loss `, out)
		code, out, _ = command("eval", dir, "--json")
		require.Equal(t, exitOK, code)
		var scored struct{ Changed []string }
		require.NoError(t, json.Unmarshal([]byte(out), &scored))
		assert.Len(t, scored.Changed, 1)
	}
}

func TestQuietTrainingPrintsNothingToStderr(t *testing.T) {
	t.Parallel()
	code, _, errs := command("train", "xor", "-q", "--epochs", "1", "--out", t.TempDir())
	assert.Equal(t, exitOK, code)
	assert.Empty(t, errs)
}

func TestSameCommandGivesTheSameFile(t *testing.T) {
	t.Parallel()
	var files []string
	for range 2 {
		dir := t.TempDir()
		code, _, errs := command("train", "-q", "--epochs", "1", "--out", dir)
		require.Equal(t, exitOK, code, errs)
		weights, err := os.ReadFile(filepath.Join(dir, "model.safetensors"))
		require.NoError(t, err)
		files = append(files, string(weights))
	}
	assert.True(t, files[0] == files[1])
}

func TestSetOfItsOwnHasDefaultsOfItsOwnUnderTheFlags(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	code, _, errs := command("train", "spiral", "-q", "--epochs", "1", "--lr", "0.02", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	text, err := os.ReadFile(filepath.Join(dir, "config.json"))
	require.NoError(t, err)
	assert.Contains(t, string(text), `"activation": "tanh"`)
	assert.Contains(t, string(text), `"lr": 0.02`)
}

func TestWrongCommandLinesAreUsageErrorsInOneLine(t *testing.T) {
	t.Parallel()
	assertUsageErrors(t, map[string]string{
		"frob":                               `unknown command "frob"`,
		"train banana":                       "known are digits, moons",
		"train digits moons":                 `text[:PATH]]: "moons" is one too many`,
		"train --frob":                       "unknown flag",
		"train --epochs many":                "epochs",
		"train --batch 0":                    "batch is 0",
		"train --model vgg":                  "mlp:300,100",
		"train --init he":                    "kaiming-normal",
		"train --save-dtype f12":             "f12",
		"train --save-dtype i8":              "F32, F16 or BF16",
		"train --optimizer rprop":            "adamw",
		"train --momentum 0.9":               "adamw takes none",
		"eval":                               "eval needs RUN",
		"inspect":                            "inspect needs FILE",
		"convert":                            "convert needs IN and OUT\n",
		"convert a.pt":                       "convert needs IN and OUT: OUT is missing",
		"convert a.pt b.pt c.pt":             `convert takes IN and OUT: "c.pt" is one too many`,
		"convert a.pt .":                     `"." is a folder: name a file in it`,
		"convert a.pt b.gguf --dtype q4_k_m": "Q5_K or Q6_K (did you mean Q4_K?)",
		"meta set":                           "meta set needs FILE",
		"lab theory deep":                    `lab theory takes nothing but flags: "deep" is one too many`,
		"train spiral --lr -1 -q":            "lr is -1",
		"train moons --schedule cosine(":     "parenthesis",
	})
}

func TestWhatTheWorldGetsWrongIsOneLineAndExitCodeOne(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("hello"), 0o666))
	run := filepath.Join(dir, "run")
	code, _, errs := command("train", "moons", "-q", "--epochs", "1", "--out", run)
	require.Equal(t, exitOK, code, errs)
	for want, args := range map[string][]string{
		"is a folder of":           {"eval", dir},
		"no such file":             {"eval", filepath.Join(dir, "nowhere")},
		"not a directory":          {"train", "moons", "-q", "--out", filepath.Join(file, "x")},
		"--force":                  {"train", "moons", "-q", "--out", run},
		"64 features":              {"eval", run, "digits"},
		"file":                     {"inspect", file},
		"training broke at step 2": {"train", "moons", "-q", "--lr", "1e25", "--optimizer", "sgd", "--activation", "relu", "--out", filepath.Join(dir, "nan")},
		"0.weight":                 {"train", "moons", "-q", "--epochs", "1", "--save-dtype", "f16", "--init", "constant(1e6)", "--lr", "1e-9", "--out", filepath.Join(dir, "inf")},
	} {
		code, out, errs := command(args...)
		assert.Equal(t, exitFailed, code, args)
		assert.Empty(t, out, args)
		assert.Contains(t, errs, want, args)
		assert.Len(t, strings.Split(strings.TrimSpace(errs), "\n"), 1, errs)
	}
	left, err := filepath.Glob(filepath.Join(dir, "inf", "model*.safetensors"))
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestInterruptedTrainingExitsLikeASignal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	dir := filepath.Join(t.TempDir(), "run")
	assert.Equal(t, exitInterrupted, run(ctx, []string{"train", "-q", "--out", dir}, nil, &out, &errs))
	assert.Contains(t, errs.String(), "heft train --resume "+dir)
}

// Not parallel: it changes the working directory.
func TestRunsAreNumbered(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, want := range []string{"moons-1", "moons-2"} {
		code, out, errs := command("train", "moons", "-q", "--epochs", "1")
		require.Equal(t, exitOK, code, errs)
		assert.Contains(t, out, filepath.Join("runs", want, "model.safetensors"))
	}
}

func TestHelpHasExamplesAndCompletionKnowsValues(t *testing.T) {
	t.Parallel()
	for _, c := range []string{"train", "eval", "inspect"} {
		code, out, _ := command(c, "--help")
		assert.Equal(t, exitOK, code)
		assert.Contains(t, out, "Examples:", c)
	}
	_, out, _ := command("__complete", "train", "--init", "kai")
	assert.Contains(t, out, "kaiming-normal")
	_, out, _ = command("__complete", "train", "sp")
	assert.Contains(t, out, "spiral")
	code, out, _ := command("completion", "bash")
	assert.Equal(t, exitOK, code)
	assert.Contains(t, out, "heft")
}
