package nn

// normEps is what PyTorch adds to variances: 1e-5, in LayerNorm and BatchNorm.
const normEps = 1e-5

// LayerNorm normalizes the last axis to mean 0 and variance 1, then applies gain and shift (arXiv:1607.06450).
type LayerNorm struct {
	Named
	Weight, Bias *Param // [c], [c]
	Eps          float64
}

// NewLayerNorm declares weight [c] and bias [c], with eps 1e-5.
func NewLayerNorm(s *Scope, c int) *LayerNorm {
	return &LayerNorm{s.Named(), s.Scale("weight", c), s.Bias("bias", c), normEps}
}

// Forward computes y from x, both [..., c].
func (l *LayerNorm) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.LayerNorm(p.Of(l.Weight), p.Of(l.Bias), l.Eps))
}

// RMSNorm divides the last axis by its root mean square, then applies a gain (arXiv:1910.07467).
type RMSNorm struct {
	Named
	Weight *Param // [c]
	Eps    float64
}

// NewRMSNorm declares weight [c]. PyTorch's default eps is float32's epsilon, which eps 0 stands for; Llama uses 1e-5
// or 1e-6.
func NewRMSNorm(s *Scope, c int, eps float64) *RMSNorm {
	if eps == 0 {
		eps = 0x1p-23
	}
	return &RMSNorm{s.Named(), s.Scale("weight", c), eps}
}

// Forward computes y from x, both [..., c].
func (l *RMSNorm) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.RMSNorm(p.Of(l.Weight), l.Eps))
}

// BatchNorm1d normalizes every feature to mean 0 and variance 1 over the batch, then applies gain and shift
// (arXiv:1502.03167). Training passes use the batch's statistics and stage the running ones, which the optimizer's step
// commits; inference passes use the running ones.
type BatchNorm1d struct {
	Named
	Weight, Bias            *Param // [c], [c]
	RunningMean, RunningVar *Param // buffers [c], [c]; the variance is the unbiased one
	Eps                     float64
	Momentum                float32 // the share of the new statistics
}

// NewBatchNorm1d declares weight, bias, running_mean and running_var, all [c], with eps 1e-5 and momentum 0.1.
func NewBatchNorm1d(s *Scope, c int) *BatchNorm1d {
	return &BatchNorm1d{
		s.Named(), s.Scale("weight", c), s.Bias("bias", c),
		s.Buffer("running_mean", 0, c), s.Buffer("running_var", 1, c), normEps, 0.1,
	}
}

// Forward computes y from x, both [n, c] or [n, c, width]. Training needs two elements of each feature or more.
func (l *BatchNorm1d) Forward(p *Pass, x *Tensor) *Tensor { return p.Tap(l, l.normalize(p, x)) }

func (l *BatchNorm1d) normalize(p *Pass, x *Tensor) *Tensor {
	if !p.Training() {
		return x.BatchNormInference(p.Of(l.Weight), p.Of(l.Bias), p.Of(l.RunningMean), p.Of(l.RunningVar), l.Eps)
	}
	y, mean, variance := x.BatchNorm(p.Of(l.Weight), p.Of(l.Bias), l.Eps)
	p.Update(l.RunningMean, mean, l.Momentum)
	p.Update(l.RunningVar, variance, l.Momentum)
	return y
}
