package nn

import "github.com/heft-ml/heft/autograd"

// ConvOption changes a convolution: [Stride], [Padding], [Dilation], [KernelWidth], [Groups], [NoBias].
type ConvOption interface{ conv(*convSettings) }

// PoolOption changes a pooling layer: [Stride], [Padding], [KernelWidth], and [Dilation] for a maximum or
// [CountIncludePad] for a mean.
type PoolOption interface{ pool() autograd.WindowOption }

// WindowOption is an option of convolutions and of pooling. Where it takes numbers for the axes, one number counts for
// both, two are of the height and the width. Numbers that cannot be panic with an [*autograd.UsageError].
type WindowOption struct {
	op    autograd.WindowOption
	width int // of the kernel, if the option sets it
}

// Stride is how far the window moves at each step, 1 or more: 1 for a convolution and the size of the window for pooling
// unless this option says otherwise.
func Stride(s ...int) WindowOption {
	checkNumbers("stride", 1, s)
	return WindowOption{op: autograd.Stride(s...)}
}

// Padding is how many elements are added on either side of an axis: 0 unless this option says otherwise. Convolutions
// and means see zeros there, maxima nothing.
func Padding(p ...int) WindowOption {
	checkNumbers("padding", 0, p)
	return WindowOption{op: autograd.Padding(p...)}
}

// Dilation is the distance between elements that meet neighbours of the kernel: 1 unless this option says otherwise.
func Dilation(d ...int) WindowOption {
	checkNumbers("dilation", 1, d)
	return WindowOption{op: autograd.Dilation(d...)}
}

// KernelWidth makes a kernel of two axes wider or narrower than high.
func KernelWidth(w int) WindowOption {
	checkNumbers("kernel width", 1, []int{w})
	return WindowOption{op: autograd.KernelWidth(w), width: w}
}

func (o WindowOption) pool() autograd.WindowOption { return o.op }

func (o WindowOption) conv(s *convSettings) {
	if o.width > 0 {
		s.width = o.width
		return
	}
	s.ops = append(s.ops, o.op)
}

type groupsOption int

// Groups cuts the channels of a convolution into so many parts, each of which sees its own input channels only. As many
// groups as channels make it depthwise.
func Groups(g int) ConvOption {
	checkNumbers("groups", 1, []int{g})
	return groupsOption(g)
}

func (o groupsOption) conv(s *convSettings) {
	s.groups = int(o)
	s.ops = append(s.ops, autograd.Groups(int(o)))
}

func (o BiasOption) conv(s *convSettings) { s.noBias = o.none }

type countPadOption bool

// CountIncludePad says whether padding counts in the means of pooling, as it does unless this option says otherwise.
func CountIncludePad(yes bool) PoolOption { return countPadOption(yes) }

func (o countPadOption) pool() autograd.WindowOption { return autograd.CountIncludePad(bool(o)) }

func checkNumbers(name string, least int, values []int) {
	if len(values) < 1 || len(values) > 2 {
		misuse(name, "one number is needed, or two of height and width, not %d", len(values))
	}
	for _, v := range values {
		if v < least {
			misuse(name, "must be %d or more, not %d", least, v)
		}
	}
}
