package acceptance_test

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// addedScheme is all that somebody writes who adds an initialization.
const addedScheme = `package initializer

import "math/rand/v2"

var _ = register(entry{
	family: familyDrawn, name: "checkers", about: "SIZE and -SIZE in turn", numbers: []float64{1},
	scheme: func(n []float64, _ []Option) Scheme { return Checkers(n[0]) },
})

// Checkers starts weights at size and -size in turn.
func Checkers(size float64) Scheme {
	return rule{settings{}.text("checkers", size), func(_ *Param, _ *rand.Rand, dst []float32) {
		for i := range dst {
			dst[i] = float32(size) * float32(1-2*(i%2))
		}
	}}
}
`

// pageProgram asks what the page of 'heft lab play' asks of its engine.
const pageProgram = `package main

import (
	"fmt"

	"github.com/heft-ml/heft/lab/play/internal/session"
)

func main() {
	for _, s := range session.Contents().Schemes {
		fmt.Println(s.Name+":", s.About)
	}
	setup := session.Default()
	setup.Scheme = "zeros; *.weight=checkers(0.5)"
	s, err := session.Open(setup)
	if err != nil {
		panic(err)
	}
	fmt.Println("signal of layer 1:", float64(s.View(false).Layers[0].Signal))
}
`

// The files stand in the build alone: the tree is not touched.
func TestASchemeOfOneFileIsInTheCommandTheLaboratoryAndThePage(t *testing.T) {
	if !testmode.Long() {
		t.Skip("compiling the command anew takes tens of seconds: run with -long")
	}
	if runtime.GOOS == "js" {
		t.Skip("js/wasm starts no processes")
	}
	t.Parallel()
	s := newShell(t)
	module, err := filepath.Abs("..")
	require.NoError(t, err)
	run := func(dir, name string, args ...string) string {
		cmd := exec.CommandContext(t.Context(), name, args...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, "%s %v: %s", name, args, out)
		return string(out)
	}
	s.write(t, "checkers.go", addedScheme)
	s.write(t, "main.go", pageProgram)
	overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{
		filepath.Join(module, "init", "checkers.go"):            s.path("checkers.go"),
		filepath.Join(module, "lab", "play", "asks", "main.go"): s.path("main.go"),
	}})
	require.NoError(t, err)
	s.write(t, "overlay.json", string(overlay))

	heft := s.path("heft.exe")
	run(module, "go", "build", "-overlay", s.path("overlay.json"), "-o", heft, "./cmd/heft")
	for _, command := range [][]string{{"train", "--help"}, {"lab", "init", "--help"}} {
		assert.Regexp(t, `\n  checkers +SIZE and -SIZE in turn\n`, run(s.dir, heft, command...))
	}
	run(s.dir, heft, "train", "moons", "-q", "--epochs", "1", "--init", "checkers(0.1)", "--out", "run")
	assert.Contains(t, s.read(t, filepath.Join("run", "config.json")), `"checkers(0.1)"`)
	run(s.dir, heft, "lab", "init", "-q", "--data", "xor", "--depth", "2", "--width", "4", "--steps", "5", "--seeds", "1",
		"--schemes", "zeros,checkers(0.5)", "--out", "lab")
	assert.Contains(t, s.read(t, filepath.Join("lab", "report.html")), "checkers(0.5)")

	page := run(module, "go", "run", "-overlay", s.path("overlay.json"), "./lab/play/asks")
	assert.Contains(t, page, "checkers: SIZE and -SIZE in turn\n")
	assert.Regexp(t, `signal of layer 1: 0\.\d*[1-9]`, page)
}
