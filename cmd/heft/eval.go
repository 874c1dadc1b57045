package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/train"
)

func newEval() *cobra.Command {
	var asJSON bool
	var dataDir string
	cmd := &cobra.Command{
		Use:   "eval RUN [" + strings.Join(data.Names(), "|") + "|csv:PATH]",
		Short: "Score the weights of a run on the test part of a data set",
		Long: `Score the weights that 'heft train' left in the folder RUN (or a weights file of it) on the test part of a data set:
the run's own unless another is named, or on all rows of csv:PATH. Classification is told class by class, with the
confusion matrix. A model of text is scored on the part of its text that was held out. Weights that were changed after
training are scored as they are, and said to be changed.

The run's own data are looked for by their path from the current folder, in the folder of --data, in that of the run and
in the two around it.`,
		Example: `  heft eval runs/digits-1
  heft eval runs/moons-1 circles --json`,
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return data.Names(), cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := train.Open(args[0])
			var text *train.TextError
			if errors.As(err, &text) {
				return evalText(cmd, args, asJSON, dataDir)
			}
			if err != nil {
				return notOfRun(args[0], err)
			}
			other := ""
			if len(args) == 2 {
				other = args[1]
			}
			set, err := m.TestSet(other, dataOptions(dataDir)...)
			if err != nil {
				return err
			}
			changes, err := m.Changes()
			if err != nil {
				return err
			}
			a := m.Assess(set)
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(struct {
					Data    string   `json:"data"`
					Changed []string `json:"changed,omitempty"`
					train.Assessment
				}{set.Name, changes, a})
			}
			printChanges(cmd.OutOrStdout(), changes)
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %v  (%d samples)\n", set.Name, a.Score, a.Samples)
			if len(a.Classes) > 0 {
				fmt.Fprintln(cmd.OutOrStdout())
			}
			return a.Write(cmd.OutOrStdout())
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().StringVar(&dataDir, "data", "", "folder to look for data files in")
	return cmd
}

// evalText scores a model of text.
func evalText(cmd *cobra.Command, args []string, asJSON bool, dataDir string) error {
	if len(args) == 2 {
		return fmt.Errorf("%s is a model of text, which is scored on its own text alone: leave out %q", args[0], args[1])
	}
	m, err := train.OpenText(args[0])
	if err != nil {
		return notOfRun(args[0], err)
	}
	text, err := m.HeldOut(dataOptions(dataDir)...)
	if err != nil {
		return err
	}
	changes, err := m.Changes()
	if err != nil {
		return err
	}
	score := m.Evaluate(text)
	if asJSON {
		return json.NewEncoder(cmd.OutOrStdout()).Encode(struct {
			Data    string   `json:"data"`
			Changed []string `json:"changed,omitempty"`
			train.Score
		}{text.Name, changes, score})
	}
	printChanges(cmd.OutOrStdout(), changes)
	_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: %v  (%d tokens)\n", text.Name, score, score.Samples)
	return err
}
