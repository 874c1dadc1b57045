package interop

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/internal/venv"
)

func TestRequirementsPinEveryPackage(t *testing.T) {
	t.Parallel()
	var names []string
	for line := range strings.Lines(string(requirements)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, version, pinned := strings.Cut(line, "==")
		assert.True(t, pinned && version != "", line)
		names = append(names, name)
	}
	assert.Equal(t, []string{"numpy", "safetensors", "scikit-learn", "tensorboard", "torch", "transformers", "gguf", "onnxruntime"}, names)
}

// verdict is a testing.TB that keeps how settle ended the test.
type verdict struct {
	testing.TB
	skipped, failed string
}

func (v *verdict) Helper()                        {}
func (v *verdict) Skipf(format string, a ...any)  { v.skipped = fmt.Sprintf(format, a...) }
func (v *verdict) Fatalf(format string, a ...any) { v.failed = fmt.Sprintf(format, a...) }

func TestMissingEnvironmentSkipsAtHomeAndFailsUnderCI(t *testing.T) {
	t.Parallel()
	for _, reason := range []error{venv.ErrNoPython, errors.New("no route to host")} {
		home, ci := &verdict{}, &verdict{}
		settle(home, reason, false)
		settle(ci, reason, true)
		assert.Contains(t, home.skipped, reason.Error())
		assert.Empty(t, home.failed)
		assert.Contains(t, ci.failed, reason.Error())
		assert.Empty(t, ci.skipped)
	}
	fine := &verdict{}
	settle(fine, nil, true)
	assert.Empty(t, fine.failed+fine.skipped)
}

func TestWithoutLongNothingIsInstalled(t *testing.T) {
	t.Parallel()
	if testmode.Long() {
		t.Skip("-long is given")
	}
	var skipped bool
	t.Run("python", func(t *testing.T) {
		defer func() { skipped = t.Skipped() }()
		Python(t)
	})
	assert.True(t, skipped)
}

func TestPinnedPackagesAreInstalled(t *testing.T) {
	t.Parallel()
	out := Run(t, `
import sys
from importlib.metadata import version
import numpy, safetensors.numpy, torch
for line in open(sys.argv[1]):
    line = line.strip()
    if line and not line.startswith("#"):
        name, pinned = line.split("==")
        assert version(name) == pinned, f"{name} is {version(name)}, pinned {pinned}"
print(float(torch.ones(3, dtype=torch.float64).sum()), end="")
`, "requirements.txt")
	assert.Equal(t, "3.0", out)
}
