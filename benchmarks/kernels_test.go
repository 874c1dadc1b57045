package benchmarks

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// kernel is a loop over n elements, which rows of 64 and 128 divide.
type kernel struct {
	name string
	over func(n int) (run func())
}

// families are the kernels of internal/simd, by what they do.
var families = []struct {
	name    string
	kernels []kernel
}{
	{"arithmetic", arithmetic},
	{"activation", activations},
	{"loss", losses},
	{"row", rows},
	{"channel", channels},
	{"optimizer", optimizers},
}

// BenchmarkKernel runs each kernel on values that stay in the first-level cache and on values that come from memory.
func BenchmarkKernel(b *testing.B) {
	for _, f := range families {
		for _, k := range f.kernels {
			for _, n := range []int{1 << 11, 1 << 22} {
				b.Run(fmt.Sprintf("%s/%s/n=%d", f.name, k.name, n), func(b *testing.B) {
					run := k.over(n)
					for b.Loop() {
						run()
					}
					b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/element")
				})
			}
		}
	}
}

// forward is a kernel y = f(x).
func forward(name string, f func(y, x []float32)) []kernel {
	return []kernel{{name, func(n int) func() {
		x, y := Normal(n), make([]float32, n)
		return func() { f(y, x) }
	}}}
}

// ofPositive is a kernel y = f(x) for x above 0.
func ofPositive(name string, f func(y, x []float32)) []kernel {
	return []kernel{{name, func(n int) func() {
		x, y := positive(n), make([]float32, n)
		return func() { f(y, x) }
	}}}
}

// binary is a kernel y = f(a, b).
func binary(name string, f func(y, a, b []float32)) []kernel {
	return []kernel{{name, func(n int) func() {
		a, b, y := Normal(n), Normal(n), make([]float32, n)
		return func() { f(y, a, b) }
	}}}
}

// backward is a kernel for dx = f(dy, x) in its two forms: it overwrites dx, or adds to it.
func backward(name string, f func(dx []float32, beta float32, dy, x []float32)) (both []kernel) {
	for beta, form := range []string{"-backward", "-backward-add"} {
		both = append(both, kernel{name + form, func(n int) func() {
			dy, x, dx := Normal(n), positive(n), make([]float32, n)
			return func() {
				f(dx, float32(beta), dy, x)
				if beta == 1 && dx[0] > 1e30 { // far from what takes longer
					clear(dx)
				}
			}
		}})
	}
	return both
}

// positive returns n numbers above 0.
func positive(n int) []float32 {
	x := Normal(n)
	for i, v := range x {
		x[i] = max(v, -v)
	}
	return x
}

// ones returns n times 1, as the float64 that the kernels keep of rows and channels.
func ones(n int) []float64 { return slices.Repeat([]float64{1}, n) }

func TestEveryKernelRuns(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, f := range families {
		for _, k := range f.kernels {
			name := f.name + "/" + k.name
			assert.False(t, names[name], name)
			names[name] = true
			assert.NotPanics(t, k.over(256), name)
		}
	}
}
