package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

func TestAStreamIsTheSameWheneverItIsAskedFor(t *testing.T) {
	t.Parallel()
	s := newStore()
	first := s.Rand("batches", 3).Uint64()
	s.Rand("noise").Uint64()
	s.Rand("batches", 4).Uint64()
	s.Commit(nn.Grads{})
	require.Equal(t, first, s.Rand("batches", 3).Uint64())
	require.Equal(t, first, newStore().Rand("batches", 3).Uint64())
}

func TestStreamsDifferInEveryPartOfTheirKey(t *testing.T) {
	t.Parallel()
	s, other := newStore(), nn.NewStore(2, initializer.KaimingNormal())
	requireDistinct(t, map[string]uint64{
		"batches":               s.Rand("batches").Uint64(),
		"batches 0":             s.Rand("batches", 0).Uint64(),
		"batches 1":             s.Rand("batches", 1).Uint64(),
		"batches 0 1":           s.Rand("batches", 0, 1).Uint64(),
		"batches 1 0":           s.Rand("batches", 1, 0).Uint64(),
		"batches -1":            s.Rand("batches", -1).Uint64(),
		"batches of seed 2":     other.Rand("batches").Uint64(),
		"noise":                 s.Rand("noise").Uint64(),
		"no purpose":            s.Rand("").Uint64(),
		"counter spelled out":   s.Rand("batches\x01\x00\x00\x00\x00\x00\x00\x00").Uint64(),
		"purpose with a suffix": s.Rand("batches0").Uint64(),
	})
}

func TestAPassesStreamsDependOnSeedStepShardPurposeAndUse(t *testing.T) {
	t.Parallel()
	draw := func(seed uint64, step, shard int, purpose string, use int) (v uint64) {
		s := nn.NewStore(seed, initializer.Zeros())
		for range step {
			s.Commit(nn.Grads{})
		}
		p := nn.NewPassShard(s, nn.Training, shard, 2)
		p.Rand("another purpose").Uint64()
		for range use {
			v = p.Rand(purpose).Uint64()
		}
		return v
	}
	base := draw(1, 0, 0, "drop", 1)
	assert.Equal(t, base, draw(1, 0, 0, "drop", 1))
	requireDistinct(t, map[string]uint64{
		"base": base, "seed": draw(2, 0, 0, "drop", 1), "step": draw(1, 1, 0, "drop", 1), "shard": draw(1, 0, 1, "drop", 1),
		"purpose": draw(1, 0, 0, "noise", 1), "use": draw(1, 0, 0, "drop", 2), "step and shard": draw(1, 1, 1, "drop", 1),
	})
}

func TestUsesAreCountedAnewAfterReset(t *testing.T) {
	t.Parallel()
	s := newStore()
	p := nn.NewPass(s, nn.Training)
	first, second := p.Rand("drop").Uint64(), p.Rand("drop").Uint64()
	p.Reset()
	p.Shard = 0
	require.Equal(t, []uint64{first, second}, []uint64{p.Rand("drop").Uint64(), p.Rand("drop").Uint64()})
}

func requireDistinct(t *testing.T, draws map[string]uint64) {
	t.Helper()
	seen := map[uint64]string{}
	for name, v := range draws {
		require.Empty(t, seen[v], "%s draws the same", name)
		seen[v] = name
	}
}
