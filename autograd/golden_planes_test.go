package autograd_test

import (
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/internal/golden"
)

// goldenPlanes binds convolutions, pooling, and what else changes planes.
func goldenPlanes[T autograd.Float]() map[string]goldenOp[T] {
	type tensor = autograd.Tensor[T]
	return map[string]goldenOp[T]{
		"conv1d": func(c goldenCase, x []*tensor) *tensor { return x[0].Conv1d(x[1], optional(x, 2), c.window()...) },
		"conv2d": func(c goldenCase, x []*tensor) *tensor { return x[0].Conv2d(x[1], optional(x, 2), c.window()...) },
		"max_pool1d": func(c goldenCase, x []*tensor) *tensor {
			return x[0].MaxPool1d(c.int("kernel_size"), c.window()...)
		},
		"max_pool2d": func(c goldenCase, x []*tensor) *tensor {
			size := c.ints("kernel_size")
			return x[0].MaxPool2d(size[0], append(c.window(), autograd.KernelWidth(size[1]))...)
		},
		"avg_pool1d": func(c goldenCase, x []*tensor) *tensor {
			return x[0].AvgPool1d(c.int("kernel_size"), c.window()...)
		},
		"avg_pool2d": func(c goldenCase, x []*tensor) *tensor {
			size := c.ints("kernel_size")
			return x[0].AvgPool2d(size[0], append(c.window(), autograd.KernelWidth(size[1]))...)
		},
		"adaptive_max_pool2d": func(c goldenCase, x []*tensor) *tensor {
			size := c.ints("output_size")
			return x[0].AdaptiveMaxPool2d(size[0], size[1])
		},
		"adaptive_avg_pool2d": func(c goldenCase, x []*tensor) *tensor {
			size := c.ints("output_size")
			return x[0].AdaptiveAvgPool2d(size[0], size[1])
		},
		"pad_constant": func(c goldenCase, x []*tensor) *tensor {
			return x[0].PadConstant(T(c.float("value")), c.ints("pad")...)
		},
		"pad_reflect":   func(c goldenCase, x []*tensor) *tensor { return x[0].PadReflect(c.ints("pad")...) },
		"pad_replicate": func(c goldenCase, x []*tensor) *tensor { return x[0].PadReplicate(c.ints("pad")...) },
		"upsample_nearest2d": func(c goldenCase, x []*tensor) *tensor {
			size := c.ints("size")
			return x[0].UpsampleNearest2d(size[0], size[1])
		},
		"upsample_bilinear2d": func(c goldenCase, x []*tensor) *tensor {
			size := c.ints("size")
			return x[0].UpsampleBilinear2d(size[0], size[1], golden.Arg(&c.Args, "align_corners", false))
		},
		"group_norm": func(c goldenCase, x []*tensor) *tensor {
			return x[0].GroupNorm(c.int("num_groups"), optional(x, 1), optional(x, 2), c.float("eps"))
		},
	}
}

// window returns the options that the case has.
func (c goldenCase) window() (opts []autograd.WindowOption) {
	for name, option := range map[string]func(...int) autograd.WindowOption{
		"stride": autograd.Stride, "padding": autograd.Padding, "dilation": autograd.Dilation,
	} {
		if c.Args.Has(name) {
			opts = append(opts, option(c.ints(name)...))
		}
	}
	if c.Args.Has("groups") {
		opts = append(opts, autograd.Groups(c.int("groups")))
	}
	if c.Args.Has("count_include_pad") {
		opts = append(opts, autograd.CountIncludePad(golden.Arg(&c.Args, "count_include_pad", true)))
	}
	return opts
}
