package main

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/train"
)

func newEval() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "eval RUN [" + strings.Join(data.Names(), "|") + "]",
		Short: "Score the weights of a run on the test part of a data set",
		Long: `Score the weights that 'heft train' left in the folder RUN on the test part of a data set: the run's own unless
another is named.`,
		Example: `  heft eval runs/digits-1
  heft eval runs/moons-1 circles --json`,
		Args: cobra.RangeArgs(1, 2),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) == 1 {
				return data.Names(), cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			c, store, model, err := train.Open(args[0])
			if err != nil {
				return err
			}
			own, test, err := data.Open(c.Data, c.DataSeed)
			if err != nil {
				return err
			}
			if len(args) == 2 {
				if _, test, err = data.Open(args[1], c.DataSeed); err != nil {
					return &usageError{cmd.CommandPath(), err}
				}
			}
			if test.Features() != own.Features() || len(test.Classes) != len(own.Classes) {
				return fmt.Errorf("%s was trained on %s (%d features, %d classes), but %s has %d features and %d classes",
					args[0], c.Data, own.Features(), len(own.Classes), test.Name, test.Features(), len(test.Classes))
			}
			score := train.Evaluate(store, model, test)
			if asJSON {
				return json.NewEncoder(cmd.OutOrStdout()).Encode(struct {
					Data string `json:"data"`
					train.Score
				}{test.Name, score})
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "%s: accuracy %.2f%%  loss %.4f  (%d samples)\n", test.Name, 100*score.Accuracy, score.Loss, score.Samples)
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	return cmd
}
