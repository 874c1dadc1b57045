package main

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/train"
)

func newReproduce() *cobra.Command {
	var dataDir string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "reproduce FILE",
		Short: "Train again from a weights file's recipe, and compare bit for bit",
		Long: `Train again from the recipe in a weights file (or a run's folder), and compare the result with the file bit for bit.
If they differ, say where first, and what is not as it was: the weights, a setting, the data, Heft's version, the
processor. The data are looked for beside the file too. Exit code 0 means bit-equal, 1 that they differ or that it could not be tried.`,
		Example: `  heft reproduce runs/digits-1
  heft reproduce houses.safetensors --data ~/data`,
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := train.Reproduce(cmd.Context(), args[0], train.Options{
				Progress: progress(cmd.ErrOrStderr(), quiet), Data: dataOptions(dataDir),
			})
			if err != nil {
				return notOfRun(args[0], err)
			}
			printChanges(cmd.OutOrStdout(), r.Causes)
			if d := r.First; d != nil {
				text := fmt.Sprintf("not reproduced: %s differs first at %d: the file has %v, the recipe gives %v", d.Tensor, d.Index, d.File, d.Made)
				if len(r.Causes) > 0 {
					text += ": " + strings.Join(r.Causes, "; ")
				}
				return errors.New(text)
			}
			_, err = fmt.Fprintf(cmd.OutOrStdout(), "bit-equal: %s, %d values as %v, by heft %s on %s/%s\n",
				count(r.Tensors, "tensor"), r.Values, r.Recipe.Config.SaveDType, r.Recipe.Version, r.Recipe.Arch, r.Recipe.SIMD)
			return err
		},
	}
	cmd.Flags().StringVar(&dataDir, "data", "", "folder to look for data files in")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	return cmd
}

// printChanges tells what is not as it was when a weights file was made.
func printChanges(w io.Writer, changes []string) {
	for _, c := range changes {
		fmt.Fprintln(w, "changed:", c)
	}
}
