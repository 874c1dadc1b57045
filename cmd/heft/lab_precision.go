package main

import (
	"context"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
	labreport "github.com/heft-ml/heft/lab/report"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

func newLabPrecision() *cobra.Command {
	p := lab.DefaultPrecision()
	var out string
	var jobs int
	var force, quiet bool
	cmd := &cobra.Command{
		Use:   "precision",
		Short: "Train one network in several number formats, and count what rounding takes",
		Long: `Train the same network with its weights, activations and gradients rounded to float32, bfloat16 and half precision, to half
precision with loss scaling, and to that with weights in float32. Counted are values that become 0 or infinite, and updates
that leave no trace because they are less than half of the distance to the next number. The folder then holds report.html, and
the figures as SVG and CSV files; one table has each format's digits, range and epsilon.`,
		Example: `  heft lab precision
  heft lab precision --scheme xavier-normal --lr 0.005
  heft lab precision --data digits --activation tanh --depth 4 --optimizer adamw --lr 1e-4`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := p.Check(); err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			if err := checkJobs(jobs); err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return leaveReport(cmd, out, "precision", force, func(ctx context.Context) (*labreport.Report, error) {
				progress, stop := countProgress(cmd.ErrOrStderr(), quiet, "steps")
				defer stop()
				findings, err := p.Run(ctx, jobs, progress)
				if err != nil {
					return nil, err
				}
				return labreport.NewPrecision(findings), nil
			})
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	bindSetup(f, &p.Setup)
	f.IntVar(&p.Seeds, "seeds", p.Seeds, "trainings in every format, each with another seed")
	f.StringVar(&out, "out", "", "folder of the report (default: the next free runs/precision-N)")
	f.BoolVar(&force, "force", false, "write into --out even if it holds a report or a run")
	f.IntVar(&jobs, "jobs", runtime.GOMAXPROCS(0), "trainings at once")
	f.BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	completeLabSettings(cmd)
	return cmd
}

// bindSetup adds the flags of an experiment.
func bindSetup(f *pflag.FlagSet, s *lab.Setup) {
	f.StringVar(&s.Data, "data", s.Data, "data set: "+strings.Join(data.Names(), ", "))
	f.IntVar(&s.Depth, "depth", s.Depth, "hidden layers")
	f.IntVar(&s.Width, "width", s.Width, "units of each")
	f.StringVar(&s.Activation, "activation", s.Activation, strings.Join(nn.ActivationNames(), ", "))
	f.StringVar(&s.Scheme, "scheme", s.Scheme, "how weights start: see 'heft lab init --help'")
	f.StringVar(&s.Optimizer, "optimizer", s.Optimizer, strings.Join(optim.OptimizerNames(), ", "))
	f.Float64Var(&s.LR, "lr", s.LR, "learning rate")
	f.Float64Var(&s.Momentum, "momentum", s.Momentum, "of sgd, rmsprop and muon")
	f.IntVar(&s.Batch, "batch", s.Batch, "samples a step")
	f.IntVar(&s.Steps, "steps", s.Steps, "steps to train")
	f.Uint64Var(&s.Seed, "seed", s.Seed, "the first seed, of weights and batches")
}
