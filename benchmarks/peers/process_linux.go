package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// pause is the rest before a turn: the other contestants are frozen, so that it need not be long.
const pause = time.Millisecond

// canPin tells whether a process can be kept on some of the processors.
const canPin = true

// startPinned starts a process on the last of the processors that this one may use, so many of them: the system itself is
// busiest on the first. The process is killed with this one, even when nobody is left to do it.
func startPinned(command *exec.Cmd, cores int) error {
	runtime.LockOSThread() // a new process has the processors of the thread that starts it
	defer runtime.UnlockOSThread()
	var all, some unix.CPUSet
	if err := unix.SchedGetaffinity(0, &all); err != nil {
		return fmt.Errorf("cannot ask for this process's processors: %w", err)
	}
	for cpu := 1<<10 - 1; cpu >= 0 && some.Count() < cores; cpu-- {
		if all.IsSet(cpu) {
			some.Set(cpu)
		}
	}
	if err := unix.SchedSetaffinity(0, &some); err != nil {
		return fmt.Errorf("cannot choose processors: %w", err)
	}
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return errors.Join(command.Start(), unix.SchedSetaffinity(0, &all))
}

// freeze stops a process where it is, threads that wait for work by spinning too.
func freeze(p *os.Process) error { return p.Signal(syscall.SIGSTOP) }

// thaw lets it go on.
func thaw(p *os.Process) error { return p.Signal(syscall.SIGCONT) }

// settle waits until the disk has all that was written: what others left to be written later would cost whoever has the next turn.
func settle() { unix.Sync() }

// peakMemory returns the most memory that a running process has had at once, in bytes.
func peakMemory(p *os.Process) (int64, error) { return memory(p, "VmHWM") }

// ownMemory returns the memory of a running process that no file has, in bytes.
func ownMemory(p *os.Process) (int64, error) { return memory(p, "RssAnon") }

// memory reads a line of what Linux tells of a process (proc_pid_status(5)).
func memory(p *os.Process, line string) (int64, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.Pid))
	if err != nil {
		return 0, err
	}
	_, rest, found := bytes.Cut(status, []byte(line+":"))
	var kilobytes int64
	if _, err := fmt.Fscan(bytes.NewReader(rest), &kilobytes); !found || err != nil {
		return 0, fmt.Errorf("/proc/%d/status has no %s", p.Pid, line)
	}
	return kilobytes << 10, nil
}
