package main

import (
	"bufio"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"time"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
)

// patience is how long an answer may take: compilers may run before it comes.
const patience = 10 * time.Minute

// process is a contestant that runs beside this program and waits for its turns. Between them it is frozen.
type process struct {
	protocol.Hello
	entrant entrant
	command *exec.Cmd
	in      io.WriteCloser
	out     *json.Decoder
}

// launch starts a contestant on so many cores, and returns once it has said who it is.
func (e entrant) launch(ctx context.Context, cores int) (*process, error) {
	if e.err != nil {
		return nil, e.err
	}
	p := &process{entrant: e, command: exec.CommandContext(ctx, e.command[0], e.command[1:]...)}
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
	if err := startPinned(p.command, cores); err != nil {
		return nil, err
	}
	p.out = json.NewDecoder(bufio.NewReader(out))
	if err := p.await(&p.Hello); err != nil {
		p.close()
		return nil, err
	}
	if p.Missing != "" {
		p.close()
		return nil, errors.New(p.Missing)
	}
	p.Name = cmp.Or(e.name, p.Name)
	return p, freeze(p.command.Process)
}

// environment is the user's without what makes libraries choose other kernels or fewer threads than they would by
// themselves, and with JAX kept on the processor.
func environment(user []string) []string {
	chosen := []string{
		"OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
		"GOMAXPROCS", "GOGC", "HEFT_SIMD", "JAX_PLATFORMS", "XLA_FLAGS",
	}
	env := slices.DeleteFunc(slices.Clone(user), func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains(chosen, name)
	})
	return append(env, "JAX_PLATFORMS=cpu")
}

func (p *process) key() string  { return p.entrant.key }
func (p *process) name() string { return p.Name }

// prepare gets ready for a work load whose numbers are in a file.
func (p *process) prepare(w protocol.Work, file string) error {
	answer, err := p.ask(protocol.Request{Prepare: &w, File: file, LR: protocol.LR})
	if err == nil && answer.Cannot != "" {
		return errors.New(answer.Cannot)
	}
	return err
}

// turn runs steps and returns what the timed ones took together, and what the last one came to.
func (p *process) turn(warmup, steps int) (seconds float64, value *float64, err error) {
	answer, err := p.ask(protocol.Request{Warmup: warmup, Steps: steps})
	if err == nil && answer.Seconds <= 0 {
		err = errors.New("no time has passed")
	}
	return answer.Seconds, answer.Value, err
}

// memoryOfAStep runs a step and returns how much memory of its own the process had at most meanwhile: not that of mapped files.
func (p *process) memoryOfAStep() (bytes float64, err error) {
	done := make(chan error)
	go func() {
		_, _, err := p.turn(0, 1)
		done <- err
	}()
	for {
		if now, err := ownMemory(p.command.Process); err == nil {
			bytes = max(bytes, float64(now))
		}
		select {
		case err := <-done:
			return bytes, err
		case <-time.After(time.Millisecond):
		}
	}
}

// ask thaws the contestant for one answer.
func (p *process) ask(r protocol.Request) (answer protocol.Answer, err error) {
	if err := thaw(p.command.Process); err != nil {
		return answer, fmt.Errorf("the process has ended: %w", err)
	}
	if err := json.NewEncoder(p.in).Encode(r); err != nil {
		return answer, fmt.Errorf("the process has ended: %w", err)
	}
	if err := p.await(&answer); err != nil {
		return answer, err
	}
	return answer, freeze(p.command.Process)
}

// await reads a line. A process that says nothing for too long is killed.
func (p *process) await(answer any) error {
	alarm := time.AfterFunc(patience, func() { _ = p.command.Process.Kill() })
	err := p.out.Decode(answer)
	if !alarm.Stop() {
		return fmt.Errorf("no answer in %v", patience)
	}
	if err != nil {
		return fmt.Errorf("the process has ended: %w", err)
	}
	return nil
}

// close ends the process, which goes by itself when its stdin does.
func (p *process) close() {
	_ = thaw(p.command.Process)
	_ = p.in.Close()
	_ = p.command.Wait() // what it had to say is on stderr
}
