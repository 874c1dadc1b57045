package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"regexp"
	"runtime"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/inspect"
	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/internal/table"
	labreport "github.com/heft-ml/heft/lab/report"
	"github.com/heft-ml/heft/lab/same"
	"github.com/heft-ml/heft/train"
)

// sameOptions are the flags that are no part of a pair.
type sameOptions struct {
	data         []string
	seeds        []uint
	out          string
	jobs         int
	force, quiet bool
}

func newLabSame() *cobra.Command {
	pair := same.DefaultPair()
	o := sameOptions{data: pair.Data[:], seeds: []uint{uint(pair.Seeds[0]), uint(pair.Seeds[1])}}
	cmd := &cobra.Command{
		Use:   "same [A B]",
		Short: "Set two networks of one architecture side by side: one blueprint, two buildings",
		Long: `Compare two networks whose weights have the same names, shapes and number of bytes, but that behave differently: what is alike
and what is not, layer by layer. It shows the cosine and the norms of every weight, singular values, what each module makes of
the same inputs (linear CKA), how often the outputs agree, the boundaries of data in the plane, and what becomes of each network
when one layer of the other is put in its place.

A and B are folders of runs, or weight files; of those that heft did not train, the weights alone are compared. Without them it
trains two on the spot, which differ in their data, or in their seed: the report's folder then holds both weight files,
a.safetensors and b.safetensors, beside report.html and its figures. Their metadata say what makes them again, and they can be
compared with others of their kind as long as their data are what they were; else the weights alone are.`,
		Example: `  heft lab same
  heft lab same --data spiral --seeds 1,2
  heft lab same runs/digits-1 runs/digits-2
  heft lab same before.safetensors after.gguf`,
		Args:              noneOrTwo,
		ValidArgsFunction: completeFiles(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			find, err := findSame(cmd, args, pair, o)
			if err != nil {
				return &usageError{cmd.CommandPath(), err}
			}
			return leaveReport(cmd, o.out, "same", o.force, find)
		},
	}
	f := cmd.Flags()
	f.SortFlags = false
	f.StringSliceVar(&o.data, "data", o.data, "one data set or two: "+dataSets())
	bindSetup(f, &pair.Setup)
	bindResidual(f, &pair.Setup)
	f.UintSliceVar(&o.seeds, "seeds", o.seeds, "one seed or two, of weights and batches")
	f.StringVar(&o.out, "out", "", "folder of the report (default: the next free runs/same-N)")
	f.BoolVar(&o.force, "force", false, "write into --out even if it holds a report or a run")
	f.IntVar(&o.jobs, "jobs", runtime.GOMAXPROCS(0), "networks at once")
	f.BoolVarP(&o.quiet, "quiet", "q", false, "show no progress")
	completeLabSettings(cmd)
	return cmd
}

// noneOrTwo takes two networks, or none.
func noneOrTwo(_ *cobra.Command, args []string) error {
	if len(args) != 0 && len(args) != 2 {
		return fmt.Errorf("two networks are compared, or two are trained: give two files or none, not %d", len(args))
	}
	return nil
}

// findSame checks the flags, and returns what makes the report.
func findSame(cmd *cobra.Command, args []string, pair same.Pair, o sameOptions) (func(ctx context.Context) (*labreport.Report, error), error) {
	if err := checkJobs(o.jobs); err != nil {
		return nil, err
	}
	if len(args) == 2 {
		for _, name := range []string{"data", "depth", "width", "activation", "residual", "scheme", "optimizer", "lr", "momentum", "batch", "steps", "seeds"} {
			if cmd.Flags().Changed(name) {
				return nil, fmt.Errorf("--%s is of networks that are trained on the spot: leave it out, or %s and %s", name, args[0], args[1])
			}
		}
		return func(ctx context.Context) (*labreport.Report, error) { return compareNetworks(ctx, args[0], args[1]) }, nil
	}
	if len(o.data) < 1 || len(o.data) > 2 {
		return nil, fmt.Errorf("--data has %d names, but needs one or two", len(o.data))
	}
	if len(o.seeds) < 1 || len(o.seeds) > 2 {
		return nil, fmt.Errorf("--seeds has %d numbers, but needs one or two", len(o.seeds))
	}
	pair.Data = [2]string{o.data[0], o.data[len(o.data)-1]}
	pair.Seeds = [2]uint64{uint64(o.seeds[0]), uint64(o.seeds[len(o.seeds)-1])}
	if err := pair.Check(); err != nil {
		return nil, err
	}
	return func(ctx context.Context) (*labreport.Report, error) {
		progress, stop := countProgress(cmd.ErrOrStderr(), o.quiet, "steps")
		defer stop()
		trained, err := pair.Run(ctx, o.jobs, progress)
		if err != nil {
			return nil, err
		}
		r := labreport.NewSame(trained.Findings)
		r.Files = []labreport.File{{Name: "a.safetensors", Content: trained.Files[0]}, {Name: "b.safetensors", Content: trained.Files[1]}}
		return r, nil
	}, nil
}

// compareNetworks opens two networks and compares them.
func compareNetworks(ctx context.Context, a, b string) (*labreport.Report, error) {
	first, err := openNetwork(a)
	if err != nil {
		return nil, err
	}
	second, err := openNetwork(b)
	if err != nil {
		return nil, err
	}
	f, err := same.Compare(ctx, first, second)
	if err != nil {
		return nil, err
	}
	f.Command = "heft lab same " + shell.Path(a) + " " + shell.Path(b)
	return labreport.NewSame(f), nil
}

// openNetwork opens the model of a run, or of a file that 'heft lab same' left, with its samples or, where that cannot be, the
// weights alone.
func openNetwork(path string) (*same.Network, error) {
	f, err := openWeights(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	n, err := same.Open(f, path)
	if errors.Is(err, same.ErrNoRecord) {
		n, err = openTrained(path)
	}
	if err != nil {
		if n, err = same.Read(f, path, table.Safe(withoutModel(f, path, err))); err != nil {
			return nil, err
		}
	}
	n.Name = path
	if info, err := os.Stat(f.Path); err == nil && !f.Many() {
		n.Size = info.Size()
	}
	return n, nil
}

// withoutModel says why weights have no model to compute with; err is what the record of a laboratory or the recipe of a run gave.
func withoutModel(f *inspect.Source, path string, err error) string {
	if command, ok := labCommand(f); ok {
		return fmt.Sprintf("%s is of '%s', but cannot be used: %v", path, command, err)
	}
	_, recipe := f.Metadata().Value(train.RecipeKey)
	_, record := f.Metadata().Value(same.RecordKey)
	switch {
	case record:
		return path + ": " + err.Error()
	case !recipe:
		return path + " has no recipe of a run"
	}
	return err.Error()
}

// sameCommand is a command of 'heft lab same' and nothing else to a shell: its words are plain or in single quotes.
var sameCommand = regexp.MustCompile(`^heft lab same( ([a-zA-Z0-9_./:,+@%=-]+|'[^']*'|\\')+)*$`)

// longestCommand is how many bytes of a command are shown.
const longestCommand = 1000

// labCommand returns the command that made a file of 'heft lab same'. Anyone can write anything into a file: what a reader is told to
// give to a shell is such a command, on a line that a terminal can show, or there is none.
func labCommand(f *inspect.Source) (command string, ok bool) {
	value, _ := f.Metadata().Value(same.CommandKey)
	text, _ := value.(string)
	if len(text) > longestCommand || strings.ContainsFunc(text, unprintable) || !sameCommand.MatchString(text) {
		return "", false
	}
	return text, true
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// openTrained opens the model of a run with its test samples.
func openTrained(path string) (*same.Network, error) {
	t, err := train.Open(path)
	if err != nil {
		return nil, err
	}
	test, err := t.TestSet("")
	if err != nil {
		return nil, err
	}
	return &same.Network{Store: t.Store, Model: t.Model, Input: t.Input, Test: test}, nil
}
