package autograd_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/autograd"
)

// pairLoss is a loss of two numbers: its value, and the gradients of both.
type pairLoss struct {
	name           string
	f              func(x, target *tensor[float32]) *tensor[float32]
	x, target      float32
	y, dx, dtarget float64
}

func requirePairs(t *testing.T, losses []pairLoss) {
	t.Helper()
	for _, l := range losses {
		tape := autograd.NewTape[float32](true)
		x := tape.Leaf("x", []float32{l.x}, []int{1}, true)
		target := tape.Leaf("target", []float32{l.target}, []int{1}, true)
		y := l.f(x, target)
		tape.Backward(y, nil)
		assertNear(t, l.y, y.Item(), "%s(%v, %v)", l.name, l.x, l.target)
		assertNear(t, l.dx, x.TakeGrad()[0], "%s(%v, %v): gradient of x", l.name, l.x, l.target)
		assertNear(t, l.dtarget, target.TakeGrad()[0], "%s(%v, %v): gradient of the target", l.name, l.x, l.target)
	}
}

func TestBCEWithLogitsAtSpecialPoints(t *testing.T) {
	t.Parallel()
	f := func(x, target *tensor[float32]) *tensor[float32] { return x.BCEWithLogits(target) }
	weighted := func(x, target *tensor[float32]) *tensor[float32] {
		return x.BCEWithLogits(target, autograd.PosWeight(3))
	}
	tiny := math.Exp(-40)
	requirePairs(t, []pairLoss{
		{"bce", f, 0, 0.5, math.Ln2, 0, 0},
		{"bce", f, 0, 1, math.Ln2, -0.5, 0},
		{"bce", f, 40, 1, tiny, -tiny, -40},
		{"bce", f, -40, 0, tiny, tiny, 40},
		{"bce", f, 1e4, 0, 1e4, 1, -1e4},
		{"bce", f, -1e4, 1, 1e4, -1, 1e4},
		{"bce", f, 1e4, 1, 0, 0, -1e4},
		{"bce", f, inf32, 0, inf, 1, -inf},
		{"bce", f, -inf32, 1, inf, -1, inf},
		{"bce", f, inf32, 1, nan, 0, -inf},
		{"bce", f, nan32, 1, nan, nan, nan},
		{"bce", f, 1, nan32, nan, nan, -1},
		{"bce", weighted, 0, 1, 3 * math.Ln2, -1.5, 2 * math.Ln2},
		{"bce", weighted, 0, 0, math.Ln2, 0.5, 2 * math.Ln2},
	})
}

func TestPosWeightsBelongToTheLastAxis(t *testing.T) {
	t.Parallel()
	x := autograd.From(make([]float32, 6), 3, 2)
	target := autograd.From([]float32{1, 1, 0, 0, 1, 0}, 3, 2)
	y := x.BCEWithLogits(target, autograd.PosWeight(2, 5), autograd.Reduction(autograd.ReduceNone))
	ln2 := float32(math.Ln2)
	assert.InDeltaSlice(t, []float32{2 * ln2, 5 * ln2, ln2, ln2, 2 * ln2, ln2}, y.Data(), 1e-6)
}

func TestPosWeightsAreCopied(t *testing.T) {
	t.Parallel()
	weights := []float64{2}
	option := autograd.PosWeight(weights...)
	weights[0] = 100
	assert.InDelta(t, 2*math.Ln2, of(0).BCEWithLogits(of(1), option).Item(), 1e-6)
}

func TestRegressionLossesAtSpecialPoints(t *testing.T) {
	t.Parallel()
	mse := func(x, target *tensor[float32]) *tensor[float32] { return x.MSE(target) }
	l1 := func(x, target *tensor[float32]) *tensor[float32] { return x.L1(target) }
	huber := func(x, target *tensor[float32]) *tensor[float32] { return x.Huber(target, 2) }
	squared := func(x, target *tensor[float32]) *tensor[float32] { return x.Huber(target, inf) }
	requirePairs(t, []pairLoss{
		{"mse", mse, 3, 1, 4, 4, -4},
		{"mse", mse, 1, 1, 0, 0, 0},
		{"mse", mse, 2e38, -2e38, inf, inf, -inf},
		{"mse", mse, nan32, 1, nan, nan, nan},
		{"mse", mse, inf32, 1, inf, inf, -inf},
		{"mse", mse, inf32, inf32, nan, nan, nan},
		{"l1", l1, 1, 3, 2, -1, 1},
		{"l1", l1, 3, 1, 2, 1, -1},
		{"l1", l1, 1, 1, 0, 0, 0},
		{"l1", l1, 0x1p-149, 0, 0x1p-149, 1, -1},
		{"l1", l1, 1, nan32, nan, nan, nan},
		{"l1", l1, -inf32, 1, inf, -1, 1},
		{"huber", huber, 2, 1, 0.5, 1, -1},
		{"huber", huber, 3, 1, 2, 2, -2},
		{"huber", huber, 4, 1, 4, 2, -2},
		{"huber", huber, -4, 1, 8, -2, 2},
		{"huber", huber, 1, 1, 0, 0, 0},
		{"huber", huber, inf32, 1, inf, 2, -2},
		{"huber", huber, nan32, 1, nan, nan, nan},
		{"huber", squared, 7, 1, 18, 6, -6},
	})
}

// The derivative of a large difference is taken with the gradient of a mean, which is small: their product fits.
func TestMSEGradientDoesNotOverflowOnTheWay(t *testing.T) {
	t.Parallel()
	y, dx := through(func(x *tensor[float32]) *tensor[float32] {
		return x.MSE(of(0, 0), autograd.Reduction(autograd.ReduceNone)).MulScalar(1e-3)
	}, 3e38, 1)
	requireSame(t, []float32{inf32, 1e-3}, y)
	assert.InEpsilon(t, 6e35, dx[0], 1e-6)
}

func TestLossesRefuseTargetsOfAnotherShape(t *testing.T) {
	t.Parallel()
	x, column := of(1, 2), autograd.From([]float32{1, 2}, 2, 1)
	const reason = ": [2] and [2 1]: the target must have the same shape"
	requireShapeError(t, "autograd: mse"+reason, func() { x.MSE(column) })
	requireShapeError(t, "autograd: l1"+reason, func() { x.L1(column) })
	requireShapeError(t, "autograd: huber"+reason, func() { x.Huber(column, 1) })
	requireShapeError(t, "autograd: bce_with_logits"+reason, func() { x.BCEWithLogits(column) })
}

func TestMeanLossOfNothingIsNaNAndTheSumZero(t *testing.T) {
	t.Parallel()
	none := autograd.From([]float32{}, 0, 3)
	sum := autograd.Reduction(autograd.ReduceSum)
	labels := autograd.LabelsOf(nil)
	for name, f := range map[string]func(opts ...autograd.LossOption) *tensor[float32]{
		"cross-entropy": func(o ...autograd.LossOption) *tensor[float32] { return none.CrossEntropy(labels, o...) },
		"bce":           func(o ...autograd.LossOption) *tensor[float32] { return none.BCEWithLogits(none, o...) },
		"mse":           func(o ...autograd.LossOption) *tensor[float32] { return none.MSE(none, o...) },
		"l1":            func(o ...autograd.LossOption) *tensor[float32] { return none.L1(none, o...) },
		"huber":         func(o ...autograd.LossOption) *tensor[float32] { return none.Huber(none, 1, o...) },
	} {
		assert.True(t, math.IsNaN(float64(f().Item())), name)
		assert.Zero(t, f(sum).Item(), name)
	}
}
