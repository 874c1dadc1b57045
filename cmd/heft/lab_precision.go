package main

import (
	"context"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/lab"
	labreport "github.com/heft-ml/heft/lab/report"
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
that leave no trace because they are less than half of the distance to the next number. A network is called dead where a layer
returns 0 for every sample: it has nothing left to lose. The folder then holds report.html, and
the figures as SVG and CSV files; one table has each format's digits, range and epsilon.`,
		Example: `  heft lab precision
  heft lab precision --scheme xavier-normal --lr 0.005
  heft lab precision --data digits --activation tanh --depth 4 --optimizer adamw --lr 1e-4`,
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
	f.StringVar(&p.Setup.Data, "data", p.Setup.Data, "data set: "+dataSets())
	bindSetup(f, &p.Setup)
	f.Uint64Var(&p.Setup.Seed, "seed", p.Setup.Seed, "the first seed, of weights and batches")
	f.IntVar(&p.Seeds, "seeds", p.Seeds, "trainings in every format, each with another seed")
	f.StringVar(&out, "out", "", "folder of the report (default: the next free runs/precision-N)")
	f.BoolVar(&force, "force", false, "write into --out even if it holds a report or a run")
	f.IntVar(&jobs, "jobs", runtime.GOMAXPROCS(0), "trainings at once")
	f.BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	completeLabSettings(cmd)
	return cmd
}
