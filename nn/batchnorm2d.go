package nn

// BatchNorm2d is [BatchNorm1d] for the channels of images: mean and variance are over samples, height and width.
type BatchNorm2d BatchNorm1d

// NewBatchNorm2d declares weight, bias, running_mean and running_var, all [c], with eps 1e-5 and momentum 0.1.
func NewBatchNorm2d(s *Scope, c int) *BatchNorm2d { return (*BatchNorm2d)(NewBatchNorm1d(s, c)) }

// Forward computes y from x, both [n, c, height, width].
func (l *BatchNorm2d) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, (*BatchNorm1d)(l).normalize(p, x))
}
