package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/inspect"
)

func newMerge() *cobra.Command {
	var force, quiet bool
	cmd := &cobra.Command{
		Use:   "merge FOLDER|INDEX|SHARD OUT",
		Short: "Make one weights file of many",
		Long: `Make one weights file of a model in many: of its folder, its index (model.safetensors.index.json), or any one of its files.
The format stays. OUT appears when all of it has been written, read back and compared.`,
		Example: `  heft merge model-shards model.safetensors
  heft merge model-00001-of-00003.gguf model.gguf`,
		ValidArgsFunction: completeFiles(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			format, err := formatOf(args[1], "")
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			if err := vacant(args[1], force); err != nil {
				return err
			}
			source, err := inspect.OpenSet(args[0])
			if err != nil {
				return err
			}
			defer source.Close()
			if source.Format() != format {
				return fmt.Errorf("%q is %s, and %q would be %s: 'heft convert' merges and changes the format", source.Path, source.Format(), args[1], format)
			}
			if err := notOneOf(source, args[1]); err != nil {
				return err
			}
			o := convert.Options{Format: format}
			stop := converting(cmd, quiet, &o)
			r, err := convert.File(cmd.Context(), source, args[1], o)
			stop()
			if err != nil {
				return interrupted(err, unchanged)
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), summary(args[1], format, r))
			return err
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "replace OUT if it is there")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	return cmd
}
