package main

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/train"
)

func newCompare() *cobra.Command {
	var asJSON bool
	var plot string
	cmd := &cobra.Command{
		Use:   "compare RUN...",
		Short: "Set runs side by side: what differs, and what came of it",
		Long: `Set runs side by side, finished or not: the settings that are not the same in all of them, the epochs done, the best
and the last validation score, the test score, the seconds. RUN is a folder that 'heft train' left, or a trial of 'heft tune'.

With --out, one picture shows the validation loss of every run over its epochs; of a run that held nothing out, the
training loss.`,
		Example: `  heft compare runs/digits-1 runs/digits-2
  heft compare runs/moons-* --out moons.svg
  heft compare runs/moons-tune-1/trial-* --json | jq '.runs[].test.accuracy'`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if plot != "" && !strings.EqualFold(filepath.Ext(plot), ".svg") {
				return &usageError{cmd.CommandPath(), fmt.Errorf("--out writes SVG: give %q a name that ends in .svg", plot)}
			}
			c, err := train.Compare(args...)
			if err != nil {
				return err
			}
			if plot != "" {
				if err := c.SavePlot(plot); err != nil {
					return err
				}
			}
			if asJSON {
				return c.WriteJSON(cmd.OutOrStdout())
			}
			return c.WriteText(cmd.OutOrStdout(), widthOf(cmd.OutOrStdout()))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().StringVar(&plot, "out", "", "also draw the losses: the SVG file to write")
	return cmd
}
