// Command heft trains small networks and looks into the weights that come out.
//
//	heft train                      learn handwritten digits in seconds
//	heft eval runs/digits-1         score the weights again
//	heft inspect runs/digits-1      see what they are
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	heft "github.com/heft-ml/heft"
	"github.com/heft-ml/heft/internal/isa"
)

// Exit codes, as scripts expect them.
const (
	exitOK          = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInterrupted = 130 // 128 + SIGINT
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { // a second Ctrl-C does not wait for anything to be saved
		<-ctx.Done()
		stop()
	}()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run is main without the process: results go to out, progress and errors to errs.
func run(ctx context.Context, args []string, in io.Reader, out, errs io.Writer) int {
	root := newRoot()
	root.SetArgs(args)
	root.SetIn(in)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(ctx)
	var usage *usageError
	var found *verdict
	switch {
	case err == nil, errors.Is(err, syscall.EPIPE): // the reader of a pipe had enough
		return exitOK
	case ctx.Err() != nil:
		if err == ctx.Err() { // bare, it means nothing to a user
			err = errors.New("stopped")
		}
		fmt.Fprintf(errs, "heft: %v\n", err)
		return exitInterrupted
	case errors.As(err, &usage):
		fmt.Fprintf(errs, "heft: %v\nRun '%s --help' for usage.\n", err, usage.command)
		return exitUsage
	case errors.As(err, &found):
		return found.report(errs)
	}
	fmt.Fprintf(errs, "heft: %v\n", err)
	return exitFailed
}

// usageError is a command line that cannot be understood.
type usageError struct {
	command string
	err     error
}

func (e *usageError) Error() string { return e.err.Error() }
func (e *usageError) Unwrap() error { return e.err }

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:   "heft",
		Short: "Train small neural networks, and look into the weights that come out",
		Long: `Heft trains small neural networks in plain Go, and looks into the weights that come out.

The weights it saves are safetensors files with PyTorch's names: Python opens them as they are.`,
		Example: `  heft train
  heft train spiral --model mlp:32,32 --activation tanh --epochs 100
  heft train text && heft generate runs/text-1 --prompt "The Rays of "
  heft eval runs/digits-1
  heft inspect runs/digits-1 --json`,
		Version:       heft.Version,
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		PersistentPreRunE: func(c *cobra.Command, _ []string) error {
			if err := isa.Err(); err != nil { // what the environment asks for is not there
				return &usageError{c.CommandPath(), err}
			}
			if err := checkFinite(c.Flags()); err != nil {
				return &usageError{c.CommandPath(), err}
			}
			return nil
		},
	}
	root.AddCommand(newTrain(), newEval(), newTune(), newPredict(), newGenerate(), newCompare(), newReproduce(), newInspect(), newDiff(), newConvert(), newSplit(), newMerge(), newVerify(), newMeta(), newPrint(), newSize(), newData(), newLab())
	root.SetFlagErrorFunc(flagError) // of its commands, too
	checkArguments(root)
	return root
}
