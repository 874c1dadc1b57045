package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/tokenizer"
	"github.com/heft-ml/heft/train"
)

// bind adds a flag for every setting of a configuration, whose values are the defaults.
func bind(f *pflag.FlagSet, c *train.Config) {
	f.StringVar(&c.Target, "target", c.Target, "csv: the column to predict")
	f.StringVar(&c.Task, "task", c.Task, "csv: classification or regression (default: classification of text and of at most 20 whole numbers)")
	f.StringSliceVar(&c.Categories, "category", c.Categories, "csv: columns whose cells are names, even if they look like numbers")
	f.StringSliceVar(&c.Drop, "drop", c.Drop, "csv: columns to leave out")
	f.StringVar(&c.Tokenizer, "tokenizer", c.Tokenizer, "text: "+strings.Join(tokenizer.Names(), " or ")+" (a vocabulary of byte pairs)")
	f.IntVar(&c.Channels, "channels", c.Channels, "images: 1 for gray, 3 for color (default: as the files are)")
	f.StringVar(&c.ImageSize, "image-size", c.ImageSize, "images: bring all to WIDTHxHEIGHT, as in 28x28")
	f.Float64Var(&c.Test, "test", c.Test, "share kept to test with in the end, where the set has no test part of its own")
	f.Float64Var(&c.Validation, "validation", c.Validation, "share of the rest that is held out to watch the training")
	f.Uint64Var(&c.Spec.Seed, "data-seed", c.Spec.Seed, "of generated points and of the division")
	f.StringVar(&c.Model, "model", c.Model, "mlp:WIDTH,WIDTH,... (hidden layers), or another; see above")
	f.StringVar(&c.Activation, "activation", c.Activation, strings.Join(nn.ActivationNames(), ", "))
	f.Float64Var(&c.Dropout, "dropout", c.Dropout, "probability of dropping a hidden value")
	f.StringVar(&c.Init, "init", c.Init, "what weights start as; see above")
	f.StringVar(&c.Optimizer, "optimizer", c.Optimizer, strings.Join(optim.OptimizerNames(), ", "))
	f.Float64Var(&c.LR, "lr", c.LR, "learning rate")
	f.StringVar(&c.Schedule, "schedule", c.Schedule, "what the learning rate does; see above")
	f.Float64Var(&c.WeightDecay, "weight-decay", c.WeightDecay, "pull of weights towards 0")
	f.Float64Var(&c.Momentum, "momentum", c.Momentum, "of sgd, rmsprop and muon; 0 is none, and 0.95 for muon")
	f.Float64Var(&c.Beta2, "beta2", c.Beta2, "of adam, adamw and nadam: decay of the average of squared gradients; 0 is 0.999")
	f.StringVar(&c.Augment, "augment", c.Augment, "images: shift:PIXELS, flip and normalize, joined by commas")
	f.Float64Var(&c.ClipNorm, "clip-norm", c.ClipNorm, "largest norm of the gradients; 0 means any")
	f.Float64Var(&c.EMA, "ema", c.EMA, "decay of an average of the weights, as 0.99, which is scored and saved in their place; 0 is off")
	f.Float64Var(&c.LabelSmoothing, "label-smoothing", c.LabelSmoothing, "share of the target spread over all classes")
	f.IntVar(&c.Epochs, "epochs", c.Epochs, "runs over the training set")
	f.IntVar(&c.Steps, "steps", c.Steps, "text: batches to learn from, in place of epochs")
	f.IntVar(&c.EvalEvery, "eval-every", c.EvalEvery, "text: steps from one look at the held-out part to the next")
	f.IntVar(&c.Patience, "patience", c.Patience, "stop after so many epochs without a better validation loss, and keep the best; 0 never does")
	f.IntVar(&c.Batch, "batch", c.Batch, "samples a step; of a text, windows")
	f.Uint64Var(&c.Seed, "seed", c.Seed, "of weights, batches and dropout")
	f.Var((*dtypeFlag)(&c.SaveDType), "save-dtype", "f32, f16 or bf16")
}

// given returns the configuration for a data set: its defaults and those of the model, and what flags were given.
func given(flags *pflag.FlagSet, name string) (c train.Config, err error) {
	asked := func(flag string) (value string) {
		if f := flags.Lookup(flag); f != nil && f.Changed {
			value = f.Value.String()
		}
		return value
	}
	c = train.DefaultFor(name, asked("model"))
	if o := asked("optimizer"); o != "" {
		c = c.WithOptimizer(o)
	}
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	bind(own, &c)
	flags.Visit(func(f *pflag.Flag) {
		if setting := own.Lookup(f.Name); setting != nil && err == nil {
			if list, ok := f.Value.(pflag.SliceValue); ok {
				err = setting.Value.(pflag.SliceValue).Replace(list.GetSlice())
			} else {
				err = own.Set(f.Name, f.Value.String())
			}
		}
	})
	return c, err
}

// settingGiven returns the first flag on the command line that is a setting of the configuration.
func settingGiven(flags *pflag.FlagSet) (name string) {
	settings := pflag.NewFlagSet("", pflag.ContinueOnError)
	bind(settings, new(train.Config))
	flags.Visit(func(f *pflag.Flag) {
		if name == "" && settings.Lookup(f.Name) != nil {
			name = f.Name
		}
	})
	return name
}

// completeSettings offers the values of settings to the shell.
func completeSettings(cmd *cobra.Command) {
	schemes, _ := initializer.Names()
	networks, _ := train.ModelNames()
	for flag, values := range map[string][]string{
		"activation": nn.ActivationNames(),
		"model":      networks,
		"init":       schemes,
		"optimizer":  optim.OptimizerNames(),
		"schedule":   optim.ScheduleNames(),
		"save-dtype": {"f32", "f16", "bf16"},
		"task":       {data.Classification, data.Regression},
	} {
		if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic(err) // the flag does not exist: a slip in this file
		}
	}
}

// dtypeFlag reads a dtype in either case.
type dtypeFlag dtype.DType

func (d *dtypeFlag) String() string { return strings.ToLower(dtype.DType(*d).String()) }
func (d *dtypeFlag) Type() string   { return "dtype" }
func (d *dtypeFlag) Set(text string) error {
	v, err := parseDType(text, savedAs)
	if err == nil {
		*d = dtypeFlag(v)
	}
	return err
}

// list sets names and what they mean in two columns.
func list(names, about []string) string {
	var b strings.Builder
	for i, n := range names {
		fmt.Fprintf(&b, "  %-18s %s\n", n, about[i])
	}
	return b.String()
}
