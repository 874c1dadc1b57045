package benchmarks

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/safetensors"
)

var fileMB = flag.Int("file-mb", 64, "how many MiB the files of BenchmarkOpen have")

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

// BenchmarkOpen opens the same 256 tensors in every format, which are in the system's cache: alone, and with a look at a byte of every page. The formats
// that are zips have checksums, which are compared when all of a tensor is looked at.
func BenchmarkOpen(b *testing.B) {
	const tensors, columns, page = 256, 256, 4096
	rows := *fileMB << 20 / tensors / columns / 4
	data := make([]byte, 4*rows*columns)
	infos := make([]dtype.Info, tensors)
	for i := range infos {
		infos[i] = dtype.Info{Name: fmt.Sprintf("layers.%d.weight", i), DType: dtype.F32, Shape: []int{rows, columns}}
	}
	content := func(_ dtype.Info, w io.Writer) error { _, err := w.Write(data); return err }
	for _, format := range serialize.Formats() {
		if format.Format == serialize.NPY {
			continue // it holds one tensor
		}
		path := filepath.Join(b.TempDir(), "model")
		require.NoError(b, serialize.Create(path, format.Format, infos, nil, content))
		for _, touch := range []bool{false, true} {
			b.Run(fmt.Sprintf("%s/touch=%t", format.Format, touch), func(b *testing.B) {
				b.SetBytes(int64(tensors) * int64(len(data)))
				b.ReportAllocs()
				for b.Loop() {
					f, err := serialize.Open(path)
					require.NoError(b, err)
					if touch {
						lookAt(b, f, page)
					}
					require.NoError(b, f.Close())
				}
			})
		}
	}
}

// sink is what was looked at.
var sink byte

// lookAt looks at a byte of every page of every tensor.
func lookAt(b *testing.B, f serialize.File, page int) {
	for _, info := range f.Tensors() {
		require.NoError(b, f.View(info.Name, func(data []byte) error {
			for i := 0; i < len(data); i += page {
				sink += data[i]
			}
			return nil
		}))
	}
}
