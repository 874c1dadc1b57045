package nn_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// Not parallel: allocations are counted for the whole process.
func TestATrainingStepAllocatesNoFloatsInSteadyState(t *testing.T) {
	s := newStore()
	net := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: []int{64, 128, 128, 10}, Dropout: 0.1})
	opt := optim.NewAdamW(s, 1e-3)
	p := nn.NewPass(s, nn.Training)
	x, y := normal(1, 32, 64), labels(1, 32, 10)
	step := func() {
		p.Reset()
		grads := p.Backward(net.Forward(p, p.Input(x)).CrossEntropy(y))
		grads.ClipNorm(1)
		opt.Step(grads)
	}
	ops := 0
	p.Tape().Observe = func(string, *nn.Tensor) { ops++ }
	step()
	p.Tape().Observe = nil
	step()
	elements, chunks := p.Tape().Memory()
	perStep := testing.AllocsPerRun(50, step)
	afterElements, afterChunks := p.Tape().Memory()
	assert.Equal(t, elements, afterElements)
	assert.Equal(t, chunks, afterChunks)
	assert.LessOrEqual(t, perStep, 2*float64(ops), "a way back for each op, and the random streams")
}

// Not parallel: allocations are counted for the whole process.
func TestAnInferenceRunAllocatesLittle(t *testing.T) {
	s := newStore()
	net := noisy(s)
	p := nn.NewPass(s, nn.Inference)
	x := normal(1, 32, 6)
	run := func() {
		p.Reset()
		net.Forward(p, p.Input(x))
	}
	run()
	elements, _ := p.Tape().Memory()
	require.LessOrEqual(t, testing.AllocsPerRun(50, run), 20.0)
	after, _ := p.Tape().Memory()
	require.Equal(t, elements, after)
}

func TestMemoryGrowsOnlyWithTheLargestBatch(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := noisy(s)
	p := nn.NewPass(s, nn.Training)
	run := func(n int) int {
		p.Reset()
		p.Backward(net.Forward(p, p.Input(normal(1, n, 6))).CrossEntropy(labels(1, n, 3)))
		elements, _ := p.Tape().Memory()
		return elements
	}
	run(300)
	largest := run(300)
	for _, n := range []int{2, 300, 17, 300} {
		require.Equal(t, largest, run(n), "a batch of %d", n)
	}
}
