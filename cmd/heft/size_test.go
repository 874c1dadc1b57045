package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSizeOfBillions(t *testing.T) {
	t.Parallel()
	code, out, errs := command("size", "7B")
	require.Equal(t, exitOK, code, errs)
	assert.Regexp(t, `^7,000,000,000 parameters\n\n.*\nweights +28 GB +14 GB +7.0 GB +7.4 GB +3.5 GB +3.9 GB\n$`, out)
	_, out, _ = command("size", "70e9")
	assert.Regexp(t, `weights +280 GB +140 GB +70 GB +74 GB +35 GB +39 GB\n$`, out)
}

func TestSizeOfAConfigAndOfAFile(t *testing.T) {
	t.Parallel()
	in := saved(t, 1, 2, 3)
	dir := filepath.Dir(in)
	_, out, _ := command("size", in, "--train", "adamw", "--json")
	assert.Equal(t, `{"parameters":4,"weights":{"fp32":16,"fp16":8,"int8":4,"q8_0":6,"int4":2,"q4_0":4},"kv_cache":null,`+
		`"training":{"weights":16,"gradients":16,"optimizer":32,"activations":0}}`+"\n", out)
	_, out, _ = command("size", dir, "--train", "sgd")
	assert.Contains(t, out, "activations  not known")

	config := filepath.Join(dir, "config.json")
	text := `{"model_type":"gpt2","n_layer":12,"n_embd":768,"n_head":12,"n_positions":1024,"vocab_size":50257}`
	require.NoError(t, os.WriteFile(config, []byte(text), 0o666))
	code, out, errs := command("size", config, "--train", "adamw", "--batch", "8", "--ctx", "512")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "124,439,808 parameters")
	assert.Regexp(t, `keys and values, 8 x 512 tokens +302 MB +151 MB`, out)
	assert.Contains(t, out, "  optimizer    996 MB\n  activations  6.0 GB\n")
	_, out, _ = command("size", dir)
	assert.Contains(t, out, "4 parameters\n")
	assert.Contains(t, out, "1 x 1,024 tokens", "the config beside the weights")
}

func TestSizeRefusesInOneLine(t *testing.T) {
	t.Parallel()
	broken := filepath.Join(t.TempDir(), "config.json")
	require.NoError(t, os.WriteFile(broken, []byte(`{"model_type":"bert"}`), 0o666))
	for _, c := range []struct {
		code int
		want string
		args []string
	}{
		{exitUsage, "adagrad", []string{"7B", "--train", "adagrad"}}, {exitUsage, "--batch is 1 or more", []string{"7B", "--batch", "0"}},
		{exitFailed, "gpt2 and llama are known", []string{broken}}, {exitFailed, "nowhere", []string{"nowhere"}}, {exitFailed, "1e99", []string{"1e99"}},
	} {
		code, out, errs := command(append([]string{"size"}, c.args...)...)
		assert.Equal(t, c.code, code, c.args)
		assert.Empty(t, out)
		assert.Contains(t, errs, c.want)
		assert.Regexp(t, `^heft: .*\n(Run .*\n)?$`, errs)
	}
}
