package autograd_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/autograd"
)

// mostAllocations is how many times an op may allocate, forward and back: its way back, and shapes.
const mostAllocations = 4

// Not parallel: allocations are counted for the whole process.
func TestNoOpAllocatesMuch(t *testing.T) {
	for i, r := range table[float32]() {
		tape := autograd.NewTape[float32](true)
		points := points(table[float64]()[i])
		data := make([][]float32, len(points))
		for j, x := range points {
			data[j] = convert[float32](x.Data())
		}
		xs := make([]*tensor[float32], len(points))
		seed := ones(0)
		run := func() {
			tape.Reset()
			for j, x := range points {
				xs[j] = tape.Leaf("", data[j], x.Shape(), true)
			}
			y := r.f(xs...)
			if len(seed) != y.Len() {
				seed = ones(y.Len())
			}
			tape.Backward(y, seed)
		}
		ops := 0
		tape.Observe = func(string, *tensor[float32]) { ops++ }
		run()
		tape.Observe = nil
		got := testing.AllocsPerRun(64, run)
		assert.LessOrEqual(t, got, float64(mostAllocations*ops), "%s, row %d: %d ops", r.op, i, ops)
	}
}
