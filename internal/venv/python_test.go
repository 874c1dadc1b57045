package venv

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
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
	out, err := Run(t.Context(), pretendPython(t, "echo"), "print(1)\n", "a", "b c")
	require.NoError(t, err)
	assert.Equal(t, `["-E" "-s" "-B" "-" "a" "b c"] "print(1)\n" <nil>`, out)
}

func TestRunGivesAFileByItsPath(t *testing.T) {
	out, err := Run(t.Context(), pretendPython(t, "echo"), "dir/script.py", "a")
	require.NoError(t, err)
	assert.Equal(t, `["-E" "-s" "-B" "dir/script.py" "a"] "" <nil>`, out)
}

func TestFailedProgramShowsItsStderr(t *testing.T) {
	out, err := Run(t.Context(), pretendPython(t, "fail"), "script.py")
	require.ErrorContains(t, err, "ValueError: the reason")
	require.ErrorContains(t, err, "script.py")
	assert.Empty(t, out, "half a result is none")
	assert.Less(t, len(err.Error()), 5000)
}

func TestFailedInstallLeavesTheReason(t *testing.T) {
	dir := t.TempDir()
	err := install(pretendPython(t, "fail"), dir, []byte("torch==2.15.0\n"), io.Discard)
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
	require.ErrorIs(t, err, ErrNoPython, "nothing on PATH")

	require.NoError(t, os.WriteFile(filepath.Join(dir, "python3"), []byte("#!/bin/sh\necho False\n"), 0o777))
	_, err = findPython()
	require.ErrorIs(t, err, ErrNoPython, "too old")

	newer := filepath.Join(dir, "python")
	require.NoError(t, os.WriteFile(newer, []byte("#!/bin/sh\necho True\n"), 0o777))
	got, err := findPython()
	require.NoError(t, err)
	assert.Equal(t, newer, got)
}
