package autograd

import "fmt"

// WindowOption says how the window of a convolution or of pooling moves over its input. The names are PyTorch's. Where
// an option takes numbers for the axes, one number counts for both, two are of the height and the width. An option that
// the op does not have, or a number that cannot be, panics with a [*UsageError].
type WindowOption struct {
	kind   windowOption
	values [2]int
	count  int // of values given
}

type windowOption uint8

const (
	strideOption windowOption = 1 << iota
	paddingOption
	dilationOption
	groupsOption
	kernelWidthOption
	countPaddingOption
)

// String returns PyTorch's name for the option.
func (k windowOption) String() string {
	switch k {
	case strideOption:
		return "stride"
	case paddingOption:
		return "padding"
	case dilationOption:
		return "dilation"
	case groupsOption:
		return "groups"
	case kernelWidthOption:
		return "kernel width"
	}
	return "count_include_pad"
}

// Stride is how far the window moves at each step, 1 or more. A convolution's is 1 and that of pooling the size of its
// window, unless this option says otherwise.
func Stride(s ...int) WindowOption { return optionOf(strideOption, s) }

// Padding is how many elements are added on either side of an axis, 0 unless this option says otherwise: zeros for a
// convolution and for averages, nothing for a maximum. Pooling takes at most half of its window.
func Padding(p ...int) WindowOption { return optionOf(paddingOption, p) }

// Dilation is the distance between elements that meet neighbours of the kernel, 1 unless this option says otherwise.
// Average pooling has none.
func Dilation(d ...int) WindowOption { return optionOf(dilationOption, d) }

// Groups cuts the channels of a convolution into so many parts, each of which sees its own input channels only. As many
// groups as channels make it depthwise.
func Groups(g int) WindowOption { return optionOf(groupsOption, []int{g}) }

// KernelWidth makes the window of pooling over two axes wider or narrower than high.
func KernelWidth(w int) WindowOption { return optionOf(kernelWidthOption, []int{w}) }

// CountIncludePad says whether padding counts in the averages of pooling, as it does unless this option says otherwise.
func CountIncludePad(yes bool) WindowOption {
	if yes {
		return optionOf(countPaddingOption, []int{1})
	}
	return optionOf(countPaddingOption, []int{0})
}

func optionOf(kind windowOption, values []int) WindowOption {
	o := WindowOption{kind: kind, count: len(values)}
	copy(o.values[:], values)
	return o
}

// window is how a kernel of some size moves over the last axes of an input: height and width, or one axis, which is a
// width under a height of 1.
type window struct {
	kernel, stride, padding, dilation [2]int
	groups                            int
	excludePadding                    bool
}

// windowOf applies options to the defaults. A stride of 0 stands for the default until then.
func windowOf(op string, axes int, kernel [2]int, has windowOption, opts []WindowOption) window {
	w := window{kernel: kernel, dilation: [2]int{1, 1}, groups: 1}
	if has&groupsOption != 0 {
		w.stride = [2]int{1, 1}
	}
	given := false
	for _, o := range opts {
		if o.kind&has == 0 {
			misuse(op, "%v is no option of it", o.kind)
		}
		given = given || o.kind == strideOption
		w.apply(op, axes, o)
	}
	for i := range w.kernel {
		if w.kernel[i] < 1 {
			misuse(op, "the kernel must be 1 or more, not %s", numbers(w.kernel, axes))
		}
		if !given && has&groupsOption == 0 {
			w.stride[i] = w.kernel[i]
		}
		if has&groupsOption == 0 && 2*w.padding[i] > w.kernel[i] {
			misuse(op, "padding must be at most half of the kernel's %s, not %s", numbers(w.kernel, axes), numbers(w.padding, axes))
		}
	}
	return w
}

// apply sets what one option says.
func (w *window) apply(op string, axes int, o WindowOption) {
	switch o.kind {
	case strideOption:
		w.stride = o.pair(op, axes, 1)
	case paddingOption:
		w.padding = o.pair(op, axes, 0)
	case dilationOption:
		w.dilation = o.pair(op, axes, 1)
	case groupsOption:
		w.groups = o.atLeast(op, 1)[0]
	case kernelWidthOption:
		w.kernel[1] = o.atLeast(op, 1)[0]
	case countPaddingOption:
		w.excludePadding = o.values[0] == 0
	}
}

// pair returns an option's numbers for height and width. One axis has the height's neutral number, which is the least.
func (o WindowOption) pair(op string, axes, least int) [2]int {
	if o.count == 0 || o.count > axes {
		misuse(op, "%v takes one number, or one for each of %d axes, not %d numbers", o.kind, axes, o.count)
	}
	v := o.atLeast(op, least)
	switch {
	case axes == 1:
		return [2]int{least, v[0]}
	case o.count == 1:
		return [2]int{v[0], v[0]}
	}
	return v
}

func (o WindowOption) atLeast(op string, least int) [2]int {
	for _, v := range o.values[:min(o.count, len(o.values))] {
		if v < least {
			misuse(op, "%v must be %d or more, not %d", o.kind, least, v)
		}
	}
	return o.values
}

// reach is how many elements of an axis the kernel spans.
func (w *window) reach(axis int) int { return (w.kernel[axis]-1)*w.dilation[axis] + 1 }

// steps returns where the kernel has room on inputs of the given height and width: the height and width of the result,
// or false if it has none.
func (w *window) steps(in [2]int) (out [2]int, ok bool) {
	for i := range in {
		free := in[i] + 2*w.padding[i] - w.reach(i)
		if free < 0 {
			return out, false
		}
		out[i] = free/w.stride[i] + 1
	}
	return out, true
}

// checkRoom panics unless the kernel has room on x.
func (x *Tensor[T]) checkRoom(op string, axes int, w *window, in [2]int, others ...*Tensor[T]) (out [2]int) {
	out, ok := w.steps(in)
	if !ok {
		reach := numbers([2]int{w.reach(0), w.reach(1)}, axes)
		padded := numbers([2]int{in[0] + 2*w.padding[0], in[1] + 2*w.padding[1]}, axes)
		x.mismatch(op, "the kernel spans "+reach+" elements, but the padded input has only "+padded, others...)
	}
	return out
}

// numbers writes what belongs to height and width, or to the width alone.
func numbers(v [2]int, axes int) string {
	if axes == 1 {
		return fmt.Sprint(v[1])
	}
	return fmt.Sprintf("%d by %d", v[0], v[1])
}
