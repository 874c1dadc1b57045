package nn

// Residual adds to x what a branch makes of it (arXiv:1512.03385). A norm stands before the branch, after the sum, or
// nowhere:
//
//	pre    y = x + scale branch(norm(x))       (arXiv:2002.04745, GPT-2, Llama)
//	post   y = norm(x + scale branch(x))       (arXiv:1706.03762)
//	none   y = x + scale branch(x)
//
// In training, dropout and then DropPath apply to what the branch returns. The sum may take the place of that result, which panics
// if it is read afterwards, unless the pass has a probe or its tape an Observe.
type Residual struct {
	Named
	Norm, Branch Layer // Norm is nil where there is none
	set          residualSettings
	dropout      *Dropout
	path         *DropPath
}

// ResidualOption changes a residual: [PostNorm], [ResidualScale], [BranchDropout], [StochasticDepth].
type ResidualOption func(*residualSettings)

type residualSettings struct {
	post          bool
	scale         float64
	dropout, path float64
}

// PostNorm puts the norm after the sum.
func PostNorm() ResidualOption { return func(s *residualSettings) { s.post = true } }

// ResidualScale multiplies the branch.
func ResidualScale(x float64) ResidualOption { return func(s *residualSettings) { s.scale = x } }

// BranchDropout drops values of the branch with probability p: see [Dropout].
func BranchDropout(p float64) ResidualOption { return func(s *residualSettings) { s.dropout = p } }

// StochasticDepth drops the branch of whole samples with probability p: see [DropPath].
func StochasticDepth(p float64) ResidualOption { return func(s *residualSettings) { s.path = p } }

// NewResidual joins a norm, which may be nil, and a branch. It declares no parameters of its own; its name chooses the
// random streams. No branch, and PostNorm without a norm, panic with an [*autograd.UsageError].
func NewResidual(s *Scope, norm, branch Layer, opts ...ResidualOption) *Residual {
	set := residualSettings{scale: 1}
	for _, o := range opts {
		o(&set)
	}
	switch {
	case branch == nil:
		misuse("residual", "%q: there is no branch to add", s.path)
	case set.post && norm == nil:
		misuse("residual", "%q: PostNorm needs a norm", s.path)
	case set.scale-set.scale != 0:
		misuse("residual", "%q: the scale is %v, but must be finite", s.path, set.scale)
	}
	l := &Residual{Named: s.Named(), Norm: norm, Branch: branch, set: set}
	if set.dropout != 0 {
		l.dropout = NewDropout(s.At("dropout"), set.dropout)
	}
	if set.path != 0 {
		l.path = NewDropPath(s.At("drop_path"), set.path)
	}
	return l
}

// Forward computes y from x, both [n, ...].
func (l *Residual) Forward(p *Pass, x *Tensor) *Tensor {
	in := x
	if l.Norm != nil && !l.set.post {
		in = l.Norm.Forward(p, in)
	}
	branch := l.Branch.Forward(p, in)
	if l.dropout != nil {
		branch = l.dropout.Forward(p, branch)
	}
	if l.path != nil {
		branch = l.path.Forward(p, branch)
	}
	if l.set.scale != 1 {
		branch = branch.MulScalar(float32(l.set.scale))
	}
	y := p.add(x, branch)
	if l.set.post {
		y = l.Norm.Forward(p, y)
	}
	return p.Tap(l, y)
}
