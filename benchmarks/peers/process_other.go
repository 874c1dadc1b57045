//go:build !linux

package main

import (
	"errors"
	"os"
	"os/exec"
	"time"
)

// pause is the rest before a turn, in which the threads of the last contestant that wait for work by spinning go to sleep:
// nothing freezes them here.
const pause = 300 * time.Millisecond

// canPin tells whether a process can be kept on some of the processors.
const canPin = false

// startPinned starts a process.
func startPinned(command *exec.Cmd, _ int) error { return command.Start() }

// freeze does nothing.
func freeze(*os.Process) error { return nil }

func thaw(*os.Process) error { return nil }

// settle does nothing where no call for it is portable.
func settle() {}

func peakMemory(*os.Process) (int64, error) { return 0, errors.New("only Linux tells the peak memory") }

func ownMemory(*os.Process) (int64, error) {
	return 0, errors.New("only Linux tells what memory no file has")
}
