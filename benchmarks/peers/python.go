package main

import (
	"bufio"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"

	"github.com/heft-ml/heft/benchmarks"
)

//go:embed peer.py
var program string

// pythonPeer is a process that waits for its turns: a line of JSON for each on its stdin, another back on its stdout.
type pythonPeer struct {
	about   string // the library, its version and how it is set up
	label   string
	command *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

// hello is what a process says first.
type hello struct{ Missing, Name, Version, Setup string }

// startPython starts a process for a library. The error says what to install if the library, or Python, is not there.
func startPython(ctx context.Context, python, library string) (*pythonPeer, error) {
	p := &pythonPeer{command: exec.CommandContext(ctx, python, "-E", "-s", "-B", "-c", program, library)}
	p.command.Env = environment(os.Environ())
	p.command.Stderr = os.Stderr
	var err error
	if p.in, err = p.command.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := p.command.Start(); err != nil {
		return nil, fmt.Errorf("%w: name an interpreter with -python", err)
	}
	p.out = json.NewDecoder(bufio.NewReader(out))
	var h hello
	if err := p.out.Decode(&h); err != nil {
		p.close()
		return nil, fmt.Errorf("%s did not answer: %w", python, err)
	}
	if h.Missing != "" {
		p.close()
		return nil, fmt.Errorf("%s: %s -m pip install -r requirements.txt", h.Missing, python)
	}
	p.label = h.Name
	p.about = fmt.Sprintf("%s %s, %s", h.Name, h.Version, h.Setup)
	return p, nil
}

// environment is the user's without what makes a BLAS choose other kernels than it would by itself, and with JAX kept
// on the processor.
func environment(user []string) []string {
	env := slices.DeleteFunc(slices.Clone(user), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "JAX_PLATFORMS"}, name)
	})
	return append(env, "JAX_PLATFORMS=cpu")
}

func (p *pythonPeer) name() string { return p.label }

func (p *pythonPeer) turn(t task, file string) (seconds, loss float64, err error) {
	request := map[string]any{"file": file, "widths": t.widths, "warmup": t.warmup, "steps": t.steps, "lr": benchmarks.LR}
	if err := json.NewEncoder(p.in).Encode(request); err != nil {
		return 0, 0, err
	}
	var answer struct{ Seconds, Loss float64 }
	if err := p.out.Decode(&answer); err != nil {
		return 0, 0, fmt.Errorf("the process ended: %w", err)
	}
	if answer.Seconds <= 0 {
		return 0, 0, errors.New("no time has passed")
	}
	return answer.Seconds, answer.Loss, nil
}

// close ends the process, which goes by itself when its stdin does.
func (p *pythonPeer) close() {
	_ = p.in.Close()
	_ = p.command.Wait() // what it had to say is on stderr
}
