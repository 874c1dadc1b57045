// Package interop lets tests exchange files and numbers with Python's numpy, safetensors, scikit-learn,
// tensorboard, torch, transformers, gguf and onnxruntime, and with llama.cpp, and open models that
// people use.
//
// The packages of requirements.txt are installed once into a virtual environment outside the source
// tree, in the user's cache folder. That costs a download of several gigabytes, so it happens only
// under `go test -long`; without the flag such tests skip. Where CI=true is set, an environment that
// cannot be made fails the test; elsewhere the test skips and says why.
package interop

import (
	_ "embed"
	"errors"
	"os"
	"sync"
	"testing"

	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/internal/venv"
)

//go:embed requirements.txt
var requirements []byte

// Python returns the path of a Python interpreter that can import the packages of requirements.txt.
// It makes the environment when there is none yet, and skips t when -long was not given.
func Python(t testing.TB) string {
	t.Helper()
	if !testmode.Long() {
		t.Skip("run with -long to exchange files with Python")
	}
	python, err := shared()
	settle(t, err, os.Getenv("CI") == "true")
	return python
}

// Run runs a Python program with the interpreter of Python and returns what it printed. A script
// that ends in ".py" is the path of a file; any other is the program's text. The program finds args
// in sys.argv[1:]. A program that fails, fails t with what it wrote to stderr.
func Run(t testing.TB, script string, args ...string) string {
	t.Helper()
	out, err := venv.Run(t.Context(), Python(t), script, args...)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// shared looks for the environment at most once in this process.
var shared = sync.OnceValues(func() (string, error) { return venv.Python(requirements, os.Stderr) })

// settle lets t go on when err is nil, fails it under CI, and skips it elsewhere.
func settle(t testing.TB, err error, ci bool) {
	t.Helper()
	switch {
	case err == nil:
	case ci:
		t.Fatalf("interop: %v", err)
	case errors.Is(err, venv.ErrNoPython):
		t.Skipf("interop: %v: install Python 3.10 or later from python.org or your system's packages", err)
	default:
		t.Skipf("interop: %v: put it right and run again; the packages come from PyPI", err)
	}
}
