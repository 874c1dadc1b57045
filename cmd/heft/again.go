package main

import (
	"strings"

	"github.com/spf13/pflag"

	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/train"
)

// trainLine returns the shortest command that trains with a configuration.
func trainLine(c train.Config, dataDir string) string {
	words := []string{"heft", "train", c.Spec.Name}
	defaults := pflag.NewFlagSet("", pflag.ContinueOnError)
	own := train.DefaultFor(c.Spec.Name, c.Model)
	d := own.WithOptimizer(c.Optimizer)
	d.Model, d.Optimizer = train.Default(c.Spec.Name).Model, own.Optimizer
	bind(defaults, &d)
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.SortFlags = false
	bind(flags, &c)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Value.String() != defaults.Lookup(f.Name).Value.String() {
			words = append(words, "--"+f.Name, flagText(f))
		}
	})
	if dataDir != "" {
		words = append(words, "--data", dataDir)
	}
	for i, w := range words {
		words[i] = shell.Word(w)
	}
	return strings.Join(words, " ")
}

// flagText returns what sets a flag to its value.
func flagText(f *pflag.Flag) string {
	list, ok := f.Value.(pflag.SliceValue)
	if !ok {
		return f.Value.String()
	}
	return shell.List(list.GetSlice())
}
