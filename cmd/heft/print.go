package main

import (
	"github.com/spf13/cobra"
)

func newPrint() *cobra.Command {
	var asJSON, full, ascii bool
	cmd := &cobra.Command{
		Use:   "print FILE TENSOR[SLICE]",
		Short: "Print values of a tensor",
		Long: `Print values of a tensor, or of a part of it: indices and ranges of its dimensions as NumPy has them, without steps. Blocks
of GGUF are printed as the numbers they stand for. Of dimensions longer than 8 the ends are shown, unless --full is given.
TENSOR may be a pattern, in which * stands for any characters: of several tensors each is printed below its name.

Only the rows asked for are read; but in a compressed .npz or .pt, and of arrays in Fortran's order, the whole tensor is
unpacked for any part of it.`,
		Example: `  heft print runs/digits-1 0.weight
  heft print model.gguf "blk.0.attn_q.weight[0, :8]"
  heft print model.gguf "blk.*.attn_norm.weight[:4]"
  heft print model.safetensors "wte.weight[-1]" --json`,
		ValidArgsFunction: completeFiles(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			f, err := openWeights(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			expressions, err := f.Expressions(args[1])
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			for _, expression := range expressions {
				a, err := f.Slice(expression)
				if err != nil {
					return err
				}
				switch {
				case asJSON:
					err = a.WriteJSON(out)
				case len(expressions) > 1:
					err = a.WriteNamed(out, layoutOf(out, ascii), full)
				default:
					err = a.WriteText(out, layoutOf(out, ascii), full)
				}
				if err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object a tensor, with all values to their last digit; NaN, Infinity and -Infinity as texts")
	cmd.Flags().BoolVar(&full, "full", false, "print all values")
	cmd.Flags().BoolVar(&ascii, "ascii", false, "use ASCII characters alone")
	return cmd
}
