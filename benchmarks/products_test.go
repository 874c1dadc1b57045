package benchmarks

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/internal/blas"
)

// BenchmarkProduct multiplies matrices of every shape of [Products] in all four transposes.
func BenchmarkProduct(b *testing.B) {
	for _, p := range Products {
		for _, t := range Transposes {
			b.Run(p.String()+"/"+t.Name, func(b *testing.B) { runProducts(b, p, t.A, t.B) })
		}
	}
}

func runProducts(b *testing.B, p Product, transA, transB bool) {
	g := blas.Args[float32]{
		TransA: blas.Transpose(transA), TransB: blas.Transpose(transB), M: p.M, N: p.N, K: p.K,
		Alpha: 1, A: Normal(p.M * p.K), LDA: p.K, B: Normal(p.K * p.N), LDB: p.N, C: make([]float32, p.M*p.N), LDC: p.N,
	}
	if transA {
		g.LDA = p.M
	}
	if transB {
		g.LDB = p.K
	}
	share := startShare(b, p.FLOPs())
	for b.Loop() {
		blas.Multiply(&g)
	}
	share()
}

// startShare measures the peak, and then again when the function that it returns is called, which reports the speed of
// something that took so many floating-point operations each time, and its share of the peak.
func startShare(b *testing.B, flops float64) (report func()) {
	b.Helper()
	before := Peak()
	return func() {
		speed := flops * float64(b.N) / b.Elapsed().Seconds()
		b.ReportMetric(speed/1e9, "GFLOP/s")
		b.ReportMetric(100*speed/max(before, Peak()), "%peak")
	}
}

func TestFLOPsCountTheMatrixProducts(t *testing.T) {
	t.Parallel()
	assert.Equal(t, 2.0*3*5*7, Product{3, 5, 7}.FLOPs())
	const forward = 784*512 + 512*256 + 256*10
	assert.Equal(t, 2.0*64*forward, PerceptronFLOPs(64, []int{784, 512, 256, 10}, false))
	assert.Equal(t, 2.0*64*(3*forward-784*512), PerceptronFLOPs(64, []int{784, 512, 256, 10}, true))
}

func TestPeakIsMeasured(t *testing.T) {
	t.Parallel()
	assert.Positive(t, Peak())
}
