package torchfile

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
)

// BenchmarkOpen reads the pickle of 10,000 tensors, for which PyTorch's weights-only reader needs ten times as long.
func BenchmarkOpen(b *testing.B) {
	tensors := make([]dtype.Tensor, 10_000)
	for i := range tensors {
		tensors[i] = dtype.Tensor{Name: fmt.Sprintf("model.layers.%d.weight", i), DType: dtype.F32, Shape: []int{1, 1}, Data: make([]byte, 4)}
	}
	file := written(b, tensors)
	b.ReportAllocs()
	for b.Loop() {
		_, err := open(file)
		require.NoError(b, err)
	}
}
