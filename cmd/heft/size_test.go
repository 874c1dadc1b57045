package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSizeOfBillions(t *testing.T) {
	t.Parallel()
	code, out, errs := command("size", "7B")
	require.Equal(t, exitOK, code, errs)
	assert.Regexp(t, `^7,000,000,000 parameters\n\n +weights\nfp32 +28 GB\nfp16, bf16 +14 GB\nint8 +7.0 GB\nint8 with scales \(Q8_0\) +7.4 GB\nint4 +3.5 GB\nint4 with scales \(Q4_0\) +3.9 GB\n$`, out)
	_, out, _ = command("size", "70e9")
	assert.Regexp(t, `fp32 +280 GB\nfp16, bf16 +140 GB\nint8 +70 GB\nint8.* +74 GB\nint4 +35 GB\nint4.* +39 GB\n$`, out)
}

func TestSizeOfAConfigAndOfAFile(t *testing.T) {
	t.Parallel()
	in := saved(t, 1, 2, 3)
	dir := filepath.Dir(in)
	_, out, _ := command("size", in, "--train", "adamw", "--json")
	assert.Equal(t, `{"parameters":4,"weights":{"fp32":16,"fp16":8,"int8":4,"q8_0":6,"int4":2,"q4_0":4},"kv_cache":null,`+
		`"training":{"weights":16,"gradients":16,"optimizer":32,"activations":null}}`+"\n", out)
	_, out, _ = command("size", dir, "--train", "sgd")
	assert.Contains(t, out, "activations  not known")

	config := filepath.Join(dir, "config.json")
	text := `{"model_type":"gpt2","n_layer":12,"n_embd":768,"n_head":12,"n_positions":1024,"vocab_size":50257}`
	require.NoError(t, os.WriteFile(config, []byte(text), 0o666))
	code, out, errs := command("size", config, "--train", "adamw", "--batch", "8", "--ctx", "512")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "124,439,808 parameters")
	assert.Regexp(t, `weights +keys and values, 8 x 512 tokens\nfp32 +498 MB +302 MB\nfp16, bf16 +249 MB +151 MB\n`, out)
	for line := range strings.Lines(out) {
		assert.LessOrEqual(t, len(line), 80)
	}
	assert.Contains(t, out, "  optimizer    996 MB\n  activations  6.0 GB\n")
	_, out, _ = command("size", dir)
	assert.Contains(t, out, "4 parameters\n")
	assert.Contains(t, out, "1 x 1,024 tokens", "the config beside the weights")
}

func TestSizeRefusesInOneLine(t *testing.T) {
	t.Parallel()
	config := func(text string) string {
		path := filepath.Join(t.TempDir(), "config.json")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		return path
	}
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{exitUsage, "adagrad", []string{"7B", "--train", "adagrad"}}, {exitUsage, "--batch is 1 or more", []string{"7B", "--batch", "0"}},
		{exitUsage, "--ctx says nothing of", []string{"7B", "--ctx", "512"}},
		{exitFailed, "gpt2 and llama are known", []string{config(`{"model_type":"bert"}`)}},
		{exitFailed, "it has no model_type", []string{config(`{}`)}},
		{exitFailed, "it does not say its layers (n_layer)", []string{config(`{"model_type":"gpt2"}`)}},
		{exitFailed, "its n_layer must be a whole number, not string", []string{config(`{"model_type":"gpt2","n_layer":"12"}`)}},
		{exitFailed, "no multiple of its 7 heads", []string{config(`{"model_type":"gpt2","n_layer":12,"n_embd":768,"n_head":7,"n_positions":8,"vocab_size":9}`)}},
		{exitFailed, "nowhere", []string{"nowhere"}},
		{exitFailed, `"7X" is no number of parameters, as 7B, 124M or 1.5e9`, []string{"7X"}},
		{exitFailed, "1e99", []string{"1e99"}},
	} {
		code, out, errs := command(append([]string{"size"}, c.args...)...)
		assert.Equal(t, c.code, code, c.args)
		assert.Empty(t, out)
		assert.Contains(t, errs, c.want)
		assert.Regexp(t, `^heft: .*\n(Run .*\n)?$`, errs)
	}
}
