package nn_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// noisy is a model whose every run is random and moves buffers: what is hardest to repeat.
func noisy(s *nn.Store) nn.Layer {
	return nn.NewSequential(s.Root(),
		nn.NewLinear(s.At(0), 6, 16), nn.NewBatchNorm1d(s.At(1), 16), nn.NewReLU(s.At(2)),
		nn.NewDropout(s.At(3), 0.3), nn.NewLinear(s.At(4), 16, 3))
}

// shardOf computes the gradients of one shard of a step's batch.
func shardOf(p *nn.Pass, net nn.Layer, step, shard int) nn.Grads {
	const n = 8
	seed := uint64(100*step + shard)
	return p.Backward(net.Forward(p, p.Input(normal(seed, n, 6))).CrossEntropy(labels(seed, n, 3)))
}

// Not parallel: it changes GOMAXPROCS.
func TestTrainingGivesTheSameBitsForAnyNumberOfProcessors(t *testing.T) {
	train := func(processors int) []uint32 {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(processors))
		s := newStore()
		net := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: []int{6, 128, 128, 3}, Dropout: 0.2})
		norm := nn.NewBatchNorm1d(s.At("norm"), 3)
		opt := optim.NewAdamW(s, 1e-2)
		p := nn.NewPass(s, nn.Training)
		for step := range 10 {
			p.Reset()
			out := norm.Forward(p, net.Forward(p, p.Input(normal(uint64(step), 96, 6))))
			opt.Step(p.Backward(out.CrossEntropy(labels(uint64(step), 96, 3))))
		}
		return bits(s)
	}
	want := train(1)
	for _, processors := range []int{2, 3, 8} {
		require.Equal(t, want, train(processors), "%d processors", processors)
	}
}

const stepsOfShards = 5

func TestGoroutinesGiveTheBitsOfOneThatRunsTheirShardsInTurn(t *testing.T) {
	t.Parallel()
	for shards := 1; shards <= 4; shards++ {
		t.Run(fmt.Sprint(shards), func(t *testing.T) {
			t.Parallel()
			require.Equal(t, trainInTurn(shards), trainAtOnce(shards))
		})
	}
}

func trainInTurn(shards int) []uint32 {
	s := newStore()
	net := noisy(s)
	opt := optim.NewAdam(s, 1e-2)
	p := nn.NewPass(s, nn.Training)
	for step := range stepsOfShards {
		var sum nn.Grads
		for shard := range shards {
			p.Reset()
			sum.Add(shardOf(p, net, step, shard))
		}
		opt.Step(sum)
	}
	return bits(s)
}

func trainAtOnce(shards int) []uint32 {
	s := newStore()
	net := noisy(s)
	opt := optim.NewAdam(s, 1e-2)
	passes := make([]*nn.Pass, shards)
	for i := range passes {
		passes[i] = nn.NewPassShard(s, nn.Training, i, shards)
	}
	grads := make([]nn.Grads, shards)
	for step := range stepsOfShards {
		var wait sync.WaitGroup
		for i, p := range passes {
			wait.Go(func() {
				p.Reset()
				grads[i] = shardOf(p, net, step, i)
			})
		}
		wait.Wait()
		var sum nn.Grads
		for _, g := range grads {
			sum.Add(g)
		}
		opt.Step(sum)
	}
	return bits(s)
}

func TestTheOrderOfShardsCounts(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := noisy(s)
	var forth, back nn.Grads
	for shard := range 3 {
		forth.Add(shardOf(nn.NewPassShard(s, nn.Training, shard, 3), net, 0, shard))
		back.Add(shardOf(nn.NewPassShard(s, nn.Training, 2-shard, 3), net, 0, 2-shard))
	}
	mean := s.Param("1.running_mean")
	start := append([]float32(nil), mean.Data...)
	s.Commit(forth)
	moved := append([]float32(nil), mean.Data...)
	copy(mean.Data, start)
	s.Commit(back)
	require.NotEqual(t, moved, mean.Data, "otherwise the test above shows nothing about buffers")
}

func TestOneStoreServesManyInferencePassesAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := noisy(s)
	x := normal(1, 32, 6)
	infer := func() []uint32 {
		p := nn.NewPass(s, nn.Inference)
		return bitsOf(net.Forward(p, p.Input(x)).Data())
	}
	want := infer()
	results := make([][]uint32, 4)
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() {
			for range 5 {
				results[i] = infer()
			}
		})
	}
	wait.Wait()
	for _, got := range results {
		require.Equal(t, want, got)
	}
	one := nn.NewPass(s, nn.Inference)
	first := net.Forward(one, one.Input(autograd.From(x.Data()[:6], 1, 6)))
	require.InDeltaSlice(t, net.Forward(one, one.Input(x)).Data()[:3], first.Data(), 1e-6, "a sample does not depend on its batch")
}
