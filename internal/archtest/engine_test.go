package archtest

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// deps lists what a package needs on a platform, the standard library and itself left out.
func deps(t *testing.T, platform, folder string) []string {
	t.Helper()
	load(t)
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skipf("the go command is not on PATH: %v", err)
	}
	goos, goarch, _ := strings.Cut(platform, "/")
	cmd := exec.CommandContext(t.Context(), tool, "list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", "./"+folder)
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+goos, "GOARCH="+goarch, "CGO_ENABLED=0")
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, stderr.String())
	var needed []string
	for p := range strings.FieldsSeq(string(out)) {
		if p != module+"/"+folder {
			needed = append(needed, p)
		}
	}
	return needed
}

var platforms = []string{"linux/amd64", "linux/arm64", "windows/amd64", "darwin/arm64", "js/wasm"}

func TestAutogradNeedsOnlyGonumAndTheProcessorsName(t *testing.T) {
	t.Parallel()
	for _, platform := range platforms {
		t.Run(platform, func(t *testing.T) {
			t.Parallel()
			needed := deps(t, platform, "autograd")
			assert.Contains(t, needed, module+"/internal/blas")
			for _, p := range needed {
				_, own := heft(p)
				gonum := strings.HasPrefix(p, "gonum.org/v1/gonum/")
				if !own && !gonum && p != "golang.org/x/sys/cpu" {
					t.Errorf("autograd needs %s", p)
				}
			}
		})
	}
}

func TestFormatsNeedNothingOfTheEngine(t *testing.T) {
	t.Parallel()
	engine := []string{"autograd", "init", "nn", "optim", "data", "train", "internal/blas"} // internal/simd has the conversions
	formats := 0
	for _, folder := range load(t).folders() {
		if folder != "dtype" && !strings.HasPrefix(folder, "serialize") {
			continue
		}
		formats++
		t.Run(folder, func(t *testing.T) {
			t.Parallel()
			for _, p := range deps(t, platforms[0], folder) {
				if own, _ := heft(p); slices.Contains(engine, own) {
					t.Errorf("%s needs %s", folder, own)
				}
			}
		})
	}
	assert.GreaterOrEqual(t, formats, 2)
}
