package main

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/train"
)

func newGenerate() *cobra.Command {
	prompt, length := "\n", 500
	how := models.Sampling{Temperature: 0.8, Seed: 1}
	cmd := &cobra.Command{
		Use:   "generate RUN",
		Short: "Let a model of text write",
		Long: `Let the model of text in a run's folder, or in a weights file that heft trained, go on from a prompt. The text goes to
stdout as it is written, the prompt before it; Ctrl-C ends it. The same seed writes the same text. On a terminal, control
characters are shown by their codes.`,
		Example: `  heft generate runs/text-1 --prompt "The Rays of " --length 300
  heft generate runs/text-1 --temperature 0 | less
  heft generate runs/text-1 --top-k 20 --top-p 0.9 --seed 7`,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			err := how.Check()
			if err == nil && length < 1 {
				err = fmt.Errorf("length is %d, but must be 1 or more", length)
			}
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			m, err := train.OpenText(args[0])
			if err != nil {
				return notOfRun(args[0], err)
			}
			if _, err := m.Tokenizer.Encode(prompt); err != nil && !cmd.Flags().Changed("prompt") {
				return fmt.Errorf("the model knows no line break to begin with: give a --prompt (%w)", err)
			}
			tokens, err := m.Generate(cmd.Context(), prompt, length, how)
			if err != nil {
				return err
			}
			w := &characters{w: cmd.OutOrStdout(), safe: isTerminal(cmd.OutOrStdout())}
			w.write([]byte(prompt))
			for token := range tokens {
				if w.write(token); w.err != nil {
					break
				}
			}
			return w.end()
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringVar(&prompt, "prompt", prompt, "text to go on from (default: a line break)")
	f.IntVar(&length, "length", length, "tokens to write")
	f.Float64Var(&how.Temperature, "temperature", how.Temperature, "above 1 is bolder, below 1 more cautious; 0 always takes the most likely token")
	f.IntVar(&how.TopK, "top-k", how.TopK, "draw from so many of the most likely tokens; 0: from all")
	f.Float64Var(&how.TopP, "top-p", how.TopP, "draw from the most likely tokens that together have this probability; 0: from all")
	f.Uint64Var(&how.Seed, "seed", how.Seed, "of what is drawn")
	return cmd
}

func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
