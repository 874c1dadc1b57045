package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/bar"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/play"
	labreport "github.com/heft-ml/heft/lab/report"
	"github.com/heft-ml/heft/lab/sweep"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/train"
	"github.com/heft-ml/heft/train/tune"
)

// leaveReport makes a report, leaves it in a folder, by default the next free runs/NAME-N, and prints its summary. A folder
// that was made for nothing goes again. One that holds a report or a run is refused, unless that is forced.
func leaveReport(cmd *cobra.Command, out, name string, force bool, find func(ctx context.Context) (*labreport.Report, error)) error {
	dir, made, err := runFolder(out, name)
	if err != nil {
		return err
	}
	defer func() { removeEmpty(made) }()
	if held := heldBy(dir); held != "" && !force {
		return fmt.Errorf("%s holds %s already: choose another --out, or write into it with --force", dir, held)
	}
	if err := refuseFile(dir, "a report", "--out"); err != nil { // better an error now than after a minute
		return err
	}
	made = append(made, missing(dir)...)
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	r, err := find(cmd.Context())
	if err != nil {
		return interrupted(err, "stopped, and no report is left")
	}
	return saveReport(cmd.OutOrStdout(), r, dir)
}

// refuseFile refuses the name of a file for what shall be a folder.
func refuseFile(dir, what, flag string) error {
	if info, err := os.Stat(dir); err == nil && !info.IsDir() {
		return fmt.Errorf("%s is a file, and %s is a folder: choose another %s", dir, what, flag)
	}
	return nil
}

// missing lists a folder and those above it that are not there, the uppermost first.
func missing(dir string) (absent []string) {
	for at := filepath.Clean(dir); ; at = filepath.Dir(at) {
		if _, err := os.Lstat(at); err == nil || at == filepath.Dir(at) {
			slices.Reverse(absent)
			return absent
		}
		absent = append(absent, at)
	}
}

// heldBy says whose a folder is, or "".
func heldBy(dir string) string {
	for _, of := range []struct{ file, what string }{
		{train.ConfigFile, "a training run"}, {train.CheckpointFile, "a training run"}, {train.WeightsFile, "a training run"},
		{tune.PlanFile, "a search"}, {sweep.PlanFile, "a sweep"}, {labreport.PageFile, "a report"},
		{play.EngineFile, "the page of 'heft lab play'"},
	} {
		if _, err := os.Lstat(filepath.Join(dir, of.file)); err == nil {
			return of.what
		}
	}
	return ""
}

// saveReport leaves a report in a folder and prints its summary.
func saveReport(w io.Writer, r *labreport.Report, dir string) error {
	if err := r.Save(dir); err != nil {
		return err
	}
	if err := r.WriteText(w, widthOf(w)); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "\n%s\n", filepath.Join(dir, labreport.PageFile))
	return err
}

// countProgress shows how many of something are done: a bar on a terminal, a line for every tenth elsewhere.
func countProgress(w io.Writer, quiet bool, unit string) (progress func(done, total int), stop func()) {
	if quiet {
		return nil, func() {}
	}
	if !isTerminal(w) {
		told := 0
		return func(done, total int) {
			if tenth := 10 * done / max(1, total); tenth > told {
				told = tenth
				fmt.Fprintf(w, "%d%%  %d of %d %s\n", 10*tenth, done, total, unit)
			}
		}, func() {}
	}
	b := bar.New(w, bar.Settings{Total: -1, Unit: unit, Columns: widthOf(w)})
	return func(done, total int) { b.Set(int64(done), int64(total)) }, b.Stop
}

// dataSets lists what --data may name.
func dataSets() string {
	return strings.Join(append(data.Names(), "csv:PATH (the last column is the class)"), ", ")
}

// bindResidual adds the flag that makes a network residual.
func bindResidual(f *pflag.FlagSet, s *lab.Setup) {
	f.StringVar(&s.Residual, "residual", "", "make residual blocks of the hidden layers: "+strings.Join(lab.Residuals(), ", "))
}

// checkJobs refuses to do nothing.
func checkJobs(jobs int) error {
	if jobs < 1 {
		return fmt.Errorf("--jobs is %d, but must be 1 or more", jobs)
	}
	return nil
}

// completeLabSettings completes the values of those flags that a command has.
func completeLabSettings(cmd *cobra.Command) {
	for flag, values := range map[string][]string{
		"data": data.Names(), "activation": nn.ActivationNames(), "optimizer": optim.OptimizerNames(), "residual": lab.Residuals(),
	} {
		if cmd.Flags().Lookup(flag) == nil {
			continue
		}
		if err := cmd.RegisterFlagCompletionFunc(flag, cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp)); err != nil {
			panic(err) // two functions for a flag: a slip in this file
		}
	}
}
