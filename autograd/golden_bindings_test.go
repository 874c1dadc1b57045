package autograd_test

import (
	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/internal/golden"
)

// A goldenCase is a case of ops.json. Arguments have PyTorch's names.
type goldenCase struct{ *golden.OpCase }

// A goldenOp runs a case on the inputs x.
type goldenOp[T autograd.Float] func(c goldenCase, x []*tensor[T]) *tensor[T]

// goldenOps binds every op of ops.json.
func goldenOps[T autograd.Float]() map[string]goldenOp[T] {
	ops := map[string]goldenOp[T]{
		"matmul": func(c goldenCase, x []*tensor[T]) *tensor[T] {
			var opts []autograd.MatMulOption
			if golden.Arg(&c.Args, "transpose_a", false) {
				opts = append(opts, autograd.TransA())
			}
			if golden.Arg(&c.Args, "transpose_b", false) {
				opts = append(opts, autograd.TransB())
			}
			return x[0].MatMul(x[1], opts...)
		},
		"linear": func(_ goldenCase, x []*tensor[T]) *tensor[T] { return x[0].Linear(x[1], optional(x, 2)) },
		"layer_norm": func(c goldenCase, x []*tensor[T]) *tensor[T] {
			return x[0].LayerNorm(optional(x, 1), optional(x, 2), c.float("eps"))
		},
		"rms_norm": func(c goldenCase, x []*tensor[T]) *tensor[T] { return x[0].RMSNorm(optional(x, 1), c.float("eps")) },
		"batch_norm": func(c goldenCase, x []*tensor[T]) *tensor[T] {
			c.float("momentum") // TestBatchNormStatisticsMatchPyTorch needs it
			y, _, _ := x[0].BatchNorm(x[1], x[2], c.float("eps"))
			return y
		},
		"batch_norm_inference": func(c goldenCase, x []*tensor[T]) *tensor[T] {
			return x[0].BatchNormInference(x[1], x[2], goldenState[T](c, "running_mean"), goldenState[T](c, "running_var"), c.float("eps"))
		},
		"embedding": func(c goldenCase, x []*tensor[T]) *tensor[T] { return x[0].Embedding(c.labels()) },
	}
	for _, family := range []map[string]goldenOp[T]{
		goldenArithmetic[T](), goldenActivations[T](), goldenReductions[T](), goldenMovements[T](), goldenLosses[T](), goldenPlanes[T](), goldenRecurrence[T](), goldenAttention[T](),
	} {
		for name, op := range family {
			ops[name] = op
		}
	}
	return ops
}

func goldenArithmetic[T autograd.Float]() map[string]goldenOp[T] {
	type tensor = autograd.Tensor[T]
	return map[string]goldenOp[T]{
		"add":        func(_ goldenCase, x []*tensor) *tensor { return x[0].Add(x[1]) },
		"sub":        func(_ goldenCase, x []*tensor) *tensor { return x[0].Sub(x[1]) },
		"mul":        func(_ goldenCase, x []*tensor) *tensor { return x[0].Mul(x[1]) },
		"div":        func(_ goldenCase, x []*tensor) *tensor { return x[0].Div(x[1]) },
		"neg":        func(_ goldenCase, x []*tensor) *tensor { return x[0].Neg() },
		"add_scalar": func(c goldenCase, x []*tensor) *tensor { return x[0].AddScalar(T(c.float("value"))) },
		"mul_scalar": func(c goldenCase, x []*tensor) *tensor { return x[0].MulScalar(T(c.float("value"))) },
		"clamp":      func(c goldenCase, x []*tensor) *tensor { return x[0].Clamp(T(c.float("min")), T(c.float("max"))) },
		"where":      func(c goldenCase, x []*tensor) *tensor { return x[0].Where(c.mask(), x[1]) },
		"exp":        func(_ goldenCase, x []*tensor) *tensor { return x[0].Exp() },
		"log":        func(_ goldenCase, x []*tensor) *tensor { return x[0].Log() },
		"sqrt":       func(_ goldenCase, x []*tensor) *tensor { return x[0].Sqrt() },
		"abs":        func(_ goldenCase, x []*tensor) *tensor { return x[0].Abs() },
		"pow":        func(c goldenCase, x []*tensor) *tensor { return x[0].Pow(T(c.float("exponent"))) },
	}
}

func goldenActivations[T autograd.Float]() map[string]goldenOp[T] {
	type tensor = autograd.Tensor[T]
	return map[string]goldenOp[T]{
		"relu":        func(_ goldenCase, x []*tensor) *tensor { return x[0].ReLU() },
		"leaky_relu":  func(c goldenCase, x []*tensor) *tensor { return x[0].LeakyReLU(T(c.float("negative_slope"))) },
		"elu":         func(c goldenCase, x []*tensor) *tensor { return x[0].ELU(T(c.float("alpha"))) },
		"selu":        func(_ goldenCase, x []*tensor) *tensor { return x[0].SELU() },
		"gelu":        func(_ goldenCase, x []*tensor) *tensor { return x[0].GELU() },
		"gelu_tanh":   func(_ goldenCase, x []*tensor) *tensor { return x[0].GELUTanh() },
		"silu":        func(_ goldenCase, x []*tensor) *tensor { return x[0].SiLU() },
		"swiglu":      func(_ goldenCase, x []*tensor) *tensor { return x[0].SwiGLU(x[1]) },
		"geglu":       func(_ goldenCase, x []*tensor) *tensor { return x[0].GeGLU(x[1]) },
		"sigmoid":     func(_ goldenCase, x []*tensor) *tensor { return x[0].Sigmoid() },
		"log_sigmoid": func(_ goldenCase, x []*tensor) *tensor { return x[0].LogSigmoid() },
		"tanh":        func(_ goldenCase, x []*tensor) *tensor { return x[0].Tanh() },
		"softplus":    func(_ goldenCase, x []*tensor) *tensor { return x[0].Softplus() },
		"softmax":     func(c goldenCase, x []*tensor) *tensor { return x[0].Softmax(c.int("dim")) },
		"log_softmax": func(c goldenCase, x []*tensor) *tensor { return x[0].LogSoftmax(c.int("dim")) },
	}
}

func goldenReductions[T autograd.Float]() map[string]goldenOp[T] {
	type tensor = autograd.Tensor[T]
	return map[string]goldenOp[T]{
		"sum":       func(c goldenCase, x []*tensor) *tensor { return x[0].Sum(c.ints("axes")...) },
		"mean":      func(c goldenCase, x []*tensor) *tensor { return x[0].Mean(c.ints("axes")...) },
		"max":       func(c goldenCase, x []*tensor) *tensor { return x[0].Max(c.ints("axes")...) },
		"min":       func(c goldenCase, x []*tensor) *tensor { return x[0].Min(c.ints("axes")...) },
		"logsumexp": func(c goldenCase, x []*tensor) *tensor { return x[0].LogSumExp(c.ints("axes")...) },
		"var": func(c goldenCase, x []*tensor) *tensor {
			return x[0].Var(c.int("correction"), c.ints("axes")...)
		},
		"std": func(c goldenCase, x []*tensor) *tensor {
			return x[0].Std(c.int("correction"), c.ints("axes")...)
		},
	}
}

func goldenMovements[T autograd.Float]() map[string]goldenOp[T] {
	type tensor = autograd.Tensor[T]
	return map[string]goldenOp[T]{
		"reshape":   func(c goldenCase, x []*tensor) *tensor { return x[0].Reshape(c.ints("shape")...) },
		"flatten":   func(c goldenCase, x []*tensor) *tensor { return x[0].Flatten(c.int("start_dim")) },
		"unsqueeze": func(c goldenCase, x []*tensor) *tensor { return x[0].Unsqueeze(c.int("dim")) },
		"squeeze":   func(c goldenCase, x []*tensor) *tensor { return x[0].Squeeze(c.int("dim")) },
		"permute":   func(c goldenCase, x []*tensor) *tensor { return x[0].Permute(c.ints("dims")...) },
		"transpose": func(c goldenCase, x []*tensor) *tensor {
			axes := c.ints("axes")
			return x[0].Transpose(axes[0], axes[1])
		},
		"slice": func(c goldenCase, x []*tensor) *tensor {
			return x[0].Slice(c.int("axis"), c.int("start"), c.int("end"))
		},
		"select": func(c goldenCase, x []*tensor) *tensor { return x[0].Select(c.int("dim"), c.int("index")) },
		"concat": func(c goldenCase, x []*tensor) *tensor { return autograd.Concat(c.int("axis"), x...) },
		"stack":  func(c goldenCase, x []*tensor) *tensor { return autograd.Stack(c.int("axis"), x...) },
		"gather": func(c goldenCase, x []*tensor) *tensor { return x[0].Gather(c.int("axis"), c.labels()) },
	}
}

func goldenLosses[T autograd.Float]() map[string]goldenOp[T] {
	type tensor = autograd.Tensor[T]
	return map[string]goldenOp[T]{
		"cross_entropy": func(c goldenCase, x []*tensor) *tensor {
			opts := []autograd.LossOption{c.reduction(), autograd.LabelSmoothing(golden.Arg(&c.Args, "label_smoothing", 0.0))}
			if c.Args.Has("ignore_index") {
				opts = append(opts, autograd.IgnoreIndex(c.int("ignore_index")))
			}
			return x[0].CrossEntropy(c.labels(), opts...)
		},
		"bce_with_logits": func(c goldenCase, x []*tensor) *tensor {
			opts := []autograd.LossOption{c.reduction()}
			if c.Args.Has("pos_weight") {
				opts = append(opts, autograd.PosWeight(golden.Arg(&c.Args, "pos_weight", []float64(nil))...))
			}
			return x[0].BCEWithLogits(x[1], opts...)
		},
		"nll": func(c goldenCase, x []*tensor) *tensor {
			opts := []autograd.LossOption{c.reduction()}
			if c.Args.Has("ignore_index") {
				opts = append(opts, autograd.IgnoreIndex(c.int("ignore_index")))
			}
			return x[0].NLL(c.labels(), opts...)
		},
		"kl_div": func(c goldenCase, x []*tensor) *tensor {
			opts := []autograd.LossOption{c.reduction()}
			if golden.Arg(&c.Args, "log_target", false) {
				opts = append(opts, autograd.LogTarget())
			}
			return x[0].KLDiv(x[1], opts...)
		},
		"mse": func(c goldenCase, x []*tensor) *tensor { return x[0].MSE(x[1], c.reduction()) },
		"l1":  func(c goldenCase, x []*tensor) *tensor { return x[0].L1(x[1], c.reduction()) },
		"huber": func(c goldenCase, x []*tensor) *tensor {
			return x[0].Huber(x[1], c.float("delta"), c.reduction())
		},
	}
}

func (c goldenCase) reduction() autograd.LossOption {
	kinds := map[string]autograd.Reduce{"mean": autograd.ReduceMean, "sum": autograd.ReduceSum, "none": autograd.ReduceNone, "batchmean": autograd.ReduceBatchMean}
	return autograd.Reduction(kinds[golden.Arg(&c.Args, "reduction", "mean")])
}

func (c goldenCase) float(name string) float64 { return golden.Arg(&c.Args, name, 0.0) }
func (c goldenCase) int(name string) int       { return golden.Arg(&c.Args, name, 0) }
func (c goldenCase) ints(name string) []int    { return golden.Arg(&c.Args, name, []int(nil)) }

func (c goldenCase) labels() autograd.Labels {
	return autograd.LabelsOf(c.Labels.Data, c.Labels.Shape...)
}
func (c goldenCase) mask() autograd.Mask { return autograd.MaskOf(c.Mask.Bools(), c.Mask.Shape...) }

// goldenState returns running statistics, which are constants of the op.
func goldenState[T autograd.Float](c goldenCase, name string) *tensor[T] {
	x := c.State[name]
	return autograd.From(golden.As[T](x.Data), x.Shape...)
}

// optional returns an input, or nil for one that the case leaves out.
func optional[T autograd.Float](x []*tensor[T], i int) *tensor[T] {
	if i < len(x) {
		return x[i]
	}
	return nil
}
