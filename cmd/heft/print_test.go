package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPrintShowsValues(t *testing.T) {
	t.Parallel()
	in := saved(t, 1, 2.5, -3)
	code, out, errs := command("print", in, "fc.weight[0, 1:]")
	assert.Equal(t, exitOK, code, errs)
	assert.Equal(t, "[2.5  -3]\n", out)
	_, out, _ = command("print", in, "fc.bias", "--json")
	assert.Equal(t, `{"name":"fc.bias","dtype":"F32","shape":[1],"values":[0.5]}`+"\n", out)
	_, out, _ = command("print", in, "fc.*[:1]")
	assert.Equal(t, "fc.bias[:1]\n[0.5]\nfc.weight[:1]\n[[  1 2.5  -3]]\n", out)
	_, out, _ = command("print", in, "*.bia[rs]")
	assert.Equal(t, "[0.5]\n", out)
	numbered := filepath.Join(t.TempDir(), "numbered.safetensors")
	rules := filepath.Join(t.TempDir(), "rules.yaml")
	require.NoError(t, os.WriteFile(rules, []byte("- {from: fc.bias, to: fc.1}\n- {from: fc.weight, to: fc.2}\n"), 0o666))
	code, _, errs = command("convert", in, numbered, "--map", rules)
	require.Equal(t, exitOK, code, errs)
	for expression, want := range map[string]string{
		"fc.[1]": "[0.5]\n", "fc.[13]": "[0.5]\n", "*[0-1]": "[0.5]\n", "fc.1[0]": "0.5\n", "fc.[0-9][0]": "fc.1[0]\n0.5\nfc.2[0]\n[  1 2.5  -3]\n",
	} {
		code, out, errs = command("print", numbered, expression)
		assert.Equal(t, exitOK, code, errs)
		assert.Equal(t, want, out, expression)
	}
	for _, expression := range []string{"conv", "conv*", "conv*[0]", "fc.[", "fc.weight[7]", "fc.*[0, 0]"} {
		code, out, errs = command("print", in, expression)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, out)
		assert.Regexp(t, `^heft: .*\n$`, errs)
	}
}
