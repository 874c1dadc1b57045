package venv

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// ErrNoPython says that there is nothing to make an environment with.
var ErrNoPython = errors.New("no Python 3.10 or later on PATH")

// findPython returns the first interpreter on PATH that really runs and is recent enough for the
// packages. An answer is demanded, since a name on PATH may be a stub: Windows has one that opens a shop.
func findPython() (string, error) {
	for _, name := range []string{"python3", "python"} {
		path, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := exec.Command(path, "-c", "import sys; print(sys.version_info >= (3, 10))").Output()
		if err == nil && strings.TrimSpace(string(out)) == "True" {
			return path, nil
		}
	}
	return "", ErrNoPython
}

// interpreter is where a virtual environment in dir keeps its Python.
func interpreter(dir string) string {
	if runtime.GOOS == "windows" {
		return filepath.Join(dir, "Scripts", "python.exe")
	}
	return filepath.Join(dir, "bin", "python")
}

// install makes a virtual environment in dir and installs the requirements into it.
func install(base, dir string, requirements []byte, say io.Writer) error {
	fmt.Fprintf(say, "venv: %s -m venv %s\n", base, dir)
	if out, err := exec.Command(base, "-m", "venv", dir).CombinedOutput(); err != nil {
		return fmt.Errorf("python -m venv failed (on Debian and Ubuntu: apt install python3-venv): %w%s", err, tail(out))
	}
	list := filepath.Join(dir, "requirements.txt")
	if err := os.WriteFile(list, requirements, 0o666); err != nil {
		return err
	}
	fmt.Fprintf(say, "venv: pip install -r %s (once; several gigabytes)\n", list)
	pip := exec.Command(interpreter(dir), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "-r", list)
	if out, err := pip.CombinedOutput(); err != nil {
		return fmt.Errorf("pip install failed: %w%s", err, tail(out))
	}
	return nil
}

// Run runs script, a path that ends in ".py" or else a program's text, and returns its stdout. The
// program finds args in sys.argv[1:]. The error of one that fails ends with what it wrote to stderr.
// Python ignores the user's variables and packages, and leaves no byte code in the tree.
func Run(ctx context.Context, python, script string, args ...string) (string, error) {
	file, name := "-", "program"
	if strings.HasSuffix(script, ".py") {
		file, name = script, script
	}
	cmd := exec.CommandContext(ctx, python, append([]string{"-E", "-s", "-B", file}, args...)...)
	if file == "-" {
		cmd.Stdin = strings.NewReader(script)
	}
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("python %s: %w%s", name, err, tail(stderr.Bytes()))
	}
	return stdout.String(), nil
}

// tail is the end of what a program wrote, on lines of its own: where Python puts the reason.
func tail(out []byte) string {
	const most = 4000
	out = bytes.TrimSpace(out)
	if len(out) == 0 {
		return ""
	}
	if len(out) > most {
		out = append([]byte("..."), out[len(out)-most:]...)
	}
	return "\n" + string(out)
}
