package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tinyText trains a model of text for a few steps.
func tinyText(t *testing.T, model string) (run string) {
	t.Helper()
	dir := t.TempDir()
	path, run := filepath.Join(dir, "text.txt"), filepath.Join(dir, "run")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("the rays of light go on and on\n", 60)), 0o666))
	code, _, errs := command("train", "text:"+path, "-q", "--model", model, "--steps", "4", "--eval-every", "4", "--batch", "4", "--out", run)
	require.Equal(t, exitOK, code, errs)
	return run
}

func TestModelsOfTextGoToOtherFormsAndWriteTheSameWhenTheyAreBack(t *testing.T) {
	t.Parallel()
	for model, name := range map[string]string{"gpt:layers=1,width=32,heads=2,context=16": "gpt2", "llama:layers=1,width=32,heads=2,kv=1,context=16": "llama"} {
		run := tinyText(t, model)
		dir := filepath.Dir(run)
		folder, file, back := filepath.Join(dir, "hf"), filepath.Join(dir, "model.gguf"), filepath.Join(dir, "back")
		for _, c := range []struct {
			want string
			args []string
		}{
			{folder + ": " + name + " for transformers, ", []string{run, folder, "--to", "hf"}},
			{file + ": " + name + " for llama.cpp, ", []string{folder, file}},
			{back + ": " + name + " for heft, ", []string{file, back, "--to", "run"}},
		} {
			code, out, errs := command(append([]string{"convert"}, c.args...)...)
			require.Equal(t, exitOK, code, errs)
			assert.Contains(t, out, c.want)
			assert.NotContains(t, out, "left behind")
			assert.Empty(t, errs)
		}
		_, want, _ := command("generate", run, "--prompt", "the", "--length", "30")
		code, got, errs := command("generate", back, "--prompt", "the", "--length", "30")
		require.Equal(t, exitOK, code, errs)
		assert.Equal(t, want, got)
		_, want, _ = command("eval", run)
		code, got, errs = command("eval", back, "--data", dir)
		require.Equal(t, exitOK, code, errs)
		assert.Equal(t, want, got)
		code, _, errs = command("diff", run, back)
		assert.Equal(t, exitOK, code, errs)

		for _, other := range []string{folder, file} {
			code, _, errs = command("generate", other)
			assert.Equal(t, exitFailed, code)
			assert.Contains(t, errs, "convert "+other+" RUN --to run' makes of it what this command reads")
		}
		lone := filepath.Join(dir, "lone")
		code, _, errs = command("meta", "set", filepath.Join(folder, "model.safetensors"), "--drop", "heft.recipe")
		require.Equal(t, exitOK, code, errs)
		code, _, errs = command("convert", folder, lone, "--to", "run")
		require.Equal(t, exitOK, code, errs)
		code, got, errs = command("generate", lone, "--prompt", "the", "--length", "30", "--temperature", "0")
		require.Equal(t, exitOK, code, errs)
		assert.Len(t, got, len("the")+30+len("\n"))
		code, _, errs = command("eval", lone)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs, "was converted and has no recipe, which would say what text to score it on: let it write with heft generate")

		code, out, errs := command("convert", run, filepath.Join(dir, "small.gguf"), "--dtype", "q8_0")
		require.Equal(t, exitOK, code, errs)
		assert.Contains(t, out, "in another number format")
		code, _, errs = command("convert", run, folder, "--to", "hf")
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs, "--force")
		code, _, errs = command("convert", run, folder+"/", "--to", "hf", "--force", "--dtype", "bf16")
		assert.Equal(t, exitOK, code, errs)
	}
}

func TestWeightsOfNoModelOfTextAreConvertedAsTheyAre(t *testing.T) {
	t.Parallel()
	in := saved(t, 1, 2)
	dir := filepath.Dir(in)
	code, _, errs := command("convert", in, filepath.Join(dir, "x.gguf"), "--to", "gguf")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "is no GPT-2 and no Llama")
	run := filepath.Join(dir, "run")
	code, _, errs = command("train", "xor", "-q", "--epochs", "1", "--out", run)
	require.Equal(t, exitOK, code, errs)
	code, out, errs := command("convert", run, filepath.Join(dir, "xor.gguf"), "--dtype", "Q8_0")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "xor.gguf: gguf")
	code, out, _ = command("inspect", filepath.Join(dir, "xor.gguf"))
	assert.Equal(t, exitOK, code)
	assert.Contains(t, out, "Q8_0")
}

func TestHalvesInAGGUFLeaveNormsAndBiasesWhereverTheyComeFrom(t *testing.T) {
	t.Parallel()
	run := tinyText(t, "gpt:layers=1,width=32,heads=2,context=16")
	dir := filepath.Dir(run)
	whole, ofFile, ofFolder := filepath.Join(dir, "f32.gguf"), filepath.Join(dir, "file.gguf"), filepath.Join(dir, "folder.gguf")
	for _, args := range [][]string{{run, whole}, {whole, ofFile, "--dtype", "f16"}, {run, ofFolder, "--dtype", "f16"}} {
		code, _, errs := command(append([]string{"convert"}, args...)...)
		require.Equal(t, exitOK, code, errs)
	}
	code, out, errs := command("diff", ofFile, ofFolder)
	assert.Equal(t, exitOK, code, out+errs)
	_, out, _ = command("inspect", ofFile)
	assert.Contains(t, out, "F16")
	assert.Contains(t, out, "F32")

	code, _, errs = command("convert", run, filepath.Join(dir, "f8.gguf"), "--dtype", "f8_e4m3")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "gguf has no place for F8_E4M3: use --dtype")
	assert.NoFileExists(t, filepath.Join(dir, "f8.gguf"))
}

func TestFormsThatCannotBeAreMistakesOfUsage(t *testing.T) {
	t.Parallel()
	in := saved(t, 1)
	dir := filepath.Dir(in)
	for want, args := range map[string][]string{
		`--to is "hugging"`:                    {in, filepath.Join(dir, "out"), "--to", "hugging"},
		"leave out --format":                   {in, filepath.Join(dir, "out"), "--to", "hf", "--only", "*"},
		"Q4_0 is a format of blocks, which":    {in, filepath.Join(dir, "out"), "--to", "hf", "--dtype", "q4_0"},
		"Q8_K cannot be written":               {in, filepath.Join(dir, "out.gguf"), "--dtype", "q8_k"},
		"in a GGUF file also Q4_0, Q4_1, ":     {in, filepath.Join(dir, "out.gguf"), "--dtype", "q4_7"},
		"which only GGUF files hold":           {in, filepath.Join(dir, "out.pt"), "--dtype", "q4_0"},
		"--overflow is about values too large": {in, filepath.Join(dir, "out"), "--to", "hf", "--overflow", "inf"},
	} {
		code, out, errs := command(append([]string{"convert"}, args...)...)
		assert.Equal(t, exitUsage, code, args)
		assert.Empty(t, out)
		assert.Contains(t, errs, want)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing was written")
}
