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
	var asJSON, stats, ascii bool
	cmd := &cobra.Command{
		Use:   "inspect FILE [PATTERN...]",
		Short: "Show what a weights file holds",
		Long: `Show what a weights file holds: its modules and tensors with their kind, dtype and shape, layers of the same form
together; what they take in memory; its tokenizer and metadata; and, if 'heft train' left it, the recipe that makes it
again. With --stats the values are read, too: percentiles, mean and deviation, zeros, NaN and infinities, how much the
largest row stands out, the spectral norm, a histogram.

FILE is a weights file of any format ('heft convert --help' lists them), the index of many, or the folder of a run or of a
model. A PATTERN chooses tensors by their names: * stands for any characters.`,
		Example: `  heft inspect runs/digits-1
  heft inspect model.gguf
  heft inspect model.safetensors --stats "*.attn.*"
  heft inspect runs/digits-1 --json | jq '.recipe.config.seed'`,
		ValidArgsFunction: completeFiles(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			opts := []inspect.Option{inspect.KindsFrom(train.ReadKinds), inspect.RecipeFrom(train.ReadRecipe), inspect.Only(args[1:]...)}
			if stats {
				opts = append(opts, inspect.WithStats())
			}
			r, err := inspect.File(cmd.Context(), args[0], opts...)
			if err != nil {
				return interrupted(withoutWeights(args[0], err), "interrupted")
			}
			out := cmd.OutOrStdout()
			if asJSON {
				return r.WriteJSON(out)
			}
			return r.WriteText(out, layoutOf(out, ascii))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print one JSON object")
	cmd.Flags().BoolVar(&stats, "stats", false, "read the values and measure them, not the header only")
	cmd.Flags().BoolVar(&ascii, "ascii", false, "draw with ASCII characters, and escape all others")
	return cmd
}

// completeFiles lets a shell complete the first n arguments as paths, and nothing after them.
func completeFiles(n int) cobra.CompletionFunc {
	return func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
		if len(args) >= n {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return nil, cobra.ShellCompDirectiveDefault
	}
}

// layoutOf is the paper that w is.
func layoutOf(w io.Writer, ascii bool) inspect.Layout {
	return inspect.Layout{Width: widthOf(w), ASCII: ascii || !speaksUnicode(os.Getenv), Whole: !isTerminal(w)}
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
