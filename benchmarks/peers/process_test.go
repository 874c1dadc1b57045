package main

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain makes the test's own binary stand in for a contestant when a test asks for it.
func TestMain(m *testing.M) {
	role, asked := os.LookupEnv("HEFT_PEER_ROLE")
	if !asked {
		os.Exit(m.Run())
	}
	switch role {
	case "missing":
		fmt.Println(`{"missing": "No module named 'jax'"}`)
	case "works":
		fmt.Printf(`{"name": "Twin", "version": "1.2", "setup": "%d processors"}`+"\n", runtime.NumCPU())
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			fmt.Println(`{"seconds": 0.5, "value": 2}`)
		}
	case "cannot":
		fmt.Println(`{"name": "Twin", "version": "1.2"}`)
		for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
			fmt.Println(`{"cannot": "no such layer"}`)
		}
	case "dies":
		fmt.Println(`{"name": "Twin", "version": "1.2"}`)
	}
}

func launch(t *testing.T, role string, cores int) (*process, error) {
	t.Helper()
	t.Setenv("HEFT_PEER_ROLE", role)
	self, err := os.Executable()
	require.NoError(t, err)
	p, err := entrant{peer: peer{key: "twin"}, command: []string{self}}.launch(t.Context(), cores)
	if err == nil {
		t.Cleanup(p.close)
	}
	return p, err
}

func TestContestantAnswersTurns(t *testing.T) {
	p, err := launch(t, "works", 1)
	require.NoError(t, err)
	assert.Equal(t, "twin", p.key())
	assert.Equal(t, "Twin", p.name())
	require.NoError(t, p.prepare(tiny, "start.safetensors"))
	for range 2 {
		seconds, value, err := p.turn(1, 2)
		require.NoError(t, err)
		assert.Equal(t, 0.5, seconds)
		assert.Equal(t, 2.0, *value)
	}
}

func TestContestantThatCannotSaysWhy(t *testing.T) {
	p, err := launch(t, "cannot", 1)
	require.NoError(t, err)
	assert.EqualError(t, p.prepare(tiny, "start.safetensors"), "no such layer")
	_, _, err = p.turn(0, 1)
	assert.EqualError(t, err, "no time has passed")
}

func TestMissingLibraryIsNamed(t *testing.T) {
	_, err := launch(t, "missing", 1)
	assert.EqualError(t, err, "No module named 'jax'")
}

func TestProcessThatSaysNothingIsAnError(t *testing.T) {
	_, err := launch(t, "silent", 1)
	assert.ErrorContains(t, err, "the process has ended")
}

func TestProcessThatEndsIsAnError(t *testing.T) {
	p, err := launch(t, "dies", 1)
	require.NoError(t, err)
	_, _, err = p.turn(0, 1)
	assert.ErrorContains(t, err, "the process has ended")
}

func TestEnvironmentLetsLibrariesChooseTheirKernels(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"PATH=/bin", "OPENBLAS=1", "JAX_PLATFORMS=cpu"},
		environment([]string{"OPENBLAS_CORETYPE=HASWELL", "PATH=/bin", "OPENBLAS_L2_SIZE=1", "OPENBLAS=1", "JAX_PLATFORMS=cuda", "HEFT_SIMD=none"}))
}
