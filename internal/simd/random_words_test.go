package simd

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// The answers are those of Random123 1.14.0, file tests/kat_vectors.
func TestThreefryGivesTheKnownAnswers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ counter, key, want [2]uint32 }{
		{[2]uint32{0, 0}, [2]uint32{0, 0}, [2]uint32{0x6b200159, 0x99ba4efe}},
		{[2]uint32{0xffffffff, 0xffffffff}, [2]uint32{0xffffffff, 0xffffffff}, [2]uint32{0x1cb996fc, 0xbb002be7}},
		{[2]uint32{0x243f6a88, 0x85a308d3}, [2]uint32{0x13198a2e, 0x03707344}, [2]uint32{0xc4923a9c, 0x483df7a0}},
	} {
		a, b := newKey(uint64(c.key[0])|uint64(c.key[1])<<32).words(c.counter[0], c.counter[1])
		require.Equal(t, c.want, [2]uint32{a, b})
	}
}

func TestLimitOfDropoutFollowsItsProbability(t *testing.T) {
	t.Parallel()
	for p, want := range map[float64]int32{1: 1<<31 - 1, 0.5: -1, 0.25: -1<<30 - 1, 0x1p-32: -1 << 31, 0x1p-60: -1 << 31} {
		require.Equal(t, want, int32(dropLimit(p)), "%v", p)
	}
}
