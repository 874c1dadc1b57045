package main

import "github.com/spf13/cobra"

func newLab() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "lab",
		Short: "See what initialization does to a network",
		Long: `Experiments on how networks start: what becomes of the signal on its way up, of the gradient on its way down, and of the
loss.`,
		Example: `  heft lab init
  heft lab init --activation tanh --depth 10
  heft lab theory --activation tanh
  heft lab sweep --depths 5,20,50
  heft lab precision
  heft lab same
  heft lab paper lsuv`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(newLabInit(), newLabMerge(), newLabPaper(), newLabPrecision(), newLabSame(), newLabSweep(), newLabTheory(), newLabPlay())
	return cmd
}
