package autograd_test

import (
	"math"
	"testing"
)

func TestSqrtAtSpecialPoints(t *testing.T) {
	t.Parallel()
	sqrt := (*tensor[float32]).Sqrt
	requirePoints(t, []point{
		{"sqrt", sqrt, 4, 2, 0.25},
		{"sqrt", sqrt, 0, 0, inf},
		{"sqrt", sqrt, 0x1p-140, 0x1p-70, 0x1p69},
		{"sqrt", sqrt, -1, nan, nan},
		{"sqrt", sqrt, inf, inf, 0},
		{"sqrt", sqrt, nan, nan, nan},
	})
}

func TestAbsAtSpecialPoints(t *testing.T) {
	t.Parallel()
	abs := (*tensor[float32]).Abs
	requirePoints(t, []point{
		{"abs", abs, 3, 3, 1},
		{"abs", abs, -3, 3, -1},
		{"abs", abs, 0, 0, 0},
		{"abs", abs, negative, 0, 0},
		{"abs", abs, 0x1p-149, 0x1p-149, 1},
		{"abs", abs, -inf, inf, -1},
		{"abs", abs, nan, nan, nan},
	})
}

// Values and derivatives are PyTorch's.
func TestPowAtSpecialPoints(t *testing.T) {
	t.Parallel()
	pow := func(p float32) func(x *tensor[float32]) *tensor[float32] {
		return func(x *tensor[float32]) *tensor[float32] { return x.Pow(p) }
	}
	requirePoints(t, []point{
		{"pow 0", pow(0), 0, 1, 0},
		{"pow 0", pow(0), -2, 1, 0},
		{"pow 0", pow(0), nan, 1, 0},
		{"pow 0", pow(0), inf, 1, 0},
		{"pow 1", pow(1), 0, 0, 1},
		{"pow 1", pow(1), inf, inf, 1},
		{"pow 2", pow(2), 0, 0, 0},
		{"pow 2", pow(2), -3, 9, -6},
		{"pow 2", pow(2), 1e30, inf, 2e30},
		{"pow 3", pow(3), -2, -8, 12},
		{"pow -1", pow(-1), -2, -0.5, -0.25},
		{"pow -1", pow(-1), 0, inf, -inf},
		{"pow -2", pow(-2), -2, 0.25, 0.25},
		{"pow 0.5", pow(0.5), 0, 0, inf},
		{"pow 0.5", pow(0.5), -1, nan, nan},
		{"pow 1.5", pow(1.5), 0, 0, 0},
		{"pow 1.5", pow(1.5), 2, math.Pow(2, 1.5), 1.5 * math.Sqrt2},
		{"pow 2", pow(2), nan, nan, nan},
	})
}

func TestPowerZeroKeepsOtherGradients(t *testing.T) {
	t.Parallel()
	_, dx := through(func(x *tensor[float32]) *tensor[float32] { return x.Pow(0).Add(x) }, 2, 0)
	requireSame(t, []float32{1, 1}, dx)
	_, dx = through(func(x *tensor[float32]) *tensor[float32] { return x.Add(x.Pow(0)) }, 2, 0)
	requireSame(t, []float32{1, 1}, dx)
}
