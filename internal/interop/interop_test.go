package interop

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// pretend makes this test binary behave as a Python that tells its arguments and program, so that Run
// is tested where there is none.
const pretend = "HEFT_PRETEND_PYTHON"

func TestMain(m *testing.M) {
	switch os.Getenv(pretend) {
	case "":
		os.Exit(m.Run())
	case "fail":
		fmt.Print("half a result")
		fmt.Fprint(os.Stderr, strings.Repeat("noise ", 2000)+"ValueError: the reason")
		os.Exit(3)
	default:
		program, err := io.ReadAll(os.Stdin)
		fmt.Printf("%q %q %v", os.Args[1:], program, err)
		os.Exit(0)
	}
}

func pretendPython(t *testing.T, as string) string {
	t.Helper()
	if runtime.GOOS == "js" {
		t.Skip("js/wasm starts no processes")
	}
	t.Setenv(pretend, as)
	self, err := os.Executable()
	require.NoError(t, err)
	return self
}

func TestRunGivesAProgramTextOnStdin(t *testing.T) {
	out, err := run(t.Context(), pretendPython(t, "echo"), "print(1)\n", "a", "b c")
	require.NoError(t, err)
	assert.Equal(t, `["-E" "-s" "-B" "-" "a" "b c"] "print(1)\n" <nil>`, out)
}

func TestRunGivesAFileByItsPath(t *testing.T) {
	out, err := run(t.Context(), pretendPython(t, "echo"), "dir/script.py", "a")
	require.NoError(t, err)
	assert.Equal(t, `["-E" "-s" "-B" "dir/script.py" "a"] "" <nil>`, out)
}

func TestFailedProgramShowsItsStderr(t *testing.T) {
	out, err := run(t.Context(), pretendPython(t, "fail"), "script.py")
	require.ErrorContains(t, err, "ValueError: the reason")
	require.ErrorContains(t, err, "script.py")
	assert.Empty(t, out, "half a result is none")
	assert.Less(t, len(err.Error()), 5000)
}

func TestFailedInstallLeavesTheReason(t *testing.T) {
	dir := t.TempDir()
	err := install(pretendPython(t, "fail"), dir, requirements, io.Discard)
	require.ErrorContains(t, err, "ValueError: the reason")
	require.ErrorContains(t, err, "python3-venv")
}

func TestNameOnPathThatDoesNotRunIsNoPython(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "js" {
		t.Skip("needs a shell script on PATH")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	_, err := findPython()
	require.ErrorIs(t, err, errNoPython, "nothing on PATH")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "python3"), []byte("#!/bin/sh\necho False\n"), 0o777))
	_, err = findPython()
	require.ErrorIs(t, err, errNoPython, "too old")

	newer := filepath.Join(dir, "python")
	require.NoError(t, os.WriteFile(newer, []byte("#!/bin/sh\necho True\n"), 0o777))
	got, err := findPython()
	require.NoError(t, err)
	assert.Equal(t, newer, got)
}

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
	assert.Equal(t, []string{"numpy", "safetensors", "scikit-learn", "tensorboard", "torch"}, names)
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
	for _, reason := range []error{errNoPython, errors.New("no route to host")} {
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
