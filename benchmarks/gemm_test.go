package benchmarks

import (
	"fmt"
	"testing"

	"github.com/heft-ml/heft/internal/blas"
)

func BenchmarkGemm(b *testing.B) {
	for _, g := range []struct {
		what    string
		ta, tb  blas.Transpose
		m, n, k int
	}{
		{"square", blas.NoTrans, blas.NoTrans, 16, 16, 16},
		{"square", blas.NoTrans, blas.NoTrans, 64, 64, 64},
		{"square", blas.NoTrans, blas.NoTrans, 256, 256, 256},
		{"square", blas.NoTrans, blas.NoTrans, 512, 512, 512},
		{"forward", blas.NoTrans, blas.Trans, 64, 512, 784},
		{"weight-gradient", blas.Trans, blas.NoTrans, 512, 784, 64},
		{"input-gradient", blas.NoTrans, blas.NoTrans, 64, 512, 256},
		{"forward", blas.NoTrans, blas.Trans, 256, 512, 784},
		{"weight-gradient", blas.Trans, blas.NoTrans, 512, 784, 256},
	} {
		b.Run(fmt.Sprintf("%s/m=%d/n=%d/k=%d", g.what, g.m, g.n, g.k), func(b *testing.B) {
			x, z, y := Normal(g.m*g.k), Normal(g.k*g.n), make([]float32, g.m*g.n)
			for b.Loop() {
				blas.Gemm(g.ta, g.tb, g.m, g.n, g.k, 1, x, z, 0, y)
			}
			gflops(b, 2*float64(g.m)*float64(g.n)*float64(g.k))
		})
	}
}
