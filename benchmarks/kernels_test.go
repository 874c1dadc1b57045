package benchmarks

import (
	"fmt"
	"math"
	"testing"

	"github.com/heft-ml/heft/internal/simd"
)

// kernels are run over n elements, which rows of 128 divide.
var kernels = []struct {
	name string
	over func(n int) func()
}{
	{"add", func(n int) func() {
		x, z, y := Normal(n), Normal(n), make([]float32, n)
		return func() { simd.Add(y, x, z) }
	}},
	{"relu", func(n int) func() {
		x, y := Normal(n), make([]float32, n)
		return func() { simd.ReLU(y, x) }
	}},
	{"relu-backward", func(n int) func() {
		y, dy, dx := Normal(n), Normal(n), make([]float32, n)
		return func() { simd.ReLUBackward(dx, 0, dy, y) }
	}},
	{"exp", func(n int) func() {
		x, y := Normal(n), make([]float32, n)
		return func() { simd.Exp(y, x) }
	}},
	{"gelu", func(n int) func() {
		x, y := Normal(n), make([]float32, n)
		return func() { simd.GELU(y, x) }
	}},
	{"gelu-tanh", func(n int) func() {
		x, y := Normal(n), make([]float32, n)
		return func() { simd.GELUTanh(y, x) }
	}},
	{"softmax-rows-of-64", func(n int) func() {
		x, y := Normal(n), make([]float32, n)
		return func() { simd.Softmax(y, x, n/64, 64, 1) }
	}},
	{"layer-norm-rows-of-128", func(n int) func() {
		const c, eps = 128, 1e-5
		x, y, gain, shift := Normal(n), make([]float32, n), Normal(c), Normal(c)
		mean, rstd := make([]float64, n/c), make([]float64, n/c)
		return func() {
			for r := range mean {
				m, v := simd.Moments(x[r*c : (r+1)*c])
				mean[r], rstd[r] = m, 1/math.Sqrt(v+eps)
			}
			simd.NormalizeRows(y, x, mean, rstd, gain, shift)
		}
	}},
	{"adam", func(n int) func() {
		w, g, m, v := Normal(n), Normal(n), make([]float32, n), make([]float32, n)
		step := simd.Adam{Beta1: 0.9, Beta2: 0.999, Eps: 1e-8, Scale: 1, Size: LR, Correction: 1, Shrink: 1}
		return func() { step.Step(w, g, m, v) }
	}},
}

// BenchmarkKernel runs each kernel on values that stay in the caches and on values that do not.
func BenchmarkKernel(b *testing.B) {
	for _, k := range kernels {
		for _, n := range []int{1 << 11, 1 << 22} {
			b.Run(fmt.Sprintf("%s/n=%d", k.name, n), func(b *testing.B) {
				run := k.over(n)
				for b.Loop() {
					run()
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
			})
		}
	}
}
