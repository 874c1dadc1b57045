package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/train"
)

// trainOptions are the flags that decide no number.
type trainOptions struct {
	dataDir, out, resume         string
	force, board, summary, quiet bool
	findLR, overfit              bool
}

func newTrain() *cobra.Command {
	shown := train.Default("digits")
	var o trainOptions
	cmd := &cobra.Command{
		Use:   "train [" + strings.Join(data.Names(), "|") + "|csv:PATH|images:DIR|text[:PATH]]",
		Short: "Train a network and save its weights",
		Long: `Train a network and leave a folder with

  model.safetensors  the weights, with the recipe that makes them again
  config.json        every setting of the run
  metrics.csv        losses and scores of every epoch
  loss.svg           the same as a picture

Without a data set it learns the handwritten digits. Defaults below are those for images; tables start from mlp:64,64 with
dropout and weight decay 0.1, lr 0.003 and 100 epochs, the 2-D sets from mlp:32,32 of tanh, xavier-uniform, lr 0.01 and 100 epochs.

Of a text it learns to go on, for 'heft generate': text is Newton's Opticks, text:PATH a file in UTF-8. Defaults are gpt on
characters, 2000 steps of 12 windows, adamw with lr 0.001, beta2 0.99 and weight decay 0.1, clip norm 1, warmup, no dropout.
Losses are in nats a token; every --eval-every steps, a round, the part held out is scored, and the model writes a line. An
epoch in metrics.csv is then a round.

Ctrl-C stops a run and saves where it stands; --resume goes on, to the same bits as if it had never been stopped. So it
does after a crash: a checkpoint is written after every epoch, and every 30 seconds within one. A run that --force replaces
stays until the new one has its first.

Models (--model); those with defaults of their own leave them in config.json:
` + list(train.ModelNames()) + `
With --optimizer lion the defaults of --lr and --weight-decay are a fifth and five times those below; the other optimizers
share them. muon moves weight matrices, all but the one that makes the outputs, and leaves the rest to AdamW.

Initializations (--init), with their numbers in parentheses, as normal(0,0.02):
` + list(initializer.Names()) + `
Rules give some parameters another, by patterns of their names: --init "kaiming-normal; *.bias=normal(0,0.01); 6.*=zeros".

Schedules (--schedule): ` + strings.Join(optim.ScheduleNames(), ", "),
		Example: `  heft train
  heft train digits --model mlp:300,100 --init xavier-uniform --optimizer sgd --momentum 0.9 --lr 0.05
  heft train spiral --epochs 200 --patience 20
  heft train csv:houses.csv --target price
  heft train images:photos --image-size 32x32       (a folder of images for each class)
  heft train fashion-mnist --model mlp:300,100      (heft data fetch fashion-mnist gets it)
  heft train fashion-mnist --model resnet20         (shifts, mirrors and normalises: --augment "" leaves that out)
  heft train text                                   (a small GPT, then: heft generate runs/text-1)
  heft train text:novel.txt --model llama:layers=6,width=192,heads=6,context=128 --tokenizer bpe:1024
  heft train moons --seed 7 --save-dtype bf16 --out runs/moons-bf16
  heft train --resume runs/digits-1
  heft train csv:houses.csv --target price --overfit    (nothing learns? try this first)
  heft train csv:houses.csv --target price --find-lr`,
		ValidArgs: append(data.Names(), "text"),
		RunE:      func(cmd *cobra.Command, args []string) error { return runTrain(cmd, args, o) },
	}
	f := cmd.Flags()
	f.SortFlags = false
	bind(f, &shown)
	f.StringVar(&o.dataDir, "data", "", "folder to look for data files in")
	f.StringVar(&o.out, "out", "", "folder to leave (default: the next free runs/DATA-N)")
	f.BoolVar(&o.force, "force", false, "replace the run that --out holds, once this one has its first checkpoint")
	f.StringVar(&o.resume, "resume", "", "go on with the run of this folder that was stopped; takes no settings")
	f.BoolVar(&o.overfit, "overfit", false, "only check that the model can learn one batch by heart")
	f.BoolVar(&o.findLR, "find-lr", false, "only look for a learning rate: leaves lr.csv and lr.svg")
	f.BoolVar(&o.board, "tensorboard", false, "also write TensorBoard event files")
	f.BoolVar(&o.summary, "summary", false, "also print the layers, parameters and memory")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show no progress")
	completeSettings(cmd)
	return cmd
}

func runTrain(cmd *cobra.Command, args []string, o trainOptions) error {
	opts := train.Options{Replace: o.force, Board: o.board, Progress: progress(cmd.ErrOrStderr(), o.quiet), Data: dataOptions(o.dataDir)}
	if o.resume != "" {
		return runResume(cmd, args, o, opts)
	}
	c, err := given(cmd.Flags(), cmp.Or(first(args), "digits"))
	if err == nil {
		err = c.Check()
	}
	if err != nil {
		return &usageError{cmd.CommandPath(), err}
	}
	switch {
	case o.summary && data.IsText(c.Spec.Name):
		return &usageError{cmd.CommandPath(), fmt.Errorf("--summary is for models of samples: 'heft inspect' lists the parameters of a model of text")}
	case o.overfit && o.findLR:
		return &usageError{cmd.CommandPath(), fmt.Errorf("--overfit and --find-lr are two different checks: give one")}
	case o.overfit:
		return runOverfit(cmd, c, opts)
	}
	suffix := ""
	if o.findLR {
		suffix = "-lr"
	}
	var made []string
	if opts.Out, made, err = runFolder(o.out, label(c.Spec.Name)+suffix); err != nil {
		return err
	}
	defer removeEmpty(made)
	if o.findLR {
		return runFindLR(cmd, c, opts)
	}
	r, err := train.Run(cmd.Context(), c, opts)
	if err != nil {
		return err
	}
	return report(cmd.OutOrStdout(), r, opts.Out, o.summary)
}

func runResume(cmd *cobra.Command, args []string, o trainOptions, opts train.Options) error {
	if name := settingGiven(cmd.Flags()); name != "" || len(args) > 0 || o.out != "" {
		return &usageError{cmd.CommandPath(), fmt.Errorf(
			"--resume goes on with a run as it is: leave out the data set, --out and settings such as --%s", cmp.Or(name, "epochs"))}
	}
	r, err := train.Resume(cmd.Context(), o.resume, opts)
	var finished *train.FinishedError
	switch {
	case errors.As(err, &finished):
		_, err := fmt.Fprintln(cmd.OutOrStdout(), finished)
		return err
	case err != nil:
		return err
	}
	return report(cmd.OutOrStdout(), r, o.resume, o.summary)
}

// runOverfit fails, as a check does, when the model cannot learn a batch.
func runOverfit(cmd *cobra.Command, c train.Config, opts train.Options) error {
	r, err := train.Overfit(cmd.Context(), c, opts)
	if err != nil {
		return err
	}
	if !r.Learned {
		return errors.New(r.String())
	}
	_, err = fmt.Fprintln(cmd.OutOrStdout(), r)
	return err
}

func runFindLR(cmd *cobra.Command, c train.Config, opts train.Options) error {
	curve, err := train.FindLR(cmd.Context(), c, opts)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "try --lr %.1g (%d rates tried)\n%s\n%s\n", curve.Suggested, len(curve.Points),
		filepath.Join(opts.Out, train.LRFile), filepath.Join(opts.Out, train.LRPlotFile))
	return err
}

func progress(w io.Writer, quiet bool) train.Progress {
	switch {
	case quiet:
		return nil
	case isTerminal(w):
		return train.NewBar(w, widthOf(w))
	}
	return train.NewLines(w)
}

// dataOptions says where data files are on this machine.
func dataOptions(dir string) []data.LoadOption {
	if dir == "" {
		return nil
	}
	return []data.LoadOption{data.Dir(dir)}
}

func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

// report prints what came of a run.
func report(w io.Writer, r *train.Result, dir string, summary bool) error {
	round, counted, files := "epoch", "samples", []string{train.WeightsFile, train.ConfigFile, train.MetricsFile, train.PlotFile}
	if r.Parts != nil {
		for _, note := range r.Parts.Notes {
			fmt.Fprintln(w, "note:", note)
		}
	} else {
		round, counted, files = "round", "tokens", append(files, train.TokenizerFile)
	}
	if summary && r.Parts != nil {
		if err := nn.Summarize(r.Store, r.Model, 1, r.Parts.Train.Features()).Write(w); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	if r.Config.Patience > 0 {
		fmt.Fprintf(w, "best after %s %d of %d\n", round, r.Best, len(r.Epochs))
	}
	fmt.Fprintf(w, "test %v  (%d %s, trained in %.1f s)\n", r.Test, r.Test.Samples, counted, r.Elapsed.Seconds())
	for _, name := range files {
		if _, err := fmt.Fprintln(w, filepath.Join(dir, name)); err != nil {
			return err
		}
	}
	return nil
}
