package play

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// Engine is what the page computes with.
type Engine struct {
	Module []byte // WebAssembly, compressed by gzip
	Runner []byte // wasm_exec.js of the Go that compiled it: it fits no other
}

const (
	modulePath    = "github.com/heft-ml/heft"
	enginePackage = "lab/play/engine"
)

// EngineFile is the engine's module, in the cache and on the page.
const EngineFile = "engine.wasm.gz"

// runnerFile is what runs it, beside it.
const runnerFile = "wasm_exec.js"

// errNoGo says what to do on a machine without Go.
var errNoGo = errors.New("the page's engine is compiled by Go 1.26 or later, and there is no go command on PATH: " +
	"install Go (https://go.dev/dl), or write the files on a machine that has it with 'heft lab play --build DIR' " +
	"and serve that folder with any web server")

// Build compiles the engine with the go command of this machine, from the sources that this program was built from, and
// tells say what it does. What belongs to a release is kept in the user's cache and compiled once. Errors say what to do.
func Build(ctx context.Context, say func(line string)) (*Engine, error) {
	tool, err := exec.LookPath("go")
	if err != nil {
		return nil, errNoGo
	}
	from, err := findSource(ctx, tool)
	if err != nil {
		return nil, err
	}
	cache := from.cache()
	if e, err := readEngine(cache); err == nil {
		return e, nil
	}
	say(fmt.Sprintf("compiling the engine to WebAssembly from %s", from))
	e, err := from.compile(ctx)
	if err != nil {
		return nil, err
	}
	say(fmt.Sprintf("the engine has %.1f MB, compressed", float64(len(e.Module))/1e6))
	if cache != "" {
		if err := e.save(cache); err != nil {
			say("the engine is not kept for the next time: " + err.Error())
		}
	}
	return e, nil
}

// compile runs the go command in a folder of its own, and reads what it made.
func (s source) compile(ctx context.Context) (*Engine, error) {
	scratch, err := os.MkdirTemp("", "heft-play-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(scratch)
	built, err := s.build(ctx, scratch)
	if err != nil {
		return nil, err
	}
	wasm, err := os.ReadFile(built)
	if err != nil {
		return nil, err
	}
	runner, err := os.ReadFile(filepath.Join(s.root, "lib", "wasm", runnerFile))
	if err != nil {
		return nil, fmt.Errorf("this Go lacks the file that runs WebAssembly: %w: install it from https://go.dev/dl", err)
	}
	module, err := compressed(wasm)
	return &Engine{Module: module, Runner: runner}, err
}

func compressed(content []byte) ([]byte, error) {
	var b bytes.Buffer
	w, err := gzip.NewWriterLevel(&b, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// goCommand runs the go command and returns the text that it prints. An error holds what it complained of.
func goCommand(ctx context.Context, tool, dir string, env []string, args ...string) (string, error) {
	cmd := exec.CommandContext(ctx, tool, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var complaint strings.Builder
	cmd.Stderr = &complaint
	out, err := cmd.Output()
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	if err != nil {
		return "", fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, strings.TrimSpace(complaint.String()))
	}
	return strings.TrimSpace(string(out)), nil
}
