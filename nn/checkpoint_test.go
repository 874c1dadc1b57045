package nn_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// residuals is a stack of residual blocks with all that a second run could get wrong: random draws, statistics.
type residuals struct {
	blocks []nn.Layer
	run    func(p *nn.Pass, f func(p *nn.Pass, x *nn.Tensor) *nn.Tensor, x *nn.Tensor) *nn.Tensor
}

func newResiduals(s *nn.Store, n int) *residuals {
	m := &residuals{run: nn.Checkpoint}
	for i := range n {
		at := s.At("h", i)
		m.blocks = append(m.blocks, nn.NewSequential(at,
			nn.NewLinear(at.At("fc"), 16, 64), nn.NewBatchNorm1d(at.At("norm"), 64), nn.NewReLU(at.At("relu")),
			nn.NewDropout(at.At("drop"), 0.3), nn.NewLinear(at.At("proj"), 64, 16)))
	}
	return m
}

// plainly runs a part as it is.
func plainly(p *nn.Pass, f func(p *nn.Pass, x *nn.Tensor) *nn.Tensor, x *nn.Tensor) *nn.Tensor {
	return f(p, x)
}

func (m *residuals) loss(p *nn.Pass) *nn.Tensor {
	x := p.Input(normal(3, 32, 16))
	for _, b := range m.blocks {
		x = m.run(p, func(p *nn.Pass, x *nn.Tensor) *nn.Tensor { return x.Add(b.Forward(p, x)) }, x)
	}
	return x.Mul(x).Mean()
}

// trained returns the bits of every parameter and buffer after steps of two passes each.
func (m *residuals) trained(s *nn.Store) []uint32 {
	opt := optim.NewAdamW(s, 1e-3)
	p := nn.NewPass(s, nn.Training)
	for range 3 {
		var sum nn.Grads
		for range 2 {
			p.Reset()
			sum.Add(p.Backward(m.loss(p)))
		}
		opt.Step(sum)
	}
	return bits(s)
}

func TestCheckpointsChangeNoBit(t *testing.T) {
	t.Parallel()
	var want []uint32
	for i, run := range []func(p *nn.Pass, f func(p *nn.Pass, x *nn.Tensor) *nn.Tensor, x *nn.Tensor) *nn.Tensor{
		plainly,
		nn.Checkpoint,
		func(p *nn.Pass, f func(p *nn.Pass, x *nn.Tensor) *nn.Tensor, x *nn.Tensor) *nn.Tensor { // nested
			return nn.Checkpoint(p, func(p *nn.Pass, x *nn.Tensor) *nn.Tensor { return nn.Checkpoint(p, f, x) }, x)
		},
	} {
		s := newStore()
		m := newResiduals(s, 3)
		m.run = run
		got := m.trained(s)
		if i == 0 {
			want = got
		}
		require.Equal(t, want, got, "way %d of running", i)
	}
}

func TestCheckpointsLeaveInferenceAsItIs(t *testing.T) {
	t.Parallel()
	s := newStore()
	m := newResiduals(s, 2)
	with := m.loss(nn.NewPass(s, nn.Inference)).Item()
	m.run = plainly
	require.Equal(t, m.loss(nn.NewPass(s, nn.Inference)).Item(), with)
}

func TestACheckpointedPassKeepsWhatItsPartsReturnOnly(t *testing.T) {
	t.Parallel()
	memory := func(run func(p *nn.Pass, f func(p *nn.Pass, x *nn.Tensor) *nn.Tensor, x *nn.Tensor) *nn.Tensor) int {
		s := newStore()
		m := newResiduals(s, 24)
		m.run = run
		p := nn.NewPass(s, nn.Training)
		p.Reset()
		m.loss(p)
		elements, _ := p.Tape().Memory()
		return elements
	}
	kept, whole := memory(nn.Checkpoint), memory(plainly)
	require.Less(t, kept, whole/4)
}

func TestParametersWithoutUseOrFrozenGetNoGradientFromACheckpoint(t *testing.T) {
	t.Parallel()
	s := newStore()
	used, frozen, unused := vector(s, "used", 2, 3), vector(s, "frozen", 4, 5), vector(s, "unused", 1, 1)
	frozen.Frozen = true
	p := nn.NewPass(s, nn.Training)
	y := nn.Checkpoint(p, func(p *nn.Pass, x *nn.Tensor) *nn.Tensor {
		p.Of(unused)
		return x.Mul(p.Of(used)).Mul(p.Of(frozen))
	}, p.Input(normal(1, 2)))
	grads := p.Backward(y.Sum())
	x := normal(1, 2).Data()
	require.Equal(t, []float32{4 * x[0], 5 * x[1]}, grads.Of(used))
	require.Nil(t, grads.Of(frozen))
	require.Nil(t, grads.Of(unused))
}

// story is what a probe sees, in order.
type story struct{ ups, downs []string }

func (s *story) Up(m nn.Module, y *nn.Tensor) {
	s.ups = append(s.ups, fmt.Sprint(m.Path(), bitsOf(y.Data())))
}

func (s *story) Down(m nn.Module, dy []float32) {
	s.downs = append(s.downs, fmt.Sprint(m.Path(), bitsOf(dy)))
}

func TestAProbeSeesACheckpointedPartOnce(t *testing.T) {
	t.Parallel()
	tell := func(run func(p *nn.Pass, f func(p *nn.Pass, x *nn.Tensor) *nn.Tensor, x *nn.Tensor) *nn.Tensor) *story {
		s := newStore()
		m := newResiduals(s, 2)
		m.run = run
		seen := &story{}
		p := nn.NewPass(s, nn.Training)
		p.Probe = seen
		p.Backward(m.loss(p))
		return seen
	}
	want := tell(plainly)
	require.Len(t, want.downs, 12)
	require.Equal(t, want, tell(nn.Checkpoint))
}

func TestACheckpointUsesTensorsOfItsOwnPassOnly(t *testing.T) {
	t.Parallel()
	s := newStore()
	p := nn.NewPass(s, nn.Training)
	outside := p.Of(vector(s, "w", 1))
	requireUsageError(t, "tensors of two tapes meet (shapes [1] and others): an input belongs to the pass that computes with it", func() {
		nn.Checkpoint(p, func(_ *nn.Pass, x *nn.Tensor) *nn.Tensor { return x.Mul(outside) }, p.Input(normal(1, 1)))
	})
}

func TestGradientsOfMicrobatchesAddUpToThoseOfTheBatch(t *testing.T) {
	t.Parallel()
	s := newStore()
	net := nn.NewMLP(s.Root(), 5, 16, 3)
	const n, parts = 24, 4
	x, y := normal(1, n, 5), labels(2, n, 3)
	loss := func(p *nn.Pass, from, to int) *nn.Tensor {
		return net.Forward(p, p.Input(x.Slice(0, from, to))).CrossEntropy(nn.Labels{Data: y.Data[from:to], Shape: []int{to - from}})
	}
	p := nn.NewPass(s, nn.Training)
	var whole, sum nn.Grads
	whole.Add(p.Backward(loss(p, 0, n)))
	for i := range parts {
		p.Reset()
		sum.Add(p.Backward(loss(p, i*n/parts, (i+1)*n/parts)))
	}
	sum.Scale(1. / parts)
	for _, w := range s.Params() {
		require.InDeltaSlice(t, whole.Of(w), sum.Of(w), 1e-6, w.Name)
	}
}

func ExampleCheckpoint() {
	s := nn.NewStore(1, initializer.KaimingNormal())
	var blocks []nn.Layer
	for i := range 8 {
		blocks = append(blocks, nn.NewMLP(s.At("h", i), 64, 256, 64))
	}
	p := nn.NewPass(s, nn.Training)
	x := p.Input(normal(1, 32, 64))
	for _, b := range blocks {
		x = nn.Checkpoint(p, b.Forward, x) // keeps what b returns, and computes the rest again
	}
	kept, _ := p.Tape().Memory()
	fmt.Println("less than the hidden values take:", kept < 8*32*256)
	fmt.Println("gradients:", len(p.Backward(x.Mean()).Of(s.Param("h.7.0.weight"))))
	// Output:
	// less than the hidden values take: true
	// gradients: 16384
}

func TestCheckpointRefusesNothing(t *testing.T) {
	t.Parallel()
	same := func(_ *nn.Pass, x *nn.Tensor) *nn.Tensor { return x }
	nothing := func(*nn.Pass, *nn.Tensor) *nn.Tensor { return nil }
	for _, mode := range []nn.Mode{nn.Training, nn.Inference} {
		p := nn.NewPass(newStore(), mode)
		x := p.Input(normal(1, 2, 3))
		requireUsageError(t, "there is no pass to run the part in", func() { nn.Checkpoint(nil, same, x) })
		requireUsageError(t, "there is no part to run", func() { nn.Checkpoint(p, nil, x) })
		requireUsageError(t, "there is no tensor to give to the part", func() { nn.Checkpoint(p, same, nil) })
		requireUsageError(t, "the part returned no tensor", func() { nn.Checkpoint(p, nothing, x) })
	}
}
