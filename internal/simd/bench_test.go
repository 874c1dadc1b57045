package simd_test

import (
	"fmt"
	"testing"

	"github.com/heft-ml/heft/internal/isa"
	"github.com/heft-ml/heft/internal/simd"
)

// BenchmarkSmall measures what calls cost where a layer is small: a bias of 10, a batch of 64. Kernels on long slices are
// in the folder benchmarks.
func BenchmarkSmall(b *testing.B) {
	const rows, c = 64, 10
	x, dx := make([]float32, rows*c), make([]float32, rows*c)
	dy, at := make([]float32, rows), make([]int32, rows)
	simd.Fill(x, 0.5)
	bias, gradient, m, v := make([]float32, c), make([]float32, c), make([]float32, c), make([]float32, c)
	simd.Fill(gradient, 0.1)
	adam := simd.Adam{Rest1: 0.1, Beta2: 0.999, Rest2: 0.001, Eps: 1e-8, Scale: 1, Size: 1e-3, Correction: 1, Shrink: 1}
	for _, k := range []struct {
		name string
		call func()
	}{
		{"add", func() { simd.Add(m, bias, gradient) }},
		{"sum", func() { simd.Sum(bias) }},
		{"adam", func() { adam.Step(bias, gradient, m, v) }},
		{"column-sums", func() { simd.ColumnSums(m, 0, x) }},
		{"row-sums", func() { simd.SumAxis(dy, 1, x, rows, c, 1) }},
		{"row-sums-backward", func() { simd.SumAxisBackward(dx, 0, 1, dy, rows, c, 1) }},
		{"argmax", func() { simd.ArgMax(at, x, rows, c, 1) }},
		{"variance", func() { simd.Variance(dy, 1, x, rows, c, 1) }},
	} {
		for _, level := range isa.Levels() {
			b.Run(fmt.Sprintf("%s/level=%v", k.name, level), func(b *testing.B) {
				before := isa.Active()
				if err := isa.Use(level); err != nil {
					b.Fatal(err)
				}
				defer func() { _ = isa.Use(before) }()
				b.ReportAllocs()
				for b.Loop() {
					k.call()
				}
			})
		}
	}
}
