package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// bindSetup adds the flags that experiments of a single start have in common: of the network and its training.
func bindSetup(f *pflag.FlagSet, s *lab.Setup) {
	f.IntVar(&s.Depth, "depth", s.Depth, "hidden layers")
	f.IntVar(&s.Width, "width", s.Width, "units of each")
	f.StringVar(&s.Activation, "activation", s.Activation, strings.Join(nn.ActivationNames(), ", "))
	f.StringVar(&s.Scheme, "scheme", s.Scheme, "how weights start: see 'heft lab init --help'")
	f.StringVar(&s.Optimizer, "optimizer", s.Optimizer, strings.Join(optim.OptimizerNames(), ", "))
	f.Float64Var(&s.LR, "lr", s.LR, "learning rate")
	f.Float64Var(&s.Momentum, "momentum", s.Momentum, "of sgd, rmsprop and muon")
	f.IntVar(&s.Batch, "batch", s.Batch, "samples a step")
	f.IntVar(&s.Steps, "steps", s.Steps, "steps to train")
}
