package autograd

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestTensorsPrintTheirShapeAndFirstValues(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "[2 3] [1 2 3 4 5.5 6]", fmt.Sprint(From([]float32{1, 2, 3, 4, 5.5, 6}, 2, 3)))
	assert.Equal(t, "[9] [0 0 0 0 0 0 0 0 …]", fmt.Sprint(From(make([]float64, 9), 9)))
	assert.Equal(t, "[] [7]", fmt.Sprint(Scalar[float32](7)))
	assert.Equal(t, "[0 2] []", fmt.Sprint(From([]float32{}, 0, 2)))
	tape := NewTape[float32](true)
	y := tape.Leaf("x", []float32{1, 2}, []int{2}, true).ReLU()
	tape.Reset()
	assert.Equal(t, "[2], gone", y.String())
}
