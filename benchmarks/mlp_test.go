package benchmarks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

const rewind = 100 // steps

func BenchmarkStep(b *testing.B) {
	for _, size := range []struct {
		batch  int
		widths []int
	}{
		{32, []int{64, 128, 10}},
		{64, []int{784, 512, 256, 10}},
		{256, []int{784, 512, 256, 10}},
	} {
		widths := strings.Trim(strings.ReplaceAll(fmt.Sprint(size.widths), " ", "-"), "[]")
		b.Run(fmt.Sprintf("mlp=%s/batch=%d", widths, size.batch), func(b *testing.B) {
			m := NewMLP(size.batch, size.widths...)
			m.Step()
			b.ReportAllocs()
			steps := 0
			for b.Loop() {
				if steps++; steps%rewind == 0 {
					m.Rewind()
				}
				m.Step()
			}
			gflops(b, m.FLOPs())
		})
	}
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

// gflops reports the speed of something that took so many floating-point operations each time.
func gflops(b *testing.B, operations float64) {
	b.ReportMetric(operations*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
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

func TestFLOPsCountTheMatrixProducts(t *testing.T) {
	t.Parallel()
	const forward = 784*512 + 512*256 + 256*10
	assert.Equal(t, 2.0*64*(3*forward-784*512), NewMLP(64, 784, 512, 256, 10).FLOPs())
}

func TestNormalHasNoZeros(t *testing.T) {
	t.Parallel()
	x := Normal(1000)
	assert.NotContains(t, x, float32(0))
	assert.Equal(t, x[:10], Normal(10))
}
