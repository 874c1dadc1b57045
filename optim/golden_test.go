package optim_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/golden"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func TestOptimizersFollowPyTorchForAHundredSteps(t *testing.T) {
	t.Parallel()
	file := golden.Optim(t)
	for _, run := range file.Runs {
		t.Run(run.Name, func(t *testing.T) {
			t.Parallel()
			s := goldenStore(file)
			opt := goldenOptimizer(t, s, run.Optimizer, &run.Args)
			p := nn.NewPass(s, nn.Training)
			for i, gradient := range file.Gradients {
				step := i + 1
				p.Reset()
				grads := givenGrads(p, s, golden.As[float32](gradient))
				if limit, clipped := run.Clip["norm"]; clipped {
					assert.InEpsilon(t, run.Norms[i], grads.ClipNorm(limit), 1e-6, "norm before step %d", step)
				}
				if limit, clipped := run.Clip["value"]; clipped {
					grads.ClipValue(float32(limit))
				}
				opt.Step(grads)
				for name, want := range run.After[step] {
					assert.NoError(t, golden.Compare(want, s.Param(name).Data, ofLargest(want)), "%s after step %d", name, step)
				}
			}
		})
	}
}

func TestSchedulesGiveTheRatesOfPyTorch(t *testing.T) {
	t.Parallel()
	for _, c := range golden.Optim(t).Schedules {
		t.Run(c.Name, func(t *testing.T) {
			t.Parallel()
			s := nn.NewStore(1, initializer.Zeros())
			schedule := goldenSchedule(t, c)
			opt := optim.NewSGD(s, c.LR, optim.Scheduled(schedule))
			var rates []float64
			for step := range c.Rates {
				rates = append(rates, opt.LR())
				opt.Step(nn.Grads{})
				if len(c.Losses) > 0 {
					optim.PlateauOf(schedule).Observe(c.Losses[step])
				}
			}
			rounding := golden.Tolerance{Relative: 1e-12, Absolute: 1e-15 * c.LR} // PyTorch reaches small rates by taking from large ones
			assert.NoError(t, golden.Compare(c.Rates, rates, rounding), "value N is the rate of step N")
		})
	}
}

// ofLargest allows 1e-5 of a tensor's largest value.
func ofLargest(values golden.Numbers) golden.Tolerance {
	var largest float64
	for _, v := range values {
		largest = max(largest, v, -v)
	}
	return golden.Tolerance{Absolute: 1e-5 * largest}
}

// goldenStore holds the parameters where every run starts. All are weights, since PyTorch's weight decay is for all.
func goldenStore(file *golden.OptimFile) *nn.Store {
	s := nn.NewStore(1, initializer.Zeros())
	for _, x := range file.Params {
		p := s.Root().Param(initializer.Param{Name: x.Name, Kind: initializer.Weight, Shape: x.Shape})
		copy(p.Data, golden.As[float32](x.Data))
	}
	return s
}

// givenGrads returns the gradients that flat has one after another, as a backward pass over all parameters leaves them.
func givenGrads(p *nn.Pass, s *nn.Store, flat []float32) (grads nn.Grads) {
	for _, w := range s.Params() {
		grads.Add(p.BackwardFrom(p.Of(w), flat[:len(w.Data)]))
		flat = flat[len(w.Data):]
	}
	return grads
}

// goldenOptimizer makes the optimizer that a class of torch.optim is, with its arguments.
func goldenOptimizer(t *testing.T, s *nn.Store, class string, args *golden.Args) optim.Optimizer {
	t.Helper()
	lr := golden.Arg(args, "lr", 0.0)
	var opts []optim.Option
	for name, option := range map[string]func(float64) optim.Option{
		"momentum": optim.Momentum, "dampening": optim.Dampening, "weight_decay": optim.WeightDecay, "eps": optim.Eps,
		"momentum_decay": optim.MomentumDecay,
	} {
		if args.Has(name) {
			opts = append(opts, option(golden.Arg(args, name, 0.0)))
		}
	}
	if golden.Arg(args, "nesterov", false) {
		opts = append(opts, optim.Nesterov())
	}
	if golden.Arg(args, "centered", false) {
		opts = append(opts, optim.Centered())
	}
	if golden.Arg(args, "decoupled_weight_decay", false) {
		opts = append(opts, optim.Decoupled())
	}
	if golden.Arg(args, "adjust_lr_fn", "") == "original" {
		opts = append(opts, optim.OriginalScale())
	}
	if betas := golden.Arg(args, "betas", []float64(nil)); betas != nil {
		opts = append(opts, optim.Betas(betas[0], betas[1]))
	}
	require.Empty(t, args.Unread(), "arguments that the test overlooks")
	switch class {
	case "SGD":
		return optim.NewSGD(s, lr, opts...)
	case "Adam":
		return optim.NewAdam(s, lr, opts...)
	case "AdamW":
		return optim.NewAdamW(s, lr, opts...)
	case "RMSprop":
		return optim.NewRMSprop(s, lr, opts...)
	case "NAdam":
		return optim.NewNAdam(s, lr, opts...)
	case "Lion":
		return optim.NewLion(s, lr, opts...)
	case "Muon":
		return optim.NewMuon(s, lr, opts...)
	}
	require.Fail(t, "no optimizer for "+class)
	return nil
}

// goldenSchedule makes the schedule that a class of torch.optim.lr_scheduler is. Floors are shares of the rate here.
func goldenSchedule(t *testing.T, c golden.Schedule) optim.Schedule {
	t.Helper()
	defer func() { require.Empty(t, c.Args.Unread(), "arguments that the test overlooks") }()
	float := func(name string, absent float64) float64 { return golden.Arg(&c.Args, name, absent) }
	steps := func(name string) int { return golden.Arg(&c.Args, name, 0) }
	switch c.Schedule {
	case "StepLR":
		return optim.StepDecay(steps("step_size"), float("gamma", 0.1))
	case "CosineAnnealingLR":
		return optim.Cosine(steps("T_max"), float("eta_min", 0)/c.LR)
	case "LinearLR":
		return optim.Warmup(steps("total_iters"), float("start_factor", 0), optim.ConstantLR())
	case "OneCycleLR":
		require.Equal(t, c.LR, float("max_lr", 0))
		if golden.Arg(&c.Args, "anneal_strategy", "cos") == "linear" {
			return optim.OneCycleLinear(steps("total_steps"), float("pct_start", 0.3))
		}
		return optim.OneCycle(steps("total_steps"), float("pct_start", 0.3))
	case "ReduceLROnPlateau":
		return optim.NewPlateau(float("factor", 0.1), steps("patience"), float("threshold", 1e-4), steps("cooldown"), float("min_lr", 0)/c.LR)
	case "SequentialLR":
		return optim.Warmup(steps("warmup"), float("start_factor", 0), optim.Cosine(steps("T_max"), float("eta_min", 0)/c.LR))
	}
	require.Fail(t, "no schedule for torch.optim.lr_scheduler."+c.Schedule)
	return nil
}
