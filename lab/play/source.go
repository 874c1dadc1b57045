package play

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/heft-ml/heft/internal/atomicfile"
)

// source is where the engine's program comes from.
type source struct {
	tool    string // the go command
	root    string // its GOROOT
	goes    string // its version
	dir     string // a checkout of the module; "" when version says what to fetch
	version string // a released version of the module
}

// String says where from, and by whom.
func (s source) String() string {
	if s.dir != "" {
		return fmt.Sprintf("%s with %s", s.dir, s.goes)
	}
	return fmt.Sprintf("%s@%s with %s", modulePath, s.version, s.goes)
}

// findSource looks for the module's source: the checkout that this process runs in, that which the program was built from,
// the released version that it is.
func findSource(ctx context.Context, tool string) (source, error) {
	s := source{tool: tool}
	gomod, err := goCommand(ctx, tool, "", nil, "env", "GOMOD")
	if err != nil {
		return s, err
	}
	_, file, _, _ := runtime.Caller(0)
	for _, dir := range []string{filepath.Dir(gomod), filepath.Join(filepath.Dir(file), "..", "..")} {
		if filepath.IsAbs(dir) && isCheckout(dir) {
			s.dir = dir
			break
		}
	}
	if s.dir == "" {
		if s.version, err = released(debug.ReadBuildInfo()); err != nil {
			return s, err
		}
	}
	words, err := goCommand(ctx, tool, s.dir, nil, "env", "GOROOT", "GOVERSION")
	if err != nil {
		return s, err
	}
	s.root, s.goes, _ = strings.Cut(words, "\n")
	s.root, s.goes = strings.TrimSpace(s.root), strings.TrimSpace(s.goes)
	return s, nil
}

// isCheckout tells whether a folder holds this module, engine included.
func isCheckout(dir string) bool {
	text, err := os.ReadFile(filepath.Join(dir, "go.mod"))
	if err != nil {
		return false
	}
	first, _, _ := strings.Cut(string(text), "\n")
	if strings.TrimSpace(first) != "module "+modulePath {
		return false
	}
	_, err = os.Stat(filepath.Join(dir, filepath.FromSlash(enginePackage)))
	return err == nil
}

// released returns the version that a program was installed as.
func released(info *debug.BuildInfo, ok bool) (string, error) {
	if ok {
		v := info.Main.Version
		if info.Main.Path != modulePath { // a program of somebody else's, which uses this package
			v = ""
			for _, m := range info.Deps {
				if m.Path == modulePath && m.Replace == nil {
					v = m.Version
				}
			}
		}
		if strings.HasPrefix(v, "v") && !strings.Contains(v, "+dirty") {
			return v, nil
		}
	}
	return "", errors.New("the sources of this program are not at hand, and it is no released version that they could be fetched of: " +
		"run it inside a checkout of " + modulePath)
}

// build compiles the engine into a folder and returns its path.
func (s source) build(ctx context.Context, scratch string) (string, error) {
	env := []string{"GOOS=js", "GOARCH=wasm", "CGO_ENABLED=0", "GOBIN="}
	flags := []string{"-trimpath", "-ldflags=-s -w"}
	if s.dir != "" {
		out := filepath.Join(scratch, "engine.wasm")
		args := append(append([]string{"build", "-o", out}, flags...), "./"+enginePackage)
		_, err := goCommand(ctx, s.tool, s.dir, env, args...)
		return out, err
	}
	modules, err := goCommand(ctx, s.tool, scratch, nil, "env", "GOMODCACHE")
	if err != nil {
		return "", err
	}
	// Only 'go install' takes a version; what it makes goes under GOPATH, which is ours here but for the modules.
	env = append(env, "GOPATH="+filepath.Join(scratch, "go"), "GOMODCACHE="+modules)
	args := append(append([]string{"install"}, flags...), modulePath+"/"+enginePackage+"@"+s.version)
	if _, err := goCommand(ctx, s.tool, scratch, env, args...); err != nil {
		return "", err
	}
	return filepath.Join(scratch, "go", "bin", "js_wasm", "engine"), nil
}

// cache returns the folder of a release's engine, or "": a checkout may change, and Go's own cache knows what did.
func (s source) cache() string {
	dir, err := os.UserCacheDir()
	if err != nil || s.dir != "" {
		return ""
	}
	return filepath.Join(dir, "heft", "play", s.version+"-"+s.goes)
}

func readEngine(dir string) (*Engine, error) {
	if dir == "" {
		return nil, os.ErrNotExist
	}
	module, err := os.ReadFile(filepath.Join(dir, EngineFile))
	if err != nil {
		return nil, err
	}
	runner, err := os.ReadFile(filepath.Join(dir, runnerFile))
	return &Engine{Module: module, Runner: runner}, err
}

func (e *Engine) save(dir string) error {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	if err := writeFile(dir, EngineFile, e.Module); err != nil {
		return err
	}
	return writeFile(dir, runnerFile, e.Runner)
}

// writeFile writes a file whole or not at all.
func writeFile(dir, name string, content []byte) error {
	return atomicfile.Write(filepath.Join(dir, name), func(w io.Writer) error {
		_, err := w.Write(content)
		return err
	})
}
