package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/train"
)

func newTrain() *cobra.Command {
	shown := train.Default("digits")
	var out string
	var quiet, force, summary bool
	cmd := &cobra.Command{
		Use:   "train [" + strings.Join(data.Names(), "|") + "]",
		Short: "Train a network and save its weights",
		Long: `Train a network and leave a folder with

  model.safetensors  the weights, with the recipe that makes them again
  config.json        every setting of the run
  metrics.csv        losses and accuracies of every epoch
  loss.svg           the same as a picture

Without a data set it learns the handwritten digits. Defaults are those for the digits; the 2-D sets start from a small
perceptron (mlp:32,32 of tanh, xavier-uniform, no dropout, lr 0.01, 100 epochs).

Initializations (--init):
` + list(initializer.Names()) + `
Schedules (--schedule): ` + strings.Join(optim.ScheduleNames(), ", "),
		Example: `  heft train
  heft train digits --model mlp:300,100 --init xavier-uniform --optimizer sgd --momentum 0.9 --lr 0.05
  heft train spiral --model mlp:32,32 --activation tanh --epochs 100
  heft train moons --seed 7 --save-dtype bf16 --out runs/moons-bf16`,
		Args:      cobra.MaximumNArgs(1),
		ValidArgs: data.Names(),
		RunE: func(cmd *cobra.Command, args []string) error {
			name := shown.Data
			if len(args) > 0 {
				name = args[0]
			}
			c, err := given(cmd.Flags(), name)
			if err == nil {
				err = c.Check()
			}
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			dir, err := runFolder(out, c.Data, force)
			if err != nil {
				return err
			}
			r, err := train.Run(cmd.Context(), c, train.Options{Out: dir, Progress: progress(cmd.ErrOrStderr(), quiet)})
			if err != nil {
				return err
			}
			return report(cmd.OutOrStdout(), r, dir, summary)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	bind(f, &shown)
	f.StringVar(&out, "out", "", "folder to leave (default: the next free runs/DATA-N)")
	f.BoolVar(&force, "force", false, "replace the run that --out holds")
	f.BoolVar(&summary, "summary", false, "also print the layers, parameters and memory")
	f.BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	complete(cmd, "activation", nn.ActivationNames())
	names, _ := initializer.Names()
	complete(cmd, "init", names)
	complete(cmd, "optimizer", optim.OptimizerNames())
	complete(cmd, "schedule", optim.ScheduleNames())
	complete(cmd, "save-dtype", []string{"f32", "f16", "bf16"})
	return cmd
}

// bind adds a flag for every setting of a configuration, whose values are the defaults.
func bind(f *pflag.FlagSet, c *train.Config) {
	f.StringVar(&c.Model, "model", c.Model, "mlp:WIDTH,WIDTH,... (hidden layers), or mlp for none")
	f.StringVar(&c.Activation, "activation", c.Activation, strings.Join(nn.ActivationNames(), ", "))
	f.Float64Var(&c.Dropout, "dropout", c.Dropout, "probability of dropping a hidden value")
	f.StringVar(&c.Init, "init", c.Init, "what weights start as; see above")
	f.StringVar(&c.Optimizer, "optimizer", c.Optimizer, strings.Join(optim.OptimizerNames(), ", "))
	f.Float64Var(&c.LR, "lr", c.LR, "learning rate")
	f.StringVar(&c.Schedule, "schedule", c.Schedule, "what the learning rate does; see above")
	f.Float64Var(&c.WeightDecay, "weight-decay", c.WeightDecay, "pull of weights towards 0")
	f.Float64Var(&c.Momentum, "momentum", c.Momentum, "of sgd and rmsprop")
	f.Float64Var(&c.ClipNorm, "clip-norm", c.ClipNorm, "largest norm of the gradients; 0 means any")
	f.Float64Var(&c.LabelSmoothing, "label-smoothing", c.LabelSmoothing, "share of the target spread over all classes")
	f.IntVar(&c.Epochs, "epochs", c.Epochs, "runs over the training set")
	f.IntVar(&c.Batch, "batch", c.Batch, "samples a step")
	f.Float64Var(&c.Validation, "validation", c.Validation, "share of the training set held out to measure")
	f.Uint64Var(&c.Seed, "seed", c.Seed, "of weights, batches and dropout")
	f.Uint64Var(&c.DataSeed, "data-seed", c.DataSeed, "of generated points and of what is held out")
	f.Var((*dtypeFlag)(&c.SaveDType), "save-dtype", "f32, f16 or bf16")
}

// given returns the configuration for a data set: its own defaults, and what flags were given.
func given(flags *pflag.FlagSet, name string) (c train.Config, err error) {
	c = train.Default(name)
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	bind(own, &c)
	flags.Visit(func(f *pflag.Flag) {
		if own.Lookup(f.Name) != nil && err == nil {
			err = own.Set(f.Name, f.Value.String())
		}
	})
	return c, err
}

// list sets names and what they mean in two columns.
func list(names, about []string) string {
	var b strings.Builder
	for i, n := range names {
		fmt.Fprintf(&b, "  %-18s %s\n", n, about[i])
	}
	return b.String()
}

// complete offers values of a flag to the shell.
func complete(cmd *cobra.Command, flag string, values []string) {
	if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err) // the flag does not exist: a slip in this file
	}
}

// dtypeFlag reads a dtype in either case.
type dtypeFlag dtype.DType

func (d *dtypeFlag) String() string { return strings.ToLower(dtype.DType(*d).String()) }
func (d *dtypeFlag) Type() string   { return "dtype" }
func (d *dtypeFlag) Set(text string) error {
	v, err := dtype.Parse(text)
	if err == nil {
		*d = dtypeFlag(v)
	}
	return err
}

// runFolder returns the folder for a run: the one asked for, which must not hold a run unless force says so, or the next
// free one.
func runFolder(out, name string, force bool) (string, error) {
	if out != "" {
		if _, err := os.Stat(filepath.Join(out, train.WeightsFile)); err == nil && !force {
			return "", fmt.Errorf("%s holds a run already: choose another --out, or replace it with --force", out)
		}
		return out, nil
	}
	for i := 1; ; i++ {
		dir := filepath.Join("runs", fmt.Sprintf("%s-%d", name, i))
		if _, err := os.Lstat(dir); os.IsNotExist(err) {
			return dir, nil
		} else if err != nil {
			return "", err
		}
	}
}

func progress(w io.Writer, quiet bool) train.Progress {
	f, ok := w.(*os.File)
	switch {
	case quiet:
		return nil
	case ok && term.IsTerminal(int(f.Fd())):
		return train.NewBar(w)
	}
	return train.NewLines(w)
}

// report prints what came of a run.
func report(w io.Writer, r *train.Result, dir string, summary bool) error {
	if summary {
		features := r.Store.Params()[0].Shape[1]
		if err := nn.Summarize(r.Store, r.Model, 1, features).Write(w); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "test accuracy %.2f%%  loss %.4f  (%d samples, trained in %.1f s)\n", 100*r.Test.Accuracy, r.Test.Loss, r.Test.Samples, r.Elapsed.Seconds())
	for _, name := range []string{train.WeightsFile, train.ConfigFile, train.MetricsFile, train.PlotFile} {
		if _, err := fmt.Fprintln(w, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}
