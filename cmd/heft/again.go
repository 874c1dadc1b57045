package main

import (
	"encoding/csv"
	"regexp"
	"strings"

	"github.com/spf13/pflag"

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
		words[i] = shellWord(w)
	}
	return strings.Join(words, " ")
}

// flagText returns what sets a flag to its value.
func flagText(f *pflag.Flag) string {
	list, ok := f.Value.(pflag.SliceValue)
	if !ok {
		return f.Value.String()
	}
	var b strings.Builder
	out := csv.NewWriter(&b)
	out.Write(list.GetSlice()) // to memory
	out.Flush()
	return strings.TrimSuffix(b.String(), "\n")
}

// plain matches words that no shell changes.
var plain = regexp.MustCompile(`^[A-Za-z0-9_./:,+@%=-]+$`)

// shellWord quotes a word as POSIX shells read it.
func shellWord(word string) string {
	if plain.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}
