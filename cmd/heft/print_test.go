package main

import (
	"testing"

	"github.com/stretchr/testify/assert"
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
	for _, expression := range []string{"conv", "conv*", "conv*[0]", "fc.[", "fc.weight[7]", "fc.*[0, 0]"} {
		code, out, errs = command("print", in, expression)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, out)
		assert.Regexp(t, `^heft: .*\n$`, errs)
	}
}
