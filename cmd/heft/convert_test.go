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

func TestConvertThereAndBackDiffersInNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	code, _, errs := command("train", "xor", "-q", "--epochs", "1", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	for _, name := range []string{"x.gguf", "x.pt", "x.npz", "x.safetensors"} {
		there, back := filepath.Join(dir, name), filepath.Join(dir, name+".back.safetensors")
		code, out, errs := command("convert", dir, there)
		require.Equal(t, exitOK, code, errs)
		assert.Contains(t, out, there+": ")
		assert.Empty(t, errs, "no bar where nobody looks")
		code, _, errs = command("convert", there, back)
		require.Equal(t, exitOK, code, errs)
		for _, file := range []string{there, back} {
			code, out, errs = command("diff", dir, file)
			assert.Equal(t, exitOK, code, out+errs)
		}
	}
	_, out, _ := command("convert", dir, filepath.Join(dir, "y.npz"))
	assert.Contains(t, out, "3 keys of metadata left behind: heft.input, heft.kinds, heft.recipe\n")
}

func TestASummaryNamesAScreenfulAndCountsTheRest(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 30 {
		names = append(names, fmt.Sprint("k", i))
	}
	assert.True(t, strings.HasSuffix(firstOf(names), ", k23, and 6 more"))
	assert.Equal(t, "a, ^h\\.(\\d+), b\\n", firstOf([]string{"a", `^h\.(\d+)`, "b\n"}))
}

func TestConvertRenamesAndCasts(t *testing.T) {
	t.Parallel()
	in := saved(t, 1, 1e6)
	dir := filepath.Dir(in)
	rules, out := filepath.Join(dir, "names.yaml"), filepath.Join(dir, "out.safetensors")
	require.NoError(t, os.WriteFile(rules, []byte("- {from: ^fc, to: layer.0}\n- {from: bias, drop: true}\n"), 0o666))
	code, _, errs := command("convert", in, out, "--map", rules, "--dtype", "bf16")
	require.Equal(t, exitOK, code, errs)
	_, text, _ := command("inspect", out)
	assert.Contains(t, text, "layer.0.weight")
	assert.Contains(t, text, "BF16")
	assert.NotContains(t, text, "bias")

	code, _, errs = command("convert", in, out, "--force", "--dtype", "f16")
	assert.Equal(t, exitFailed, code)
	assert.Equal(t, `heft: tensor "fc.weight": 1 of 2 values are beyond the 65504 that F16 holds: use a wider --dtype, or --overflow inf|saturate`+"\n", errs)
	code, _, errs = command("convert", in, out, "--force", "--dtype", "f16", "--overflow", "saturate", "--only", "*weight")
	assert.Equal(t, exitOK, code, errs)
	code, _, errs = command("diff", in, out, "--atol", "934496", "*weight")
	assert.Equal(t, exitOK, code, errs)
}

func TestAKeyThatIsTooLongIsLeftOutAndNotRenamed(t *testing.T) {
	t.Parallel()
	in := saved(t, 1)
	key := strings.Repeat("k", 70_000)
	code, _, errs := command("meta", "set", in, key+"=1")
	require.Equal(t, exitOK, code, errs)
	out := filepath.Join(filepath.Dir(in), "out.gguf")
	code, _, errs = command("convert", in, out)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "at most 65,535 are allowed: 'heft meta set IN --drop KEY' leaves it out\n")
	code, _, errs = command("meta", "set", in, "--drop", key)
	require.Equal(t, exitOK, code, errs)
	code, _, errs = command("convert", in, out)
	assert.Equal(t, exitOK, code, errs)
}

func TestConvertRefusesInOneLine(t *testing.T) {
	t.Parallel()
	in := saved(t, 1)
	dir := filepath.Dir(in)
	rules := filepath.Join(dir, "names.yaml")
	require.NoError(t, os.WriteFile(rules, []byte("- {from: .*, to: x}"), 0o666))
	long := filepath.Join(dir, "long.yaml")
	require.NoError(t, os.WriteFile(long, []byte("- {from: weight, to: "+strings.Repeat("x", 64)+"}"), 0o666))
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{exitUsage, "does not tell a format", []string{in, filepath.Join(dir, "out")}},
		{exitUsage, "or say --to for the folder of a model, or --format", []string{in, filepath.Join(dir, "out")}},
		{exitUsage, "it is one of safetensors, gguf", []string{in, filepath.Join(dir, "out"), "--format", "zip"}},
		{exitUsage, `"i8" is no number format to choose here: use F64, F32, F16, BF16, F8_E4M3 or F8_E5M2`, []string{in, filepath.Join(dir, "out.pt"), "--dtype", "i8"}},
		{exitUsage, "--overflow is about values too large for --dtype", []string{in, filepath.Join(dir, "out.pt"), "--overflow", "inf"}},
		{exitUsage, "which a pipe cannot be", []string{in, "-"}},
		{exitUsage, "F12", []string{in, filepath.Join(dir, "out.pt"), "--dtype", "F12"}},
		{exitUsage, "refuse, inf or saturate", []string{in, filepath.Join(dir, "out.pt"), "--overflow", "wrap"}},
		{exitFailed, "--force", []string{in, in}},
		{exitFailed, "is a folder: name a file in it", []string{in, dir, "--format", "gguf"}},
		{exitFailed, "is a folder: name a file in it", []string{in, dir, "--format", "pytorch", "--shard-size", "1MB"}},
		{exitUsage, "which a pipe cannot be", []string{in, "-", "--to", "hf"}},
		{exitFailed, "nowhere", []string{"nowhere", filepath.Join(dir, "out.pt")}},
		{exitFailed, "nowhere", []string{in, filepath.Join(dir, "out.pt"), "--map", "nowhere"}},
		{exitFailed, "would both be called", []string{in, filepath.Join(dir, "out.pt"), "--map", rules}},
		{exitFailed, "at most 63 are allowed: --map gives tensors other names", []string{in, filepath.Join(dir, "out.gguf"), "--map", long}},
		{exitFailed, "no tensor is called", []string{in, filepath.Join(dir, "out.pt"), "--only", "conv*"}},
		{exitFailed, "a .npy holds one tensor", []string{in, filepath.Join(dir, "out.npy")}},
	} {
		code, out, errs := command(append([]string{"convert"}, c.args...)...)
		assert.Equal(t, c.code, code, c.args)
		assert.Empty(t, out)
		assert.Contains(t, errs, c.want)
		assert.Regexp(t, `^heft: .*\n(Run .*\n)?$`, errs)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 3, "nothing was written")
}
