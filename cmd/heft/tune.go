package main

import (
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/train"
	"github.com/heft-ml/heft/train/tune"
)

// tuneOptions are the flags that are no settings of a training.
type tuneOptions struct {
	grid, ranges                     []string
	random, seeds, jobs              int
	rank, shard, dataDir, out, again string
	quiet                            bool
}

func newTune() *cobra.Command {
	shown := train.Default("digits")
	var o tuneOptions
	cmd := &cobra.Command{
		Use:   "tune [" + strings.Join(data.Names(), "|") + "|csv:PATH|images:DIR|text[:PATH]]",
		Short: "Search for the best settings: a grid, or at random",
		Long: `Train with many settings, rank them by their score on the validation part, and leave a folder with

  tune.json      the plan
  trial-0001     the run of the first trial, as 'heft train' leaves it, and so on
  results.csv    all trials that are done, the best first

Every setting of 'heft train' can be searched; its help lists the values. Settings given plainly hold for all trials.
A search over optimizers keeps the learning rate that suits adamw, and one over models the settings that suit the data; give
each its own search, or a range of lr.

  --grid NAME=VALUE,VALUE,...   tries every value, with every combination of the other grids. If a semicolon stands
                                anywhere in it, semicolons separate the values instead of commas, and one may follow the
                                last: "model=mlp:64;mlp:64,64" has two values, "model=mlp:64,64;" has one. The values of
                                a name given again are added.
  --random N                    draws N settings instead: from grids, each value as often, and from ranges.
  --range NAME=LOW..HIGH:SCALE  a range to draw from: linear (the default), log (the logarithm evenly), or int (whole
                                numbers, both ends included). What is drawn follows from --seed alone.
  --seeds K                     trains every setting with K seeds, from --seed on, and ranks by the mean.

The rank is by the validation loss of the weights that a trial keeps (the last, or with --patience the best), or with
--rank score by its accuracy, or R2 in regression. The test part plays no role; the best setting alone is scored on it, when
all trials are done. Losses of a text are in nats a character, and so compare between tokenizers; with characters as tokens
these are the losses that 'heft train' shows.

Ctrl-C stops a search, and --resume goes on, to the same results as if it had never been stopped; so does the same command
with the same --out, and so it is after a crash. Several machines that share a folder divide the work by --shard 1/3, --shard
2/3 and --shard 3/3; results.csv comes out the same. A trial whose numbers overflow counts as failed and does not stop the
others.`,
		Example: `  heft tune moons --grid lr=0.003,0.01,0.03 --grid "model=mlp:16;mlp:32,32" --seeds 3
  heft tune digits --random 20 --range lr=1e-4..1e-1:log --range dropout=0..0.5 --grid optimizer=adamw,sgd --patience 5
  heft tune csv:houses.csv --target price --grid init=kaiming-normal,orthogonal --out runs/houses-init --jobs 2
  heft tune text --steps 500 --random 12 --range lr=3e-4..1e-2:log --grid tokenizer=chars,bpe:512 \
      --grid "model=gpt:layers=2,width=64;gpt:layers=4,width=128;charrnn"
  heft tune --resume runs/moons-tune-1
  heft tune digits --grid batch=16,32,64 --out /shared/batch --shard 2/3`,
		ValidArgs: append(data.Names(), "text"),
		RunE:      func(cmd *cobra.Command, args []string) error { return runTune(cmd, args, o) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringArrayVar(&o.grid, "grid", nil, "NAME=VALUE,VALUE,...: values to try; can be given for several settings")
	f.StringArrayVar(&o.ranges, "range", nil, "NAME=LOW..HIGH:SCALE: what to draw from, linear, log or int; needs --random")
	f.IntVar(&o.random, "random", 0, "how many settings to draw; 0 tries every combination of the grids")
	f.IntVar(&o.seeds, "seeds", 1, "trials of every setting, each with another seed")
	f.StringVar(&o.rank, "rank", string(tune.ByLoss), "loss, or score: what the best setting is best at")
	f.StringVar(&o.out, "out", "", "folder of the search (default: the next free runs/DATA-tune-N)")
	f.StringVar(&o.again, "resume", "", "go on with the search of this folder; takes no settings")
	f.StringVar(&o.shard, "shard", "", "I/N: train every N-th trial only, from the I-th; needs --out or --resume")
	f.IntVar(&o.jobs, "jobs", 1, "trials at once")
	f.StringVar(&o.dataDir, "data", "", "folder to look for data files in")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show no progress")
	bind(f, &shown)
	completeSettings(cmd)
	return cmd
}

func runTune(cmd *cobra.Command, args []string, o tuneOptions) error {
	opts := tune.Options{Jobs: o.jobs, Progress: tuneProgress(cmd.ErrOrStderr(), o.quiet), Data: dataOptions(o.dataDir)}
	if err := o.check(cmd.Flags(), args); err != nil {
		return &usageError{cmd.CommandPath(), err}
	}
	if o.shard != "" {
		var err error
		if opts.Shard, err = tune.ParseShard(o.shard); err != nil {
			return &usageError{cmd.CommandPath(), err}
		}
	}
	dir := cmp.Or(o.again, o.out)
	var plan *tune.Plan
	var err error
	if o.again != "" {
		if plan, err = tune.Load(dir, set); err != nil {
			return err
		}
	} else {
		name := cmp.Or(first(args), "digits")
		if plan, err = o.plan(cmd.Flags(), name); err != nil {
			return &usageError{cmd.CommandPath(), err}
		}
		var made []string
		if dir, made, err = runFolder(o.out, label(name)+"-tune"); err != nil {
			return err
		}
		defer removeEmpty(made)
	}
	results, err := tune.Run(cmd.Context(), dir, plan, opts)
	if err != nil {
		return err
	}
	return reportTune(cmd.OutOrStdout(), results, dir, o)
}

// check finds flags that do not go together.
func (o tuneOptions) check(flags *pflag.FlagSet, args []string) error {
	if o.jobs < 1 {
		return fmt.Errorf("--jobs is %d, but must be 1 or more", o.jobs)
	}
	if o.again == "" {
		if o.shard != "" && o.out == "" {
			return fmt.Errorf("--shard is for a folder that several processes share: name it with --out")
		}
		return nil
	}
	name := settingGiven(flags)
	for _, other := range []string{"grid", "range", "random", "seeds", "rank", "out"} {
		if flags.Changed(other) {
			name = other
		}
	}
	if name != "" || len(args) > 0 {
		return fmt.Errorf("--resume goes on with a search as it is: leave out the data set, --out and settings such as --%s", cmp.Or(name, "grid"))
	}
	return nil
}

// plan reads the flags that say what is searched.
func (o tuneOptions) plan(flags *pflag.FlagSet, name string) (*tune.Plan, error) {
	c, err := given(flags, name)
	if err != nil {
		return nil, err
	}
	space := tune.Space{Random: o.random, Seeds: o.seeds, Rank: tune.Rank(o.rank)}
	if space.Grid, err = tune.ParseGrid(o.grid); err != nil {
		return nil, err
	}
	for _, text := range o.ranges {
		r, err := tune.ParseRange(text)
		if err != nil {
			return nil, err
		}
		space.Ranges = append(space.Ranges, r)
	}
	for _, varied := range space.Varied() {
		if flags.Lookup(varied) != nil && flags.Changed(varied) {
			return nil, fmt.Errorf("--%s is given, and searched: leave one of them out", varied)
		}
	}
	if o.seeds < 1 {
		return nil, fmt.Errorf("--seeds is %d, but must be 1 or more", o.seeds)
	}
	return tune.NewPlan(c, space, set)
}

// set is the tune.Setter of the flags that bind adds.
func set(c *train.Config, name, value string) error {
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	bind(own, c)
	f := own.Lookup(name)
	if f == nil {
		return fmt.Errorf("no setting is called %.40q: 'heft train --help' lists them", name)
	}
	if err := own.Set(name, value); err != nil || !finite(f) {
		what := ""
		if w, plain := wants[f.Value.Type()]; plain {
			what = ", which wants " + w
		}
		return fmt.Errorf("%.40q is no value of %s%s", value, name, what)
	}
	return nil
}

func tuneProgress(w io.Writer, quiet bool) tune.Progress {
	switch {
	case quiet:
		return nil
	case isTerminal(w):
		return tune.NewBar(w, widthOf(w))
	}
	return tune.NewLines(w)
}

// reportTune prints what came of a search, and how to go on.
func reportTune(w io.Writer, r *tune.Results, dir string, o tuneOptions) error {
	if err := r.WriteText(w, widthOf(w)); err != nil {
		return err
	}
	fmt.Fprintln(w, filepath.Join(dir, tune.ResultsFile))
	best := r.Best()
	var err error
	switch {
	case best != nil:
		_, err = fmt.Fprintln(w, "to train the best again:", trainLine(best.Config, o.dataDir))
	case r.Complete():
		err = r.Err()
	default:
		_, err = fmt.Fprintln(w, "to go on: heft tune --resume", shell.Word(dir))
	}
	return err
}
