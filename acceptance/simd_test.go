package acceptance_test

import (
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/isa"
)

// The levels with vector instructions give one set of bits, for any number of processors; plain Go gives its own.
func TestWeightsAreTheSameAtEverySIMDLevel(t *testing.T) {
	t.Parallel()
	levels := isa.Levels()
	weights := map[isa.Level]string{}
	s := newShell(t)
	for _, level := range levels {
		for _, processors := range []string{"1", "3"} {
			out := "run-" + level.String() + "-" + processors
			s.with(isa.Variable+"="+level.String(), "GOMAXPROCS="+processors).must(t, "train", "digits", "--epochs", "2", "--quiet", "--out", out)
			file := s.read(t, out+"/model.safetensors")
			if first, known := weights[level]; known {
				require.True(t, first == file, "%v: 1 and 3 processors give different weights", level)
			}
			weights[level] = file
		}
	}
	t.Logf("levels of this %s: %v", runtime.GOARCH, levels)
	for _, level := range levels[1:] {
		require.True(t, trained(weights[level]) == trained(weights[levels[1]]), "%v and %v give different weights", level, levels[1])
	}
}

// trained cuts off the header of a safetensors file, which names the level.
func trained(file string) string {
	size := 0
	for i := 7; i >= 0; i-- {
		size = size<<8 | int(file[i])
	}
	return file[8+size:]
}

func TestUnknownSIMDLevelIsAUsageError(t *testing.T) {
	t.Parallel()
	r := newShell(t).with(isa.Variable+"=sse").heft(t, "data", "list")
	assert.Equal(t, exitUsage, r.code)
	assert.Contains(t, r.errs, `HEFT_SIMD: unknown SIMD level "sse": it is one of none, neon, avx2, avx512`)
}
