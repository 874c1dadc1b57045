package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMetaSetAndGet(t *testing.T) {
	t.Parallel()
	in := saved(t, 1, 2)
	same := saved(t, 1, 2)
	code, out, errs := command("meta", "set", in, "note=a=b\x1b", "n=7")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "2 tensors")
	code, out, errs = command("meta", "get", in, "note")
	require.Equal(t, exitOK, code, errs)
	assert.Equal(t, "a=b\x1b\n", out, "as it is: this is no terminal")
	_, out, _ = command("meta", "get", in)
	assert.Equal(t, "format\t\"pt\"\nn\t\"7\"\nnote\t\"a=b\\u001b\"\n", out)
	code, _, _ = command("diff", in, same)
	assert.Equal(t, exitOK, code)

	gguf := filepath.Join(filepath.Dir(in), "m.gguf")
	code, _, errs = command("convert", in, gguf)
	require.Equal(t, exitOK, code, errs)
	code, _, errs = command("meta", "set", gguf, "--as", "u32", "n=8", "--drop", "note")
	require.Equal(t, exitOK, code, errs)
	_, out, _ = command("meta", "get", gguf)
	assert.Equal(t, "n\t8\n", out)
	other := filepath.Join(filepath.Dir(in), "other.gguf")
	code, _, errs = command("meta", "set", gguf, "n=9", "--out", other)
	require.Equal(t, exitOK, code, errs)
	_, out, _ = command("meta", "get", other, "n")
	assert.Equal(t, "9\n", out)
	_, out, _ = command("meta", "get", gguf, "n")
	assert.Equal(t, "8\n", out)

	before, err := os.ReadFile(other)
	require.NoError(t, err)
	code, _, errs = command("meta", "set", in, "n=1", "--out", other)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "--force")
	after, err := os.ReadFile(other)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	code, _, errs = command("meta", "set", gguf, "n=1", "--out", other, "--force")
	require.Equal(t, exitOK, code, errs)
	_, out, _ = command("meta", "get", other, "n")
	assert.Equal(t, "1\n", out)
}

func TestMetaRefusesInOneLine(t *testing.T) {
	t.Parallel()
	in := saved(t, 1)
	npz := filepath.Join(filepath.Dir(in), "m.npz")
	code, _, errs := command("convert", in, npz)
	require.Equal(t, exitOK, code, errs)
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{exitUsage, "meta get needs FILE", []string{"get"}},
		{exitUsage, "KEY=VALUE", []string{"set", in}},
		{exitUsage, "no KEY=VALUE", []string{"set", in, "x"}},
		{exitUsage, "unknown flag", []string{"set", in, "--frob"}},
		{exitUsage, "--force is for --out", []string{"set", in, "x=1", "--force"}},
		{exitUsage, "--as is the type of what is set", []string{"set", in, "--drop", "format", "--as", "u32"}},
		{exitFailed, `no metadata "formta" (did you mean format?)`, []string{"set", in, "--drop", "formta"}},
		{exitFailed, "--drop format does nothing", []string{"set", in, "--drop", "format"}},
		{exitFailed, "no metadata", []string{"get", in, "x"}},
		{exitFailed, "is none of str", []string{"set", in, "x=1", "--as", "u128"}},
		{exitFailed, "no place for metadata", []string{"set", npz, "x=1"}},
		{exitFailed, "nowhere", []string{"get", "nowhere"}},
	} {
		code, out, errs := command(append([]string{"meta"}, c.args...)...)
		assert.Equal(t, c.code, code, c.args)
		assert.Empty(t, out)
		assert.Contains(t, errs, c.want)
		assert.Regexp(t, `^heft: .*\n(Run .*\n)?$`, errs)
	}
}

func TestMetadataOfAShardIsNotSetAlone(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "shards")
	code, _, errs := command("split", saved(t, 1, 2, 3), "--shard-size", "12", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	shard := filepath.Join(dir, "model-00001-of-00002.safetensors")
	before, err := os.ReadFile(shard)
	require.NoError(t, err)
	for _, path := range []string{shard, dir, filepath.Join(dir, "model.safetensors.index.json")} {
		code, _, errs = command("meta", "set", path, "note=x")
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs, "'heft merge' makes one file of all")
	}
	after, err := os.ReadFile(shard)
	require.NoError(t, err)
	assert.Equal(t, before, after)
	require.NoError(t, os.Remove(filepath.Join(dir, "model.safetensors.index.json")))
	code, _, errs = command("meta", "set", shard, "note=x")
	assert.Equal(t, exitOK, code, "it is the part of no model: %s", errs)
}
