package main

import (
	"context"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	labreport "github.com/heft-ml/heft/lab/report"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func newLabInit() *cobra.Command {
	study := lab.DefaultStudy()
	var schemes, out string
	var jobs int
	var force, quiet bool
	names, about := initializer.Names()
	cmd := &cobra.Command{
		Use:   "init",
		Short: "Set initialization schemes side by side, and leave a report",
		Long: `Train the same network on the same data from several starts, and show what each does: how large the signal and the
gradient are from layer to layer before training, how activations are distributed, which units are silent, how the loss falls,
and what trained networks make of the data.

Without flags it takes the six classic cases: all zeros, too small, too large, Xavier, Kaiming and orthogonal. The folder then holds

  report.html    a page to read, print or show: it needs no network and no script
  NAME.svg       each of its figures
  NAME.csv       and their numbers

Schemes for --schemes, separated by commas:
` + list(append(names, lab.LSUVScheme), append(about, "orthogonal, then scaled layer by layer on a batch to variance 1")),
		Example: `  heft lab init
  heft lab init --activation tanh --depth 10
  heft lab init --data digits --schemes "xavier-normal,kaiming-normal,normal(0,0.05)" --lr 0.02
  heft lab init --activation identity --depth 50 --schemes "kaiming-normal(gain=1),orthogonal"`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			study.Cases = study.Setup.Classic()
			var err error
			if schemes != "" {
				if study.Cases, err = lab.ParseCases(schemes); err != nil {
					return &usageError{cmd.CommandPath(), err}
				}
			}
			if err := study.Check(); err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			if err := checkJobs(jobs); err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return leaveReport(cmd, out, "init", force, func(ctx context.Context) (*labreport.Report, error) {
				progress, stop := countProgress(cmd.ErrOrStderr(), quiet, "steps")
				defer stop()
				findings, err := study.Run(ctx, jobs, progress)
				if err != nil {
					return nil, err
				}
				return labreport.New(findings), nil
			})
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	s := &study.Setup
	f.StringVar(&s.Data, "data", s.Data, "data set: "+dataSets())
	f.IntVar(&s.Depth, "depth", s.Depth, "hidden layers")
	f.IntVar(&s.Width, "width", s.Width, "units of each")
	f.StringVar(&s.Activation, "activation", s.Activation, strings.Join(nn.ActivationNames(), ", "))
	bindResidual(f, s)
	f.StringVar(&schemes, "schemes", "", "what to compare (default: the six classic cases)")
	f.StringVar(&s.Optimizer, "optimizer", s.Optimizer, strings.Join(optim.OptimizerNames(), ", "))
	f.Float64Var(&s.LR, "lr", s.LR, "learning rate")
	f.Float64Var(&s.Momentum, "momentum", s.Momentum, "of sgd, rmsprop and muon")
	f.IntVar(&s.Batch, "batch", s.Batch, "samples a step")
	f.IntVar(&s.Steps, "steps", s.Steps, "steps to train; 0 looks at the start alone")
	f.Uint64Var(&s.Seed, "seed", s.Seed, "the first seed, of weights and batches")
	f.IntVar(&study.Seeds, "seeds", study.Seeds, "networks of every scheme, each with another seed")
	f.StringVar(&out, "out", "", "folder of the report (default: the next free runs/init-N)")
	f.BoolVar(&force, "force", false, "write into --out even if it holds a report or a run")
	f.IntVar(&jobs, "jobs", runtime.GOMAXPROCS(0), "networks at once")
	f.BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	completeLabSettings(cmd)
	return cmd
}
