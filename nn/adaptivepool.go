package nn

// parts is what adaptive pooling layers have in common: how many parts they cut planes into.
type parts struct {
	Named
	Rows, Columns int
}

func partsOf(s *Scope, rows, columns int) parts {
	if rows < 1 || columns < 1 {
		misuse("adaptive pool", "%q has %d rows and %d columns, but each must be 1 or more", s.path, rows, columns)
	}
	return parts{s.Named(), rows, columns}
}

// AdaptiveMaxPool2d takes the largest element of each of Rows by Columns parts of a plane
// (torch.nn.AdaptiveMaxPool2d).
type AdaptiveMaxPool2d struct{ parts }

// NewAdaptiveMaxPool2d declares no parameters.
func NewAdaptiveMaxPool2d(s *Scope, rows, columns int) *AdaptiveMaxPool2d {
	return &AdaptiveMaxPool2d{partsOf(s, rows, columns)}
}

// Forward computes y [n, c, rows, columns] from x [n, c, height, width].
func (l *AdaptiveMaxPool2d) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.AdaptiveMaxPool2d(l.Rows, l.Columns))
}

// AdaptiveAvgPool2d takes the mean of each of Rows by Columns parts of a plane (torch.nn.AdaptiveAvgPool2d). One part is
// the mean of every plane, which ends most convolutional networks since 2013.
type AdaptiveAvgPool2d struct{ parts }

// NewAdaptiveAvgPool2d declares no parameters.
func NewAdaptiveAvgPool2d(s *Scope, rows, columns int) *AdaptiveAvgPool2d {
	return &AdaptiveAvgPool2d{partsOf(s, rows, columns)}
}

// Forward computes y [n, c, rows, columns] from x [n, c, height, width].
func (l *AdaptiveAvgPool2d) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.AdaptiveAvgPool2d(l.Rows, l.Columns))
}
