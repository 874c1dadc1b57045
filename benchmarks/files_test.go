package benchmarks

import (
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// BenchmarkBatches is one shuffled run over the digits that computes nothing.
func BenchmarkBatches(b *testing.B) {
	train, _ := data.Digits()
	r := rand.New(rand.NewPCG(1, 2))
	b.ReportAllocs()
	for b.Loop() {
		for range train.Batches(64, r) {
		}
	}
	b.ReportMetric(float64(b.N*train.Len())/b.Elapsed().Seconds(), "samples/s")
}

// BenchmarkSave writes the weights of an MLP to disk, as safely as Save does. MB/s counts the numbers in float32.
func BenchmarkSave(b *testing.B) {
	s := NewMLP(1, 784, 512, 256, 10).Store
	for _, dt := range []dtype.DType{dtype.F32, dtype.F16, dtype.BF16} {
		b.Run(dt.String(), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "model.safetensors")
			b.SetBytes(size(s.Tensors()))
			for b.Loop() {
				require.NoError(b, safetensors.Save(path, s.Tensors(), dt))
			}
		})
	}
}

// BenchmarkLoad reads the weights into their parameters.
func BenchmarkLoad(b *testing.B) {
	s := NewMLP(1, 784, 512, 256, 10).Store
	for _, dt := range []dtype.DType{dtype.F32, dtype.F16, dtype.BF16} {
		b.Run(dt.String(), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "model.safetensors")
			require.NoError(b, safetensors.Save(path, s.Tensors(), dt))
			b.SetBytes(size(s.Tensors()))
			for b.Loop() {
				f, err := safetensors.Open(path)
				require.NoError(b, err)
				_, err = s.Load(f.All())
				require.NoError(b, err)
				require.NoError(b, f.Close())
			}
		})
	}
}

// size counts the bytes of all tensors.
func size(tensors []dtype.Tensor) (bytes int64) {
	for _, t := range tensors {
		bytes += int64(len(t.Data))
	}
	return bytes
}
