package isa_test

import (
	"errors"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
	_ "github.com/heft-ml/heft/internal/testmode"
)

func TestNamesOfLevelsAreRead(t *testing.T) {
	t.Parallel()
	for _, l := range []isa.Level{isa.None, isa.NEON, isa.AVX2, isa.AVX512} {
		got, err := isa.Parse(l.String())
		require.NoError(t, err)
		require.Equal(t, l, got)
	}
	_, err := isa.Parse("sse")
	require.EqualError(t, err, `unknown SIMD level "sse": it is one of none, neon, avx2, avx512`)
}

func TestEveryAvailableLevelCanBeUsed(t *testing.T) {
	before := isa.Active()
	defer func() { require.NoError(t, isa.Use(before)) }()
	require.Equal(t, isa.None, isa.Levels()[0])
	for _, l := range isa.Levels() {
		require.NoError(t, isa.Use(l))
		require.Equal(t, l, isa.Active())
	}
	require.Error(t, isa.Use(isa.Level(9)))
}

// TestEnvironmentChoosesTheLevel runs itself in processes with another environment.
func TestEnvironmentChoosesTheLevel(t *testing.T) {
	if want := os.Getenv("ISA_TEST_WANT"); want != "" {
		if want == "refused" {
			require.ErrorContains(t, isa.Err(), isa.Variable)
			require.Equal(t, isa.Levels()[len(isa.Levels())-1], isa.Active())
			return
		}
		require.NoError(t, isa.Err())
		require.Equal(t, want, isa.Active().String())
		return
	}
	t.Parallel()
	if runtime.GOOS == "js" {
		t.Skip("wasm starts no processes")
	}
	run := func(value, want string) {
		c := exec.Command(os.Args[0], "-test.run=^TestEnvironmentChoosesTheLevel$")
		c.Env = append(os.Environ(), isa.Variable+"="+value, "ISA_TEST_WANT="+want)
		out, err := c.CombinedOutput()
		if errors.Is(err, syscall.ENOEXEC) {
			t.Skip("this processor is emulated for one process only: it starts no others of its kind")
		}
		require.NoError(t, err, string(out))
	}
	for _, l := range isa.Levels() {
		run(l.String(), l.String())
	}
	run("", isa.Levels()[len(isa.Levels())-1].String())
	run("mmx", "refused")
}
