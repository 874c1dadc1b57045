package nn

// Upsample makes planes Factor times as high and wide (torch.nn.Upsample).
type Upsample struct {
	Named
	Factor       int
	Bilinear     bool // interpolate; else repeat the nearest element
	AlignCorners bool // with Bilinear, the corners' centres stay where they are
}

// UpsampleOption changes an upsampling layer.
type UpsampleOption func(*Upsample)

// Bilinear interpolates instead of repeating elements: see [autograd.Tensor.UpsampleBilinear2d].
func Bilinear(alignCorners bool) UpsampleOption {
	return func(l *Upsample) { l.Bilinear, l.AlignCorners = true, alignCorners }
}

// NewUpsample declares no parameters. A factor below 1 panics with an [*autograd.UsageError].
func NewUpsample(s *Scope, factor int, opts ...UpsampleOption) *Upsample {
	if factor < 1 {
		misuse("upsample", "%q has a factor of %d, but it must be 1 or more", s.path, factor)
	}
	l := &Upsample{Named: s.Named(), Factor: factor}
	for _, o := range opts {
		o(l)
	}
	return l
}

// Forward computes y [n, c, Factor height, Factor width] from x [n, c, height, width].
func (l *Upsample) Forward(p *Pass, x *Tensor) *Tensor {
	rows, columns := l.Factor*x.Dim(-2), l.Factor*x.Dim(-1)
	if l.Bilinear {
		return p.Tap(l, x.UpsampleBilinear2d(rows, columns, l.AlignCorners))
	}
	return p.Tap(l, x.UpsampleNearest2d(rows, columns))
}
