package optim_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/golden"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func TestEMAFollowsPyTorch(t *testing.T) {
	t.Parallel()
	file := golden.Optim(t)
	require.NotEmpty(t, file.Averages)
	for _, run := range file.Averages {
		s := goldenStore(file)
		opt, average := optim.NewSGD(s, run.LR), optim.NewEMA(s, run.Decay)
		p := nn.NewPass(s, nn.Training)
		for i, gradient := range file.Gradients {
			p.Reset()
			opt.Step(givenGrads(p, s, golden.As[float32](gradient)))
			average.Update()
			average.Swap()
			for name, want := range run.After[i+1] {
				assert.NoError(t, golden.Compare(want, s.Param(name).Data, ofLargest(want)), "decay %v, %s after step %d", run.Decay, name, i+1)
			}
			average.Swap()
		}
		assert.Equal(t, len(file.Gradients), average.Steps())
	}
}

func TestSwappingTwiceChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStore()
	opt, average := optim.NewSGD(s, 0.1), optim.NewEMA(s, 0.9)
	average.Swap() // nothing to swap with yet
	before := bits(s)
	average.Update()
	walk(s, opt, 0, 3, nil)
	average.Update()
	moved := bits(s)
	average.Swap()
	assert.NotEqual(t, moved, bits(s))
	assert.NotEqual(t, before, bits(s))
	requireUsageError(t, "optim: EMA", "the store holds the average: Swap before Update", average.Update)
	average.Swap()
	assert.Equal(t, moved, bits(s))
	assert.Equal(t, 3, s.Step())
}

func TestSwapMovesEveryValueOfAnyLength(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 1023, 1024, 1025, 5000} {
		s := nn.NewStore(1, initializer.Zeros())
		w := s.Root().Bias("w", n)
		average := optim.NewEMA(s, 0.9)
		for i := range w.Data {
			w.Data[i] = float32(i + 1)
		}
		average.Update()
		for i := range w.Data {
			w.Data[i] = -w.Data[i]
		}
		for _, sign := range []float32{1, -1, 1} {
			average.Swap()
			for i, v := range w.Data {
				require.Equal(t, sign*float32(i+1), v, "%d values", n)
			}
		}
	}
}

func TestAPassSeesThatTheAverageWasSwappedIn(t *testing.T) {
	t.Parallel()
	s := newStore()
	average := optim.NewEMA(s, 0.9)
	average.Update()
	p := nn.NewPass(s, nn.Training)
	loss := p.Of(s.Param("bias")).Sum()
	average.Swap()
	requireUsageError(t, "nn: backward", "the parameters changed since this run began: call Reset before each forward", func() { p.Backward(loss) })
}

func TestARestoredAverageGoesOnToTheSameBits(t *testing.T) {
	t.Parallel()
	whole := newStore()
	opt, average := optim.NewSGD(whole, 0.1), optim.NewEMA(whole, 0.9)
	step := func(from, to int) {
		for i := from; i < to; i++ {
			walk(whole, opt, i, i+1, nil)
			average.Update()
		}
	}
	step(0, 5)
	again := optim.NewEMA(whole, 0.9)
	tensors := average.Tensors()
	slices.Reverse(tensors)
	require.NoError(t, again.Restore(tensors, average.Steps()))
	walk(whole, opt, 5, 6, nil)
	average.Update()
	again.Update()
	assert.Equal(t, average.Tensors(), again.Tensors())
	assert.Equal(t, 6, again.Steps())
}

func TestAnAverageOfAnotherModelIsRefused(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(tensors []dtype.Tensor) []dtype.Tensor{
		"a tensor less":  func(tensors []dtype.Tensor) []dtype.Tensor { return tensors[1:] },
		"a tensor twice": func(tensors []dtype.Tensor) []dtype.Tensor { return append(tensors[1:], tensors[1]) },
		"another shape": func(tensors []dtype.Tensor) []dtype.Tensor {
			tensors[0].Shape = []int{1, 4}
			return tensors
		},
		"another name": func(tensors []dtype.Tensor) []dtype.Tensor {
			tensors[0].Name = "x\n"
			return tensors
		},
		"another format": func(tensors []dtype.Tensor) []dtype.Tensor {
			tensors[0].DType = dtype.I32
			return tensors
		},
	} {
		average := optim.NewEMA(newStore(), 0.5)
		average.Update()
		want := average.Tensors()
		err := average.Restore(spoil(average.Tensors()), 2)
		if name == "another format" {
			require.EqualError(t, err, `the average has "weight" in I32, but only F32 keeps its values`)
		} else {
			require.ErrorContains(t, err, "another model", name)
		}
		assert.NotContains(t, err.Error(), "\n")
		assert.Equal(t, want, average.Tensors(), name)
		assert.Equal(t, 1, average.Steps(), name)
		require.Error(t, average.Restore(want, -1))
	}
}

func TestEMARefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	s := newStore()
	requireUsageError(t, "optim: EMA", "the decay is 1, but must be from 0 to below 1", func() { optim.NewEMA(s, 1) })
	average := optim.NewEMA(s, 0.9)
	s.Root().Bias("late", 2)
	requireUsageError(t, "optim: EMA", "update: 1 parameters were declared after the average was made: make it last", average.Update)
	requireUsageError(t, "optim: EMA", "swap: 1 parameters were declared after the average was made: make it last", average.Swap)
}
