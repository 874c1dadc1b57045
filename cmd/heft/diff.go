package main

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/inspect"
)

func newDiff() *cobra.Command {
	var tolerance inspect.Tolerance
	var asJSON, ascii bool
	cmd := &cobra.Command{
		Use:   "diff A B [PATTERN...]",
		Short: "Compare two weights files",
		Long: `Compare two weights files of any formats, tensor by tensor: those that one file alone has, shapes, and values as numbers.
Of each tensor that differs it shows how many values do, the largest absolute and relative difference, the most steps of
the coarser of the two formats between two values (of floats), and the cosine between the tensors as vectors.

Values a and b are equal when |a-b| <= atol + rtol |b|. Formats may differ: "recast" is no difference. Exit codes are
those of diff: 0 nothing differs, 1 something does, 2 a file cannot be read.`,
		Example: `  heft diff before.safetensors after.safetensors
  heft diff model.safetensors model.gguf --atol 1e-3 "*.attn.*"
  heft diff runs/digits-1 runs/digits-2 --json | jq '.modules'`,
		ValidArgsFunction: completeFiles(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !(tolerance.Abs >= 0) || !(tolerance.Rel >= 0) {
				return &usageError{cmd.CommandPath(), errors.New("a tolerance is 0 or more")}
			}
			c, err := compareFiles(cmd.Context(), args[0], args[1], tolerance, args[2:])
			if err != nil {
				return trouble(err)
			}
			out := cmd.OutOrStdout()
			if asJSON {
				err = c.WriteJSON(out)
			} else {
				err = c.WriteText(out, layoutOf(out, ascii))
			}
			if err == nil && !c.Equal() {
				return &verdict{code: exitFinding}
			}
			return trouble(err)
		},
	}
	cmd.Flags().Float64Var(&tolerance.Abs, "atol", 0, "absolute difference that counts as none")
	cmd.Flags().Float64Var(&tolerance.Rel, "rtol", 0, "relative difference that counts as none")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().BoolVar(&ascii, "ascii", false, "escape all but ASCII characters")
	return cmd
}

// compareFiles opens two weights files and compares them.
func compareFiles(ctx context.Context, a, b string, tolerance inspect.Tolerance, patterns []string) (*inspect.Comparison, error) {
	first, err := openWeights(a)
	if err != nil {
		return nil, err
	}
	defer first.Close()
	second, err := openWeights(b)
	if err != nil {
		return nil, err
	}
	defer second.Close()
	return inspect.Compare(ctx, first, second, tolerance, patterns...)
}
