package main

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSplitAndMergeDifferInNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "run")
	code, _, errs := command("train", "xor", "-q", "--epochs", "1", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	code, out, errs := command("split", dir, "--shard-size", "2kB")
	require.Equal(t, exitOK, code, errs)
	shards := dir + "-shards"
	assert.Contains(t, out, filepath.Join(shards, "model.safetensors.index.json")+": safetensors, ")
	assert.Contains(t, out, "files of "+shards+"\n")
	assert.FileExists(t, filepath.Join(shards, "config.json"), "what stands beside the weights goes with them")
	for _, format := range []string{".safetensors", ".gguf", ".pt"} {
		whole := filepath.Join(t.TempDir(), "whole"+format)
		code, _, errs = command("convert", shards, whole)
		require.Equal(t, exitOK, code, errs)
		code, out, errs = command("split", whole, "--shard-size", "2kB")
		require.Equal(t, exitOK, code, errs)
		parts := whole[:len(whole)-len(format)] + "-shards"
		entries, err := os.ReadDir(parts)
		require.NoError(t, err)
		assert.Greater(t, len(entries), 1, out)
		for i, path := range []string{parts, filepath.Join(parts, entries[0].Name())} {
			merged := filepath.Join(t.TempDir(), "merged"+format)
			code, _, errs = command("merge", path, merged)
			require.Equal(t, exitOK, code, errs)
			code, out, errs = command("diff", dir, merged)
			assert.Equal(t, exitOK, code, "%d: %s%s", i, out, errs)
			again, err := os.ReadFile(merged)
			require.NoError(t, err)
			first, err := os.ReadFile(whole)
			require.NoError(t, err)
			assert.True(t, format == ".pt" || string(first) == string(again), "the same bytes")
		}
	}
}

func TestConvertWritesManyFiles(t *testing.T) {
	t.Parallel()
	in := saved(t, 1, 2, 3)
	out := filepath.Join(t.TempDir(), "model.gguf")
	code, text, errs := command("convert", in, out, "--shard-size", "12", "--dtype", "f32")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, text, "in 2 files of ")
	code, text, errs = command("diff", in, filepath.Join(filepath.Dir(out), "model-00002-of-00002.gguf"))
	assert.Equal(t, exitOK, code, text+errs)
}

func TestAShardIsNotReplacedByAll(t *testing.T) {
	t.Parallel()
	in := saved(t, 1, 2, 3)
	dir := filepath.Join(t.TempDir(), "shards")
	code, _, errs := command("split", in, "--shard-size", "12", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	shard := filepath.Join(dir, "model-00001-of-00002.safetensors")
	index := filepath.Join(dir, "model.safetensors.index.json")
	before, err := os.ReadFile(shard)
	require.NoError(t, err)
	for _, args := range [][]string{
		{"convert", in, shard}, {"convert", in, index, "--format", "safetensors", "--force"},
		{"merge", dir, shard, "--force"}, {"convert", dir, shard, "--force"}, {"convert", shard, shard, "--force"}, {"convert", in, shard, "--force"},
		{"meta", "set", in, "note=1", "--out", shard, "--force"},
	} {
		code, out, errs := command(args...)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, out)
		assert.Contains(t, errs, "is one of many files of a model, which would be left without it: name another file")
	}
	after, err := os.ReadFile(shard)
	require.NoError(t, err)
	assert.Equal(t, before, after)
}

func TestSplitFollowsALinkBeforeItGoesToTheParent(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("Windows itself takes paths apart before it follows links")
	}
	in := saved(t, 1, 2, 3)
	dir := filepath.Dir(in)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte("{}"), 0o666))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "store", "deep"), 0o777))
	if err := os.Symlink(filepath.Join("store", "deep"), filepath.Join(dir, "link")); err != nil {
		t.Skip("no symbolic links here: ", err)
	}
	for _, in := range []string{dir + "/link/../run", dir + "/link/../run/model.safetensors"} {
		require.NoError(t, os.RemoveAll(filepath.Join(dir, "store", "run")))
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "store", "run"), 0o777))
		data, err := os.ReadFile(in[:len(dir)] + "/model.safetensors")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, "store", "run", "model.safetensors"), data, 0o666))
		code, _, errs := command("split", in, "--shard-size", "12")
		require.Equal(t, exitOK, code, errs)
	}
	assert.FileExists(t, filepath.Join(dir, "store", "run-shards", "model.safetensors.index.json"))
	assert.FileExists(t, filepath.Join(dir, "store", "run", "model-shards", "model.safetensors.index.json"))
	code, _, errs := command("merge", dir+"/link/../run-shards", filepath.Join(dir, "merged.safetensors"))
	require.Equal(t, exitOK, code, errs)
	code, _, errs = command("split", dir, "--shard-size", "12", "--out", dir+"/link/../parts")
	require.Equal(t, exitOK, code, errs)
	assert.NoDirExists(t, filepath.Join(dir, "parts"))
	for _, name := range []string{"config.json", "model.safetensors.index.json"} {
		assert.FileExists(t, filepath.Join(dir, "store", "parts", name))
	}
}

func TestNoFolderGetsTwoModels(t *testing.T) {
	t.Parallel()
	in := saved(t, 1, 2, 3)
	dir := filepath.Dir(in)
	config := filepath.Join(dir, "config.json")
	require.NoError(t, os.WriteFile(config, []byte("{}"), 0o666))
	shards := filepath.Join(t.TempDir(), "shards")
	code, _, errs := command("split", dir, "--shard-size", "12", "--out", shards)
	require.Equal(t, exitOK, code, errs)
	foreign := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(foreign, "config.json"), []byte("{ }"), 0o666))
	for _, c := range []struct {
		folder string
		files  int // that it has, and keeps
		args   []string
	}{
		{dir, 2, []string{"split", in, "--shard-size", "12", "--out", dir}},
		{shards, 4, []string{"merge", shards, filepath.Join(shards, "model.safetensors")}},
		{foreign, 1, []string{"split", dir, "--shard-size", "12", "--out", foreign}},
	} {
		code, out, errs := command(c.args...)
		assert.Equal(t, exitFailed, code, c.args)
		assert.Empty(t, out)
		assert.Regexp(t, `^heft: .* is there already, and files of two models would mix: name another folder, or remove that model\n$`, errs)
		entries, err := os.ReadDir(c.folder)
		require.NoError(t, err)
		assert.Len(t, entries, c.files, c.args)
	}
}

func TestSplitAndMergeRefuseInOneLine(t *testing.T) {
	t.Parallel()
	in := saved(t, 1)
	dir := filepath.Dir(in)
	npz := filepath.Join(dir, "m.npz")
	code, _, errs := command("convert", in, npz)
	require.Equal(t, exitOK, code, errs)
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{exitUsage, "--shard-size 500MB", []string{"split", in}},
		{exitUsage, "a number of bytes is expected", []string{"split", in, "--shard-size", "much"}},
		{exitUsage, "a number of bytes is expected", []string{"split", in, "--shard-size", "0"}},
		{exitUsage, "--force does not replace a model in many files", []string{"convert", in, filepath.Join(dir, "x.pt"), "--shard-size", "1MB", "--force"}},
		{exitFailed, "no model is in many files", []string{"split", npz, "--shard-size", "1MB"}},
		{exitFailed, "use safetensors, GGUF or PyTorch", []string{"convert", in, filepath.Join(dir, "x.npz"), "--shard-size", "1MB"}},
		{exitFailed, "nowhere", []string{"split", "nowhere", "--shard-size", "1MB"}},
		{exitFailed, "a model in one file", []string{"merge", in, filepath.Join(dir, "x.safetensors")}},
		{exitFailed, "--force", []string{"merge", in, npz}},
		{exitUsage, "which a pipe cannot be", []string{"merge", in, "-"}},
		{exitUsage, "does not tell a format: use one of .safetensors .gguf .pt .pth .bin .npz .npy\n", []string{"merge", in, filepath.Join(dir, "x")}},
		{exitUsage, "whose ending tells the format, as \"" + filepath.Join(dir, "model.safetensors") + "\"\n", []string{"merge", in, dir}},
	} {
		code, out, errs := command(c.args...)
		assert.Equal(t, c.code, code, c.args)
		assert.Empty(t, out)
		assert.Contains(t, errs, c.want)
		assert.Regexp(t, `^heft: .*\n(Run .*\n)?$`, errs)
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 2, "nothing was written")
}
