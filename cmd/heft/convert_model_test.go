package main

import (
	"fmt"
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
		assert.Regexp(t, `in another number format \([0-9]+ Q8_0\)`, out)
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

func TestTypesThatDoNotFitTheRowsAreCounted(t *testing.T) {
	t.Parallel()
	run := tinyText(t, "gpt:layers=1,width=32,heads=2,context=16")
	code, out, errs := command("convert", run, filepath.Join(filepath.Dir(run), "small.gguf"), "--dtype", "q4_k")
	require.Equal(t, exitOK, code, errs)
	assert.Regexp(t, `in another number format \([0-9]+ Q5_0\)`, out, "rows of 32 and 128 are no blocks of 256")
}

func TestModelsOfTextBecomeManyFilesUnderTheirNewNames(t *testing.T) {
	t.Parallel()
	run := tinyText(t, "gpt:layers=1,width=32,heads=2,context=16")
	dir := filepath.Dir(run)
	folder, back := filepath.Join(dir, "hf"), filepath.Join(dir, "back")
	code, out, errs := command("convert", run, folder, "--to", "hf", "--shard-size", "20kB")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, folder+": gpt2 for transformers, ")
	assert.FileExists(t, filepath.Join(folder, "model.safetensors.index.json"))
	first := ""
	for i, args := range [][]string{{folder, filepath.Join(dir, "a.gguf")}, {folder, filepath.Join(dir, "b.gguf"), "--to", "gguf"}} {
		code, out, errs = command(append(append([]string{"convert"}, args...), "--shard-size", "20kB")...)
		require.Equal(t, exitOK, code, errs)
		parts, err := filepath.Glob(filepath.Join(dir, string(rune('a'+i))+"-*-of-*.gguf"))
		require.NoError(t, err)
		require.Greater(t, len(parts), 1)
		first = parts[0]
		assert.Contains(t, out, first+": gpt2 for llama.cpp, ")
		assert.Contains(t, out, fmt.Sprintf("in %d files of %s", len(parts), dir))
		_, out, _ = command("inspect", first)
		assert.Contains(t, out, "attn_qkv")
		assert.NotContains(t, out, "transformer.")
	}
	code, _, errs = command("convert", first, back, "--to", "run")
	require.Equal(t, exitOK, code, errs)
	code, out, errs = command("diff", run, back)
	assert.Equal(t, exitOK, code, out+errs)
	code, _, errs = command("convert", run, folder, "--to", "hf", "--force")
	require.Equal(t, exitOK, code, errs)
	assert.NoFileExists(t, filepath.Join(folder, "model.safetensors.index.json"))
}

func TestAModelIsNotWrittenOverOneOfItsFiles(t *testing.T) {
	t.Parallel()
	run := tinyText(t, "gpt:layers=1,width=32,heads=2,context=16")
	dir := filepath.Dir(run)
	folder, file := filepath.Join(dir, "hf"), filepath.Join(dir, "model.gguf")
	code, _, errs := command("convert", run, folder, "--to", "hf", "--shard-size", "20kB")
	require.Equal(t, exitOK, code, errs)
	shards, err := filepath.Glob(filepath.Join(folder, "model-00001-of-*.safetensors"))
	require.NoError(t, err)
	require.Len(t, shards, 1)
	before, err := os.ReadFile(shards[0])
	require.NoError(t, err)
	code, out, errs := command("convert", folder, shards[0], "--to", "gguf", "--force")
	assert.Equal(t, exitFailed, code)
	assert.Empty(t, out)
	assert.Contains(t, errs, "is one of many files of a model, which would be left without it: name another file")
	after, err := os.ReadFile(shards[0])
	require.NoError(t, err)
	assert.Equal(t, before, after)

	code, _, errs = command("convert", folder, file)
	require.Equal(t, exitOK, code, errs)
	for _, c := range [][]string{{file, file, "--to", "gguf"}, {folder, folder, "--to", "hf"}} { // in place, which Windows refuses while the old is open
		code, _, errs = command(append([]string{"convert", "--force", "--dtype", "bf16"}, c...)...)
		require.Equal(t, exitOK, code, errs)
		code, out, errs = command("inspect", c[0])
		require.Equal(t, exitOK, code, errs)
		assert.Contains(t, out, "BF16")
	}
}

func TestAGGUFWithWeightsAloneIsToldToBe(t *testing.T) {
	t.Parallel()
	run := tinyText(t, "gpt:layers=1,width=32,heads=2,context=16")
	dir := filepath.Dir(run)
	folder := filepath.Join(dir, "hf")
	code, _, errs := command("convert", run, folder, "--to", "hf")
	require.Equal(t, exitOK, code, errs)
	rules := filepath.Join(dir, "names.yaml")
	require.NoError(t, os.WriteFile(rules, []byte("- {from: ^transformer, to: t}\n"), 0o666))
	for name, args := range map[string][]string{
		"file": {filepath.Join(folder, "model.safetensors"), "OUT"}, "format": {folder, "OUT", "--format", "gguf"}, "map": {folder, "OUT", "--map", rules},
		"run": {filepath.Join(run, "model.safetensors"), "OUT"},
	} {
		args[1] = filepath.Join(dir, name+".gguf")
		code, _, errs = command(append([]string{"convert"}, args...)...)
		require.Equal(t, exitOK, code, errs)
		assert.Regexp(t, "^note: weights alone, whose names llama.cpp does not know: 'heft convert .* --to gguf --force' writes the gpt2 that it runs\n$", errs, name)
	}
	config := filepath.Join(folder, "config.json")
	for text, want := range map[string]string{
		"{": "its config.json is no JSON object", `{"model_type": "gemma"}`: `model_type is "gemma"`, "": "there is no config.json",
	} {
		require.NoError(t, os.WriteFile(config, []byte(text), 0o666))
		if text == "" {
			require.NoError(t, os.Remove(config))
		}
		out := filepath.Join(dir, "alone.gguf")
		code, _, errs = command("convert", folder, out, "--to", "gguf")
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs, "is no GPT-2 and no Llama: ")
		assert.Contains(t, errs, want)
		assert.NoFileExists(t, out)
		code, _, errs = command("convert", folder, out)
		require.Equal(t, exitOK, code, errs)
		assert.Contains(t, errs, "note: weights alone, under the names that they have, without configuration or tokenizer: ")
		assert.Contains(t, errs, want)
		require.NoError(t, os.Remove(out))
	}
	code, _, errs = command("convert", saved(t, 1), filepath.Join(dir, "other.gguf"))
	require.Equal(t, exitOK, code, errs)
	assert.Empty(t, errs, "nobody would take it for a model")
}

func TestAModelWithoutATokenizerIsToldToBe(t *testing.T) {
	t.Parallel()
	run := tinyText(t, "gpt:layers=1,width=32,heads=2,context=16")
	folder := filepath.Join(filepath.Dir(run), "hf")
	code, _, errs := command("convert", run, folder, "--to", "hf")
	require.Equal(t, exitOK, code, errs)
	require.NoError(t, os.Remove(filepath.Join(folder, "tokenizer.json")))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "chat_template.jinja"), []byte("x"), 0o666))
	code, out, errs := command("convert", folder, filepath.Join(filepath.Dir(run), "out.gguf"))
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "; left behind: chat_template.jinja")
	assert.Contains(t, out, "without a tokenizer, for IN has none")
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
		"a run has its weights in one file":    {in, filepath.Join(dir, "out"), "--to", "run", "--shard-size", "1MB"},
		"let ":                                 {in, filepath.Join(dir, "out"), "--to", "gguf", "--shard-size", "1MB"},
		"--force does not replace a model in":  {in, filepath.Join(dir, "out.gguf"), "--to", "gguf", "--shard-size", "1MB", "--force"},
		"a number of bytes is expected":        {in, filepath.Join(dir, "out"), "--to", "hf", "--shard-size", "much"},
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
