package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// assertUsageErrors runs command lines that cannot be understood. Each must say what is wanted of it, in a line, and in a second
// one where to look.
func assertUsageErrors(t *testing.T, lines map[string]string) {
	t.Helper()
	for line, want := range lines {
		code, out, errs := command(strings.Fields(line)...)
		assert.Equal(t, exitUsage, code, line)
		assert.Empty(t, out, line)
		assert.Contains(t, errs, want, line)
		assert.Len(t, strings.Split(strings.TrimSpace(errs), "\n"), 2, "%q: the mistake and where to look", line)
	}
}

func TestTyposAreToldWhatWasMeant(t *testing.T) {
	t.Parallel()
	assertUsageErrors(t, map[string]string{
		"trian":                          `unknown command "trian" for "heft" (did you mean train?)`,
		"meta gett":                      `unknown command "gett" for "heft meta" (did you mean get?)`,
		"lab intit":                      "(did you mean init?)",
		"train digit":                    "(did you mean digits?)",
		"train mons":                     "(did you mean moons?)",
		"train --model mpl:3":            "(did you mean mlp?)",
		"train text --model lama":        "(did you mean llama?)",
		"train --optimizer adma":         "(did you mean adam?)",
		"train --activation rleu":        "(did you mean relu?)",
		"train --init kaimin":            "(did you mean kaiming-uniform or kaiming-normal?)",
		"lab init --schemes kaimin":      "(did you mean kaiming-uniform or kaiming-normal?)",
		"lab precision --scheme xavier":  "(did you mean xavier-uniform or xavier-normal?)",
		"lab init --data mons":           "(did you mean moons?)",
		"lab init --residual pre":        "(did you mean pre-norm?)",
		"lab same --optimizer adma":      "(did you mean adam?)",
		"lab init --schemes lsvu":        "(did you mean lsuv?)",
		"lab paper lsuvv":                "(did you mean lsuv?)",
		"train --init kaiming-norml":     "(did you mean kaiming-normal?)",
		"train --schedule cosin":         "(did you mean cosine?)",
		"train --save-dtype bf61":        "(did you mean BF16?)",
		"data fetch minst":               "(did you mean mnist?)",
		"convert a b.pt --dtype bf15":    "(did you mean BF16?)",
		"convert a b --format safetensr": "(did you mean safetensors?)",
	})
}
