package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/interop"
)

// TestMain makes the test's own binary stand in for Python when a test asks for it.
func TestMain(m *testing.M) {
	role, asked := os.LookupEnv("HEFT_PEER_ROLE")
	if !asked {
		os.Exit(m.Run())
	}
	switch role {
	case "missing":
		fmt.Println(`{"missing": "No module named 'jax'"}`)
	case "works":
		fmt.Println(`{"name": "Twin", "version": "1.2", "setup": "one thread"}`)
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			fmt.Println(`{"seconds": 0.5, "loss": 2}`)
		}
	case "dies":
		fmt.Println(`{"name": "Twin", "version": "1.2", "setup": "one thread"}`)
	}
}

func start(t *testing.T, role string) (*pythonPeer, error) {
	t.Helper()
	t.Setenv("HEFT_PEER_ROLE", role)
	self, err := os.Executable()
	require.NoError(t, err)
	p, err := startPython(t.Context(), self, "jax")
	if err == nil {
		t.Cleanup(p.close)
	}
	return p, err
}

func TestPeerAnswersTurns(t *testing.T) {
	p, err := start(t, "works")
	require.NoError(t, err)
	assert.Equal(t, "Twin 1.2, one thread", p.about)
	for range 2 {
		seconds, loss, err := p.turn(small, "start.safetensors")
		require.NoError(t, err)
		assert.Equal(t, []float64{0.5, 2}, []float64{seconds, loss})
	}
}

func TestMissingLibraryIsNamedWithWhatInstallsIt(t *testing.T) {
	_, err := start(t, "missing")
	require.Error(t, err)
	assert.Regexp(t, `^No module named 'jax': .* -m pip install -r requirements.txt$`, err.Error())
}

func TestProcessThatDoesNotAnswerIsAnError(t *testing.T) {
	_, err := start(t, "silent")
	assert.ErrorContains(t, err, "did not answer")
}

func TestProcessThatEndsIsAnError(t *testing.T) {
	p, err := start(t, "dies")
	require.NoError(t, err)
	_, _, err = p.turn(small, "start.safetensors")
	assert.Error(t, err)
}

func TestMissingPythonIsNoReasonToStop(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out, "no-such-python", 1, 0, []task{small}))
	assert.Regexp(t, `(?m)^torch is left out: .*name an interpreter with -python$`, out.String())
	assert.Regexp(t, `(?m)^jax is left out: `, out.String())
	assert.Regexp(t, `(?m)^ +Heft +\d+\.\d+ +1\.000 +1\.000 to 1\.000$`, out.String())
}

func TestPyTorchComputesTheSame(t *testing.T) {
	t.Parallel()
	python := interop.Python(t)
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out, python, 2, 0, []task{small, {batch: 8, widths: []int{16, 32, 32, 10}, warmup: 2, steps: 20}}))
	assert.Contains(t, out.String(), "PyTorch 2.")
	assert.Regexp(t, `(?m)^jax is left out: No module named 'jax'`, out.String())
}

func TestEnvironmentLetsBLASChooseItsKernels(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"PATH=/bin", "OPENBLAS=1", "JAX_PLATFORMS=cpu"},
		environment([]string{"OPENBLAS_CORETYPE=HASWELL", "PATH=/bin", "OPENBLAS_L2_SIZE=1", "OPENBLAS=1", "JAX_PLATFORMS=cuda"}))
}
