package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/lab"
	labreport "github.com/heft-ml/heft/lab/report"
	"github.com/heft-ml/heft/lab/sweep"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/train/tune"
)

// sweepOptions are the flags that are no part of the grid.
type sweepOptions struct {
	out, again, shard string
	jobs              int
	quiet             bool
}

func newLabSweep() *cobra.Command {
	grid := sweep.Default()
	var schemes string
	var o sweepOptions
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Find out which start learns at which depth, over a grid of networks",
		Long: `Train the same task with every combination of starts, depths, widths, activations, learning rates and seeds, and show which
start learns at which depth. The folder then holds

  sweep.json     the grid
  runs/          a small file for each run that is done
  report.html    the page, with its figures as SVG and CSV files

Ctrl-C stops a sweep, and --resume goes on; so does the same command with the same --out. Several processes or machines divide
the runs by --shard 1/3, --shard 2/3 and --shard 3/3, in one folder that they share or in one each; 'heft lab merge' then makes
the report, which is the same whatever the sharding. An array of a job scheduler gives each of its jobs one shard.`,
		Example: `  heft lab sweep
  heft lab sweep --schemes "xavier-normal,kaiming-normal,lsuv" --activations relu,tanh --depths 5,20,50 --lrs 0.01,0.1
  heft lab sweep --out /shared/depths --shard 2/3
  heft lab sweep --resume runs/sweep-1`,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return runLabSweep(cmd, grid, schemes, o)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	b := &grid.Base
	f.StringVar(&schemes, "schemes", "", "starts, separated by commas: see 'heft lab init --help' (default: Xavier, Kaiming and orthogonal, as it has them)")
	f.IntSliceVar(&grid.Depths, "depths", grid.Depths, "numbers of hidden layers")
	f.IntSliceVar(&grid.Widths, "widths", grid.Widths, "units of each")
	f.StringSliceVar(&grid.Activations, "activations", grid.Activations, "nonlinearities")
	f.Float64SliceVar(&grid.LRs, "lrs", grid.LRs, "learning rates")
	f.StringVar(&b.Data, "data", b.Data, "data set: "+dataSets())
	bindResidual(f, b)
	f.StringVar(&b.Optimizer, "optimizer", b.Optimizer, strings.Join(optim.OptimizerNames(), ", "))
	f.Float64Var(&b.Momentum, "momentum", b.Momentum, "of sgd, rmsprop and muon")
	f.IntVar(&b.Batch, "batch", b.Batch, "samples a step")
	f.IntVar(&b.Steps, "steps", b.Steps, "steps to train")
	f.Uint64Var(&b.Seed, "seed", b.Seed, "the first seed, of weights and batches")
	f.IntVar(&grid.Seeds, "seeds", grid.Seeds, "runs of every combination, each with another seed")
	f.StringVar(&o.out, "out", "", "folder of the sweep (default: the next free runs/sweep-N)")
	f.StringVar(&o.again, "resume", "", "go on with the sweep of this folder; takes no part of a grid")
	f.StringVar(&o.shard, "shard", "", "I/N: do every N-th run only, from the I-th; needs --out or --resume")
	f.IntVar(&o.jobs, "jobs", runtime.GOMAXPROCS(0), "runs at once")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show no progress")
	completeLabSettings(cmd)
	return cmd
}

func runLabSweep(cmd *cobra.Command, grid sweep.Grid, schemes string, o sweepOptions) error {
	misuse := func(err error) error { return &usageError{cmd.CommandPath(), err} }
	if err := o.check(cmd.Flags()); err != nil {
		return misuse(err)
	}
	work := sweep.Options{Jobs: o.jobs}
	var err error
	if o.shard != "" {
		if work.Shard, err = tune.ParseShard(o.shard); err != nil {
			return misuse(err)
		}
	}
	dir := o.again
	var plan *sweep.Plan
	if o.again != "" {
		if plan, err = sweep.Load(dir); err != nil {
			return err
		}
	} else {
		if plan, err = planSweep(grid, schemes); err != nil {
			return misuse(err)
		}
		var made []string
		if dir, made, err = runFolder(o.out, "sweep"); err != nil {
			return err
		}
		defer removeEmpty(made)
		if err := refuseFile(dir, "a sweep", "--out"); err != nil {
			return err
		}
	}
	var stop func()
	work.Progress, stop = countProgress(cmd.ErrOrStderr(), o.quiet, "runs")
	err = sweep.Work(cmd.Context(), dir, plan, work)
	stop()
	if errors.Is(err, context.Canceled) {
		return errors.New(o.stopped(dir))
	}
	if err != nil {
		return err
	}
	if o.shard != "" {
		_, err := fmt.Fprintf(cmd.OutOrStdout(), "shard %s is done; when all are: heft lab merge %s\n", o.shard, shell.Path(dir))
		return err
	}
	return mergeSweep(cmd, dir, dir)
}

// stopped says how a sweep that was stopped goes on.
func (o sweepOptions) stopped(dir string) string {
	line := "heft lab sweep --resume " + shell.Word(dir)
	if o.shard != "" {
		line += " --shard " + o.shard
	}
	again := ":"
	if o.out != "" || o.again != "" { // otherwise the same command begins another folder
		again = ", give the same command again, or:"
	}
	return fmt.Sprintf("stopped; what is done stays done. To go on%s %s", again, line)
}

// check finds flags that do not go together.
func (o sweepOptions) check(flags *pflag.FlagSet) error {
	if err := checkJobs(o.jobs); err != nil {
		return err
	}
	if o.shard != "" && o.out == "" && o.again == "" {
		return fmt.Errorf("--shard is of a folder that has a name: give it with --out")
	}
	if o.again == "" {
		return nil
	}
	wrong := ""
	flags.Visit(func(f *pflag.Flag) {
		switch f.Name {
		case "resume", "shard", "jobs", "quiet":
		default:
			wrong = cmp.Or(wrong, f.Name)
		}
	})
	if wrong != "" {
		return fmt.Errorf("--resume goes on with a sweep as it is: leave out --%s", wrong)
	}
	return nil
}

func planSweep(grid sweep.Grid, schemes string) (*sweep.Plan, error) {
	grid.Schemes = sweep.DefaultSchemes(grid.Activations)
	if schemes != "" {
		cases, err := lab.ParseCases(schemes)
		if err != nil {
			return nil, err
		}
		grid.Schemes = nil
		for _, c := range cases {
			grid.Schemes = append(grid.Schemes, c.Scheme)
		}
	}
	return sweep.NewPlan(grid)
}

// mergeSweep leaves the report of a sweep, whose runs are in some folders, in a folder.
func mergeSweep(cmd *cobra.Command, out string, dirs ...string) error {
	results, err := sweep.Merge(dirs...)
	if err != nil {
		return err
	}
	return saveReport(cmd.OutOrStdout(), labreport.NewSweep(results), out)
}

func newLabMerge() *cobra.Command {
	var out string
	var force bool
	cmd := &cobra.Command{
		Use:   "merge DIR...",
		Short: "Make the report of a sweep whose shards are done",
		Long: `Gather the runs of a sweep that was divided by --shard, from the folder that its processes shared or from their folders, and
make the report: the same bytes whatever the sharding.`,
		Example: `  heft lab merge /shared/depths
  heft lab merge shard-1 shard-2 shard-3 --out runs/depths`,
		RunE: func(cmd *cobra.Command, dirs []string) error {
			if held := heldBy(out); out != "" && held != "" && !force && !slices.Contains(dirs, out) {
				return fmt.Errorf("%s holds %s already: choose another --out, or write into it with --force", out, held)
			}
			if err := refuseFile(out, "a report", "--out"); err != nil {
				return err
			}
			return mergeSweep(cmd, cmp.Or(out, dirs[0]), dirs...)
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "folder of the report (default: the first DIR)")
	cmd.Flags().BoolVar(&force, "force", false, "write into --out even if it holds a report or a run")
	return cmd
}
