package main

import (
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/train"
)

func newInspect() *cobra.Command {
	var asJSON, noStats, ascii bool
	cmd := &cobra.Command{
		Use:   "inspect FILE",
		Short: "Show what a weights file holds",
		Long: `Show what a weights file holds: its tensors with their kind, dtype, shape and the distribution of their values; what
they take in memory; its metadata; and, if 'heft train' left it, the recipe that makes it again.

FILE is any .safetensors file, or the folder of a run.`,
		Example: `  heft inspect runs/digits-1
  heft inspect model.safetensors --no-stats
  heft inspect runs/digits-1 --json | jq '.recipe.config.seed'`,
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			opts := []inspect.Option{inspect.KindsFrom(train.ReadKinds), inspect.RecipeFrom(train.ReadRecipe)}
			if noStats {
				opts = append(opts, inspect.WithoutStats())
			}
			r, err := inspect.File(cmd.Context(), args[0], opts...)
			if err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			if asJSON {
				return r.WriteJSON(out)
			}
			return r.WriteText(out, inspect.Layout{Width: widthOf(out), ASCII: ascii || !speaksUnicode(os.Getenv)})
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().BoolVar(&noStats, "no-stats", false, "read the header only, none of the values")
	cmd.Flags().BoolVar(&ascii, "ascii", false, "draw histograms with ASCII characters, and escape all others")
	return cmd
}

// fileWidth is how many columns a line has that no terminal bounds.
const fileWidth = 120

// widthOf returns the width of the terminal behind w, and a fixed one when w is none.
func widthOf(w io.Writer) int {
	if f, ok := w.(*os.File); ok {
		if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
			return width
		}
	}
	return fileWidth
}

// speaksUnicode tells from the environment whether a terminal shows more than ASCII: it does not when the locale names
// another encoding than UTF-8, or on terminals known to lack the characters. Without a locale, UTF-8 is the custom.
func speaksUnicode(getenv func(string) string) bool {
	if kind := getenv("TERM"); kind == "dumb" || kind == "linux" {
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} { // POSIX: the first that is set decides
		if locale := strings.ToLower(getenv(name)); locale != "" {
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return true
}
