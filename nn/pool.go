package nn

import "github.com/heft-ml/heft/autograd"

// window is what pooling layers of a kernel have in common.
type window struct {
	Named
	kernel int
	ops    []autograd.WindowOption
}

func windowOf(s *Scope, kernel int, opts []PoolOption) window {
	if kernel < 1 {
		misuse("pool", "%q has a kernel of %d, but it must be 1 or more", s.path, kernel)
	}
	w := window{Named: s.Named(), kernel: kernel}
	for _, o := range opts {
		w.ops = append(w.ops, o.pool())
	}
	return w
}

// MaxPool1d takes the largest element under a window that moves over the last axis (torch.nn.MaxPool1d).
type MaxPool1d struct{ window }

// NewMaxPool1d declares no parameters. The stride is the kernel unless an option says otherwise.
func NewMaxPool1d(s *Scope, kernel int, opts ...PoolOption) *MaxPool1d {
	return &MaxPool1d{windowOf(s, kernel, opts)}
}

// Forward computes y [n, c, steps] from x [n, c, width]: see [autograd.Tensor.MaxPool1d].
func (l *MaxPool1d) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.MaxPool1d(l.kernel, l.ops...))
}

// MaxPool2d takes the largest element under a window that moves over height and width (torch.nn.MaxPool2d).
type MaxPool2d struct{ window }

// NewMaxPool2d declares no parameters. The window is as wide as high, and the stride its size, unless options say
// otherwise.
func NewMaxPool2d(s *Scope, kernel int, opts ...PoolOption) *MaxPool2d {
	return &MaxPool2d{windowOf(s, kernel, opts)}
}

// Forward computes y [n, c, rows, columns] from x [n, c, height, width]: see [autograd.Tensor.MaxPool2d].
func (l *MaxPool2d) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.MaxPool2d(l.kernel, l.ops...))
}

// AvgPool1d takes the mean under a window that moves over the last axis (torch.nn.AvgPool1d).
type AvgPool1d struct{ window }

// NewAvgPool1d declares no parameters. The stride is the kernel unless an option says otherwise.
func NewAvgPool1d(s *Scope, kernel int, opts ...PoolOption) *AvgPool1d {
	return &AvgPool1d{windowOf(s, kernel, opts)}
}

// Forward computes y [n, c, steps] from x [n, c, width]: see [autograd.Tensor.AvgPool1d].
func (l *AvgPool1d) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.AvgPool1d(l.kernel, l.ops...))
}

// AvgPool2d takes the mean under a window that moves over height and width (torch.nn.AvgPool2d).
type AvgPool2d struct{ window }

// NewAvgPool2d declares no parameters. The window is as wide as high, and the stride its size, unless options say
// otherwise.
func NewAvgPool2d(s *Scope, kernel int, opts ...PoolOption) *AvgPool2d {
	return &AvgPool2d{windowOf(s, kernel, opts)}
}

// Forward computes y [n, c, rows, columns] from x [n, c, height, width]: see [autograd.Tensor.AvgPool2d].
func (l *AvgPool2d) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.AvgPool2d(l.kernel, l.ops...))
}
