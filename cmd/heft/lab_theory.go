package main

import (
	"context"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/lab"
	labreport "github.com/heft-ml/heft/lab/report"
	"github.com/heft-ml/heft/nn"
)

func newLabTheory() *cobra.Command {
	theory := lab.DefaultTheory(lab.Default().Activation)
	var schemes, out string
	var jobs int
	var force, quiet bool
	cmd := &cobra.Command{
		Use:   "theory",
		Short: "Set what networks do before training beside what mean-field theory predicts",
		Long: `Draw many networks, and compare the mean squares of activations and of gradients in each hidden layer with those that
mean-field theory predicts from the scheme's variance alone: the limit of infinitely wide layers, and the terms of 1/N that
layers of N units have. Nothing is trained. How far the two are apart is given in standard errors of the measured mean. Deep and
narrow networks of one scheme differ by much: where theory says that it takes more of them to tell, the report says how many.

Without --schemes it takes those of the classic cases that promise a variance. The folder then holds report.html, and the
figures as SVG and CSV files.`,
		Example: `  heft lab theory
  heft lab theory --activation tanh --depth 30 --width 200
  heft lab theory --activation gelu --schemes "lecun-uniform,orthogonal,normal(0,0.1)" --nets 400`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			theory = theory.Classic()
			var err error
			if schemes != "" {
				if theory.Cases, err = lab.ParseCases(schemes); err != nil {
					return &usageError{cmd.CommandPath(), err}
				}
			}
			if err := theory.Check(); err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			if err := checkJobs(jobs); err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return leaveReport(cmd, out, "theory", force, func(ctx context.Context) (*labreport.Report, error) {
				progress, stop := countProgress(cmd.ErrOrStderr(), quiet, "networks")
				defer stop()
				findings, err := theory.Run(ctx, jobs, progress)
				if err != nil {
					return nil, err
				}
				return labreport.NewTheory(findings), nil
			})
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	s := &theory.Setup
	f.StringVar(&s.Data, "data", s.Data, "data set whose samples go in: "+dataSets())
	f.IntVar(&s.Depth, "depth", s.Depth, "hidden layers")
	f.IntVar(&s.Width, "width", s.Width, "units of each")
	f.StringVar(&s.Activation, "activation", s.Activation, strings.Join(nn.ActivationNames(), ", "))
	bindResidual(f, s)
	f.StringVar(&schemes, "schemes", "", "what to compare (default: the classic cases that promise a variance)")
	f.IntVar(&theory.Nets, "nets", theory.Nets, "networks of every scheme, each with another seed: 30 or more, but 30 are too few to tell for nearly every network")
	f.Uint64Var(&s.Seed, "seed", s.Seed, "the first seed")
	f.StringVar(&out, "out", "", "folder of the report (default: the next free runs/theory-N)")
	f.BoolVar(&force, "force", false, "write into --out even if it holds a report or a run")
	f.IntVar(&jobs, "jobs", runtime.GOMAXPROCS(0), "networks at once")
	f.BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	completeLabSettings(cmd)
	return cmd
}
