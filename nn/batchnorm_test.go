package nn_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// moments returns the mean of column j and its unbiased variance.
func moments(x *nn.Tensor, j int) (mean, variance float64) {
	n, c := x.Dim(0), x.Dim(1)
	for i := range n {
		mean += float64(x.Data()[i*c+j]) / float64(n)
	}
	for i := range n {
		d := float64(x.Data()[i*c+j]) - mean
		variance += d * d / float64(n-1)
	}
	return mean, variance
}

func TestBatchNormStatisticsFollowTheBatches(t *testing.T) {
	t.Parallel()
	const c = 3
	s := newStore()
	l := nn.NewBatchNorm1d(s.At("bn"), c)
	opt := optim.NewSGD(s, 0)
	p := nn.NewPass(s, nn.Training)
	var mean, variance [c]float64
	for j := range c {
		variance[j] = 1
	}
	for step := range 20 {
		x := normal(uint64(step), 8, c).MulScalar(3).Add(autograd.From([]float32{-1, 0, 10}, c))
		p.Reset()
		y := l.Forward(p, p.Input(x))
		before := append([]float32(nil), l.RunningMean.Data...)
		grads := p.Backward(y.Sum())
		require.Equal(t, before, l.RunningMean.Data, "a pass does not write the store")
		opt.Step(grads)
		for j := range c {
			m, v := moments(x, j)
			mean[j] += 0.1 * (m - mean[j])
			variance[j] += 0.1 * (v - variance[j])
			assert.InDelta(t, mean[j], l.RunningMean.Data[j], 2e-6*(1+math.Abs(mean[j])), "step %d", step)
			assert.InEpsilon(t, variance[j], l.RunningVar.Data[j], 5e-6, "step %d", step)
		}
	}
}

func TestBatchNormInferenceUsesTheRunningStatistics(t *testing.T) {
	t.Parallel()
	s := newStore()
	l := nn.NewBatchNorm1d(s.At("bn"), 2)
	copy(l.RunningMean.Data, []float32{1, -2})
	copy(l.RunningVar.Data, []float32{4, 0.25})
	copy(l.Weight.Data, []float32{3, 1})
	copy(l.Bias.Data, []float32{0, 5})
	p := nn.NewPass(s, nn.Inference)
	x := autograd.From([]float32{5, -2.5}, 1, 2) // one sample is enough
	y := l.Forward(p, p.Input(x)).Data()
	assert.InDelta(t, 3*(5-1)/math.Sqrt(4+1e-5), y[0], 1e-6)
	assert.InDelta(t, (-2.5+2)/math.Sqrt(0.25+1e-5)+5, y[1], 1e-6)
}

func TestBatchNormInTrainingNeedsTwoSamples(t *testing.T) {
	t.Parallel()
	s := newStore()
	l := nn.NewBatchNorm1d(s.At("bn"), 2)
	p := nn.NewPass(s, nn.Training)
	var e *autograd.ShapeError
	require.ErrorAs(t, autograd.Catch(func() { l.Forward(p, p.Input(normal(1, 1, 2))) }), &e)
	require.Contains(t, e.Reason, "at least two elements")
}

func TestBatchNormUsesTheBatchInTraining(t *testing.T) {
	t.Parallel()
	s := newStore()
	l := nn.NewBatchNorm1d(s.At("bn"), 2)
	copy(l.RunningMean.Data, []float32{100, 100})
	p := nn.NewPass(s, nn.Training)
	y := l.Forward(p, p.Input(normal(1, 50, 2).MulScalar(7)))
	for j := range 2 {
		mean, variance := moments(y, j)
		assert.InDelta(t, 0, mean, 1e-6)
		assert.InEpsilon(t, 50./49, variance, 1e-5)
	}
}
