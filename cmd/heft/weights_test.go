package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/train"
)

func TestCommandsForRunsSayWhatOtherWeightsAre(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	code, _, errs := command("train", "xor", "-q", "--epochs", "1", "--out", run)
	require.Equal(t, exitOK, code, errs)
	gguf, pt := filepath.Join(dir, "model.gguf"), filepath.Join(dir, "model.pt")
	for _, path := range []string{gguf, pt} {
		code, _, errs = command("convert", run, path)
		require.Equal(t, exitOK, code, errs)
	}
	for _, c := range []string{"eval", "reproduce", "generate"} {
		code, out, errs := command(c, gguf)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, out)
		assert.Equal(t, `heft: "`+gguf+`" is gguf: 'heft convert `+gguf+` model.safetensors' makes of it what this command reads`+"\n", errs, c)
		code, _, errs = command(c, pt)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs, "is pytorch without the recipe of a run", c)
		assert.Regexp(t, `^heft: .*\n$`, errs)
	}
	back := filepath.Join(dir, "back.safetensors")
	code, _, errs = command("convert", gguf, back)
	require.Equal(t, exitOK, code, errs)
	code, _, errs = command("eval", back)
	assert.Equal(t, exitOK, code, errs)
}

func TestFoldersWithoutWeightsAreToldWhatTheyAre(t *testing.T) {
	t.Parallel()
	runs := t.TempDir()
	for _, name := range []string{"xor-1", "xor-2"} {
		code, _, errs := command("train", "xor", "-q", "--epochs", "1", "--out", filepath.Join(runs, name))
		require.Equal(t, exitOK, code, errs)
	}
	for _, c := range []string{"inspect", "size", "eval"} {
		code, out, errs := command(c, runs)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, out)
		assert.Contains(t, errs, `is a folder of 2 runs: name one, as "`+filepath.Join(runs, "xor-1")+`"`, c)
	}
	stopped := filepath.Join(t.TempDir(), "stopped")
	require.NoError(t, os.Mkdir(stopped, 0o777))
	require.NoError(t, os.WriteFile(filepath.Join(stopped, train.CheckpointFile), nil, 0o666))
	code, _, errs := command("inspect", stopped)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "heft train --resume "+stopped)
	code, _, errs = command("verify", stopped)
	assert.Equal(t, exitTrouble, code)
	assert.Contains(t, errs, "heft train --resume "+stopped)
	code, _, errs = command("inspect", "-")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "not read from a pipe")
}

func TestNarrowFloatsGoWhereThereIsNoPlaceForThemByDType(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	in := filepath.Join(dir, "in.safetensors")
	narrow, err := dtype.FromFloat32s("w", []int{2}, []float32{1, 2}, dtype.F8E4M3)
	require.NoError(t, err)
	require.NoError(t, safetensors.Save(in, []dtype.Tensor{narrow}, safetensors.AsIs))
	for _, name := range []string{"out.npz", "out.gguf"} {
		out := filepath.Join(dir, name)
		code, _, errs := command("convert", in, out)
		assert.Equal(t, exitFailed, code)
		assert.Contains(t, errs, "--dtype", name)
		for _, spelling := range []string{"float32", "F32", "half"} {
			code, _, errs = command("convert", in, out, "--dtype", spelling, "--force")
			assert.Equal(t, exitOK, code, errs)
			code, text, _ := command("diff", in, out)
			assert.Equal(t, exitOK, code, text)
		}
	}
}
