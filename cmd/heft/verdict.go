package main

import (
	"context"
	"errors"
	"fmt"
	"io"
)

// Exit codes of commands that judge files, as diff and grep have them: 0 is that all is well.
const (
	exitFinding = 1 // the files differ, or one is not what it should be
	exitTrouble = 2 // there is no telling, for a file cannot be read
)

// verdict ends a command with an exit code of its own, and with a line about err if there is one.
type verdict struct {
	code int
	err  error
}

func (v *verdict) Error() string {
	if v.err == nil {
		return fmt.Sprintf("exit code %d", v.code)
	}
	return v.err.Error()
}

func (v *verdict) Unwrap() error { return v.err }

// report writes the line and returns the code.
func (v *verdict) report(errs io.Writer) int {
	if v.err != nil {
		fmt.Fprintf(errs, "heft: %v\n", v.err)
	}
	return v.code
}

// trouble makes an error one of exit code 2.
func trouble(err error) error {
	if err == nil {
		return nil
	}
	return &verdict{exitTrouble, interrupted(err, "interrupted")}
}

// interrupted returns the error, or where Ctrl-C is its cause one that says so.
func interrupted(err error, text string) error {
	if errors.Is(err, context.Canceled) {
		return errors.New(text)
	}
	return err
}
