package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/internal/table"
	"github.com/heft-ml/heft/lab/paper"
)

// allPapers is the name that stands for all of them.
const allPapers = "all"

func newLabPaper() *cobra.Command {
	config := paper.Config{Seeds: paper.DefaultSeeds}
	var out string
	var asJSON, quiet bool
	cmd := &cobra.Command{
		Use:   "paper [NAME|all]...",
		Short: "Do again what papers on initialization report, and judge it",
		Long: `Make the experiment of a paper with several seeds, and tell whether the rule holds that was set for it. Without a name it lists
the papers; "all" takes some minutes.

With --out the results are written into a Markdown document, below its heading "## Papers": each paper has a part there,
which replaces an older one. Exit codes: 0 all rules hold, 1 one does not, 2 an experiment could not be made.`,
		Example: `  heft lab paper
  heft lab paper glorot-activations
  heft lab paper he-training --seeds 10 --json
  heft lab paper all --out docs/results.md`,
		ValidArgsFunction: cobra.FixedCompletions(append(paper.Names(), allPapers), cobra.ShellCompDirectiveNoFileComp),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && out != "":
				return &usageError{cmd.CommandPath(), errors.New("--out is for results: name a paper, or all")}
			case len(args) == 0 && asJSON:
				return listPapersAsJSON(cmd.OutOrStdout())
			case len(args) == 0:
				return listPapers(cmd.OutOrStdout())
			}
			chosen, err := choosePapers(args)
			if err == nil {
				err = config.Check()
			}
			if err == nil {
				err = checkJobs(config.Jobs)
			}
			if err == nil {
				err = checkDocument(out)
			}
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return reproducePapers(cmd, chosen, config, out, asJSON, quiet)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.IntVar(&config.Seeds, "seeds", config.Seeds, "how often each quantity is measured, each time with another seed")
	f.StringVar(&out, "out", "", "Markdown document to write the results into")
	f.BoolVar(&asJSON, "json", false, "print one JSON object for each paper, on a line of its own")
	f.IntVar(&config.Jobs, "jobs", runtime.GOMAXPROCS(0), "networks at once")
	f.BoolVarP(&quiet, "quiet", "q", false, "show no progress")
	return cmd
}

// listPapers writes a table of all papers.
func listPapers(w io.Writer) error {
	columns := []table.Column{{Title: "NAME"}, {Title: "CLAIM"}, {Title: "SOURCE", Expend: 1}}
	for _, p := range paper.Papers() {
		for i, cell := range []string{p.Name, p.Title, p.Source} {
			columns[i].Cells = append(columns[i].Cells, cell)
		}
	}
	return table.Write(w, widthOf(w), columns...)
}

// listPapersAsJSON writes an object for each paper, without results.
func listPapersAsJSON(w io.Writer) error {
	lines := json.NewEncoder(w)
	for _, p := range paper.Papers() {
		if err := lines.Encode(p); err != nil {
			return err
		}
	}
	return nil
}

// choosePapers finds the papers of names, each once.
func choosePapers(names []string) (chosen []paper.Paper, err error) {
	seen := map[string]bool{}
	add := func(p paper.Paper) {
		if !seen[p.Name] {
			seen[p.Name] = true
			chosen = append(chosen, p)
		}
	}
	for _, name := range names {
		if name == allPapers {
			for _, p := range paper.Papers() {
				add(p)
			}
			continue
		}
		p, err := paper.Named(name)
		if err != nil {
			return nil, err
		}
		add(p)
	}
	return chosen, nil
}

// reproducePapers makes the experiments one after another and says what each found. One that cannot be made, as for want of
// its data, does not keep the others from it.
func reproducePapers(cmd *cobra.Command, papers []paper.Paper, c paper.Config, out string, asJSON, quiet bool) error {
	w := cmd.OutOrStdout()
	var failed error
	var broken []string
	written := false
	for i, p := range papers {
		progress, stop := countProgress(cmd.ErrOrStderr(), quiet, "networks of "+p.Name)
		c.Progress = progress
		r, err := p.Reproduce(cmd.Context(), c)
		stop()
		if errors.Is(err, context.Canceled) {
			return stoppedAt(p.Name, out, written)
		}
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		if !r.Holds() {
			broken = append(broken, p.Name)
		}
		if out != "" { // at once: a later one may be interrupted
			if err := paper.UpdateDocument(out, r); err != nil {
				return err
			}
			written = true
		}
		if asJSON {
			err = r.WriteJSON(w)
		} else {
			if i > 0 {
				fmt.Fprintln(w)
			}
			err = r.WriteText(w, widthOf(w))
		}
		if err != nil {
			return err
		}
	}
	switch {
	case failed != nil:
		return trouble(failed)
	case len(broken) > 0:
		return &verdict{exitFinding, fmt.Errorf("the rule does not hold of %s", strings.Join(broken, ", "))}
	}
	return nil
}

// stoppedAt says which paper Ctrl-C cut short, and where the results of those before it are, if any were written.
func stoppedAt(name, out string, written bool) error {
	if !written {
		return fmt.Errorf("stopped in the middle of %s", name)
	}
	return fmt.Errorf("stopped in the middle of %s: %s has what was done before it", name, out)
}

// checkDocument finds out whether a document can be written there, before minutes are spent on what is to stand in it.
func checkDocument(out string) error {
	if out == "" {
		return nil
	}
	switch info, err := os.Stat(out); {
	case err == nil && info.IsDir():
		return fmt.Errorf("--out is %s, which is a folder: name a document in it, as in %s", out, filepath.Join(out, "results.md"))
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("--out is %s, which is no file that could be replaced", out)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("--out: %w", err)
	}
	folder, name := filepath.Split(out) // as it was typed: Clean makes another folder of NONE/..
	if name == "" || name == ".." {
		return fmt.Errorf("--out is %s, which names no document: add a name, as results.md", out)
	}
	if info, err := os.Stat(cmp.Or(folder, ".")); err != nil || !info.IsDir() {
		return fmt.Errorf("--out is %s, but there is no folder %s: make it first", out, folder)
	}
	return nil
}
