package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// saved writes tensors w and b with these values to a file.
func saved(t *testing.T, w ...float32) string {
	t.Helper()
	weight, err := dtype.FromFloat32s("fc.weight", []int{1, len(w)}, w, dtype.F32)
	require.NoError(t, err)
	bias, err := dtype.FromFloat32s("fc.bias", []int{1}, []float32{0.5}, dtype.F32)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "model.safetensors")
	require.NoError(t, safetensors.Save(path, []dtype.Tensor{weight, bias}, safetensors.AsIs))
	return path
}

func TestDiffTellsByItsExitCode(t *testing.T) {
	t.Parallel()
	a, b := saved(t, 1, 2), saved(t, 1, 2.5)
	code, out, errs := command("diff", a, a)
	assert.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "2 tensors the same\n")

	code, out, errs = command("diff", a, b)
	assert.Equal(t, exitFinding, code)
	assert.Empty(t, errs)
	assert.Contains(t, out, "1 tensor the same, 1 changed")
	assert.Contains(t, out, "fc.weight")
	for _, args := range [][]string{{"--atol", "0.5"}, {"--rtol", "0.2"}, {"fc.bias"}} {
		code, _, errs = command(append([]string{"diff", a, b}, args...)...)
		assert.Equal(t, exitOK, code, errs)
	}

	code, out, _ = command("diff", a, b, "--json")
	assert.Equal(t, exitFinding, code)
	var c inspect.Comparison
	require.NoError(t, json.Unmarshal([]byte(out), &c))
	assert.Equal(t, inspect.Number(0.5), c.Tensors[0].Values.MaxAbs)

	for _, args := range [][]string{{a, "nowhere"}, {"nowhere", a}, {a, b, "conv*"}} {
		code, out, errs = command(append([]string{"diff"}, args...)...)
		assert.Equal(t, exitTrouble, code)
		assert.Empty(t, out)
		assert.Regexp(t, `^heft: .*\n$`, errs)
	}
	code, _, errs = command("diff", a, b, "--atol", "-1")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "a tolerance is 0 or more")
	code, _, _ = command("diff", a)
	assert.Equal(t, exitUsage, code)
}

func TestInterruptedCommandsSaySoAndExitLikeASignal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	a, b := saved(t, 1), saved(t, 2)
	for want, commands := range map[string][][]string{
		"heft: interrupted\n":                      {{"diff", a, b}, {"verify", a}, {"inspect", a, "--stats"}},
		"heft: interrupted, nothing was changed\n": {{"convert", a, a + ".gguf"}, {"meta", "set", a, "n=1"}},
	} {
		for _, args := range commands {
			var out, errs bytes.Buffer
			assert.Equal(t, exitInterrupted, run(ctx, args, nil, &out, &errs), args)
			assert.Equal(t, want, errs.String(), args)
			assert.Empty(t, out.String(), args)
		}
	}
	entries, err := os.ReadDir(filepath.Dir(a))
	require.NoError(t, err)
	assert.Len(t, entries, 1, "nothing was written")
}
