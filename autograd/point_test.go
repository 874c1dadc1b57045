package autograd_test

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

// point is an elementwise op at one value: what it must give, and its derivative.
type point struct {
	op       string
	f        func(x *tensor[float32]) *tensor[float32]
	x, y, dx float64
}

var (
	nan      = math.NaN()
	inf      = math.Inf(1)
	nan32    = float32(nan)
	inf32    = float32(inf)
	negative = math.Copysign(0, -1)
)

// requirePoints runs every point in float32, to 4 units in the last place.
func requirePoints(t *testing.T, points []point) {
	t.Helper()
	for _, p := range points {
		y, dx := through(p.f, float32(p.x))
		assertNear(t, p.y, y[0], "%s(%v)", p.op, p.x)
		assertNear(t, p.dx, dx[0], "derivative of %s at %v", p.op, p.x)
	}
}

func assertNear(t *testing.T, want float64, got float32, format string, args ...any) {
	t.Helper()
	where := fmt.Sprintf(format, args...)
	want = float64(float32(want)) // what is below float32's range is expected as 0
	if math.IsNaN(want) {
		assert.True(t, got != got, "%s: want NaN, got %v", where, got)
		return
	}
	if want != float64(got) {
		assert.InDelta(t, want, got, min(max(math.Abs(want)*0x1p-22, 0x1p-149), math.MaxFloat32), where)
	}
}

// through returns f's value and the gradient of x for a gradient of ones.
func through(f func(x *tensor[float32]) *tensor[float32], xs ...float32) (y, dx []float32) {
	tape := autograd.NewTape[float32](true)
	x := tape.Leaf("x", xs, []int{len(xs)}, true)
	out := f(x)
	tape.Backward(out, ones(out.Len()))
	return out.Data(), x.TakeGrad()
}

func ones(n int) []float32 {
	v := make([]float32, n)
	for i := range v {
		v[i] = 1
	}
	return v
}

// of returns a float32 constant of one axis.
func of(v ...float32) *tensor[float32] { return autograd.From(v, len(v)) }

// counted returns 0, 1, 2, ... in the given shape.
func counted(shape ...int) *tensor[float32] {
	n := 1
	for _, d := range shape {
		n *= d
	}
	data := make([]float32, n)
	for i := range data {
		data[i] = float32(i)
	}
	return autograd.From(data, shape...)
}

func requireTensor(t *testing.T, shape []int, data []float32, got *tensor[float32]) {
	t.Helper()
	requireShape(t, shape, got)
	requireSame(t, data, got.Data())
}

// requireShape takes no axes and nil for the same.
func requireShape(t *testing.T, shape []int, got *tensor[float32]) {
	t.Helper()
	require.True(t, slices.Equal(shape, got.Shape()), "want shape %v, got %v", shape, got.Shape())
}

// requireSame compares bits, except that every NaN equals every NaN.
func requireSame(t *testing.T, want, got []float32) {
	t.Helper()
	require.Len(t, got, len(want))
	for i := range want {
		if want[i] == want[i] || got[i] == got[i] {
			require.Equal(t, math.Float32bits(want[i]), math.Float32bits(got[i]), "at %d: want %v, got %v", i, want, got)
		}
	}
}

func requireShapeError(t *testing.T, message string, f func()) {
	t.Helper()
	var e *autograd.ShapeError
	require.ErrorAs(t, autograd.Catch(f), &e)
	require.Equal(t, message, e.Error())
}

func requireUsageError(t *testing.T, message string, f func()) {
	t.Helper()
	var e *autograd.UsageError
	require.ErrorAs(t, autograd.Catch(f), &e)
	require.Equal(t, message, e.Error())
}
