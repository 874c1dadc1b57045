package benchmarks

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// rewind is after how many steps the parameters get their first values back.
const rewind = 100

// BenchmarkStep is one training step.
func BenchmarkStep(b *testing.B) {
	benchmarkStep(b, 32, 64, 128, 10)
	benchmarkStep(b, 64, 784, 512, 256, 10)
	benchmarkStep(b, 256, 784, 512, 256, 10)
	benchmarkStep(b, 64, layers(30, 256)...)
	for _, n := range networks {
		b.Run(n.name, func(b *testing.B) { runNetwork(b, n.make()) })
	}
}

// networks are those that BenchmarkStep and BenchmarkCores measure beside perceptrons.
var networks = []struct {
	name string
	make func() *Network
}{
	{"lenet5/batch=64", func() *Network { return NewLeNet5(64) }},
	{"cnn=32-64/batch=64", func() *Network { return NewCNN(64) }},
	{"lstm=2x256/batch=32", func() *Network {
		return NewLSTM(TextSize{Batch: 32, Length: 64, Vocabulary: 65, Layers: 2, Width: 256, Embedding: 128})
	}},
	{"gpt=4x128/batch=12", func() *Network {
		return NewGPT(TextSize{Batch: 12, Length: 64, Vocabulary: 65, Layers: 4, Width: 128, Heads: 4})
	}},
	{"gpt=6x384/batch=8", func() *Network {
		return NewGPT(TextSize{Batch: 8, Length: 256, Vocabulary: 65, Layers: 6, Width: 384, Heads: 6})
	}},
}

// BenchmarkCores is one core against all.
func BenchmarkCores(b *testing.B) {
	all := runtime.GOMAXPROCS(0)
	on := func(name string, run func(b *testing.B)) {
		for _, cores := range slices.Compact([]int{1, all}) {
			b.Run(fmt.Sprintf("%s/cores=%d", name, cores), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(cores))
				run(b)
			})
		}
	}
	on(sizes(64, 784, 512, 256, 10), func(b *testing.B) { runSteps(b, 64, 784, 512, 256, 10) })
	on(sizes(256, 784, 512, 256, 10), func(b *testing.B) { runSteps(b, 256, 784, 512, 256, 10) })
	on(sizes(64, layers(30, 256)...), func(b *testing.B) { runSteps(b, 64, layers(30, 256)...) })
	for _, n := range networks {
		on(n.name, func(b *testing.B) { runNetwork(b, n.make()) })
	}
	square := Product{1000, 1000, 1000}
	on(square.String(), func(b *testing.B) { runProducts(b, square, false, false) })
}

// BenchmarkForward is the network alone.
func BenchmarkForward(b *testing.B) {
	for _, batch := range []int{1, 64, 256} {
		b.Run(sizes(batch, 784, 512, 256, 10), func(b *testing.B) {
			m := NewMLP(batch, 784, 512, 256, 10)
			m.Forward()
			b.ReportAllocs()
			share := startShare(b, m.ForwardFLOPs())
			for b.Loop() {
				m.Forward()
			}
			share()
		})
	}
}

// BenchmarkGrowth is a training step that grows in one direction.
func BenchmarkGrowth(b *testing.B) {
	b.Run("batch", func(b *testing.B) {
		for batch := 1; batch <= 1024; batch *= 4 {
			benchmarkStep(b, batch, 784, 512, 256, 10)
		}
	})
	b.Run("width", func(b *testing.B) {
		for width := 32; width <= 2048; width *= 2 {
			benchmarkStep(b, 64, width, width, width, 10)
		}
	})
	b.Run("depth", func(b *testing.B) {
		for depth := 1; depth <= 64; depth *= 2 {
			benchmarkStep(b, 64, layers(depth, 256)...)
		}
	})
}

// layers returns the widths of a perceptron with so many layers, whose inputs are all as wide.
func layers(depth, width int) []int { return append(slices.Repeat([]int{width}, depth), 10) }

// sizes names a benchmark.
func sizes(batch int, widths ...int) string {
	shown := strings.Trim(strings.ReplaceAll(fmt.Sprint(widths), " ", "-"), "[]")
	if len(widths) > 5 {
		shown = fmt.Sprintf("%dx%d", len(widths)-1, widths[0])
	}
	return fmt.Sprintf("mlp=%s/batch=%d", shown, batch)
}

func benchmarkStep(b *testing.B, batch int, widths ...int) {
	b.Run(sizes(batch, widths...), func(b *testing.B) { runSteps(b, batch, widths...) })
}

func runSteps(b *testing.B, batch int, widths ...int) {
	runNetwork(b, NewMLP(batch, widths...).Network)
}

func runNetwork(b *testing.B, n *Network) {
	n.Step()
	b.ReportAllocs()
	share := startShare(b, n.FLOPs())
	steps := 0
	for b.Loop() {
		if steps++; steps%rewind == 0 {
			n.Rewind()
		}
		n.Step()
	}
	share()
}

// BenchmarkDigitsEpoch is one run over the training part, batches included.
func BenchmarkDigitsEpoch(b *testing.B) {
	train, _ := data.Digits()
	s := nn.NewStore(1, initializer.KaimingNormal())
	net := nn.NewMLP(s.Root(), 64, 128, 10)
	opt := optim.NewAdamW(s, 1e-3)
	p := nn.NewPass(s, nn.Training)
	b.ReportAllocs()
	for b.Loop() {
		for batch := range train.Batches(64, s.Rand("batches")) {
			p.Reset()
			opt.Step(p.Backward(net.Forward(p, p.Input(batch.X)).CrossEntropy(batch.Y)))
		}
	}
	b.ReportMetric(float64(b.N*train.Len())/b.Elapsed().Seconds(), "samples/s")
}

func TestStepLearns(t *testing.T) {
	t.Parallel()
	m := NewMLP(32, 16, 32, 10)
	first := m.Step()
	for range 200 {
		m.Step()
	}
	assert.Less(t, m.Step(), first/2)
	m.Rewind()
	assert.Equal(t, first, m.Step())
}

func TestNetworksLearn(t *testing.T) {
	t.Parallel()
	small := TextSize{Batch: 2, Length: 6, Vocabulary: 7, Layers: 2, Width: 12, Embedding: 6, Heads: 3}
	for name, n := range map[string]*Network{"lenet5": NewLeNet5(3), "cnn": NewCNN(2), "lstm": NewLSTM(small), "gpt": NewGPT(small)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			first := n.Step()
			for range 10 {
				n.Step()
			}
			assert.Less(t, n.Step(), first)
			n.Restart()
			assert.Equal(t, first, n.Step())
			assert.Positive(t, n.FLOPs())
		})
	}
}

func TestForwardLeavesTheParameters(t *testing.T) {
	t.Parallel()
	m := NewMLP(32, 16, 32, 10)
	y := m.Forward()
	assert.Equal(t, y, m.Forward())
	m.Step()
	assert.NotEqual(t, y, m.Forward())
}

func TestNormalHasNoZeros(t *testing.T) {
	t.Parallel()
	x := Normal(1000)
	assert.NotContains(t, x, float32(0))
	assert.Equal(t, x[:10], Normal(10))
}
