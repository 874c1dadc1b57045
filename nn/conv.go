package nn

import (
	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
)

// Conv1d slides kernels over the last axis (torch.nn.Conv1d).
type Conv1d struct {
	Named
	Weight, Bias *Param // [out, in/groups, kernel], [out]; Bias is nil with NoBias
	ops          []autograd.WindowOption
}

// NewConv1d declares weight [out, in/groups, kernel] and bias [out]. What [NewConv2d] says holds here, too.
func NewConv1d(s *Scope, in, out, kernel int, opts ...ConvOption) *Conv1d {
	set := convSettingsOf(s, in, out, kernel, opts)
	if set.width > 0 {
		misuse("conv", "%q has one axis: its kernel has no other width", s.path)
	}
	w, b := set.declare(s, kernel)
	return &Conv1d{s.Named(), w, b, set.ops}
}

// Forward computes y [n, out, steps] from x [n, in, width]: see [autograd.Tensor.Conv1d].
func (l *Conv1d) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.Conv1d(p.Of(l.Weight), p.Of(l.Bias), l.ops...))
}

// Conv2d slides kernels over height and width (torch.nn.Conv2d).
type Conv2d struct {
	Named
	Weight, Bias *Param // [out, in/groups, kernel height, kernel width], [out]; Bias is nil with NoBias
	ops          []autograd.WindowOption
}

// NewConv2d declares weight [out, in/groups, kernel, kernel] and bias [out], of a kernel as wide as high unless
// [KernelWidth] says otherwise. An output channel sees fan_in = in/groups kernel² numbers, and an input channel is seen
// by fan_out = out/groups kernel² of them; PyTorch, which takes fans from the shape, has groups times that fan_out.
// Channels, a kernel or groups that cannot be panic with an [*autograd.UsageError].
func NewConv2d(s *Scope, in, out, kernel int, opts ...ConvOption) *Conv2d {
	set := convSettingsOf(s, in, out, kernel, opts)
	if set.width == 0 {
		set.width = kernel
	}
	w, b := set.declare(s, kernel, set.width)
	return &Conv2d{s.Named(), w, b, set.ops}
}

// Forward computes y [n, out, rows, columns] from x [n, in, height, width]: see [autograd.Tensor.Conv2d].
func (l *Conv2d) Forward(p *Pass, x *Tensor) *Tensor {
	return p.Tap(l, x.Conv2d(p.Of(l.Weight), p.Of(l.Bias), l.ops...))
}

type convSettings struct {
	in, out, groups int
	width           int // of the kernel; 0: as its height
	noBias          bool
	ops             []autograd.WindowOption
}

func convSettingsOf(s *Scope, in, out, kernel int, opts []ConvOption) *convSettings {
	set := &convSettings{in: in, out: out, groups: 1}
	for _, o := range opts {
		o.conv(set)
	}
	switch {
	case in < 1 || out < 1:
		misuse("conv", "%q has %d channels in and %d out, but each must be 1 or more", s.path, in, out)
	case kernel < 1:
		misuse("conv", "%q has a kernel of %d, but it must be 1 or more", s.path, kernel)
	case in%set.groups != 0 || out%set.groups != 0:
		misuse("conv", "%q has %d groups, which must divide its channels, %d in and %d out", s.path, set.groups, in, out)
	}
	return set
}

// declare declares the parameters for a kernel of the given axes.
func (c *convSettings) declare(s *Scope, kernel ...int) (weight, bias *Param) {
	taps := 1
	for _, k := range kernel {
		taps *= k
	}
	fanIn := c.in / c.groups * taps
	var groups []initializer.Part
	if c.groups > 1 {
		groups = make([]initializer.Part, c.groups)
	}
	weight = s.Param(initializer.Param{
		Name: "weight", Kind: initializer.Weight, Shape: append([]int{c.out, c.in / c.groups}, kernel...),
		FanIn: fanIn, FanOut: c.out / c.groups * taps, Parts: groups,
	})
	if !c.noBias {
		bias = s.Bias("bias", c.out, fanIn)
	}
	return weight, bias
}
