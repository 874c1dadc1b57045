package nn_test

import (
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"runtime"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// longRun is a training that must not grow.
type longRun struct {
	steps, batch int
	widths       []int
}

func even(layers, width int) []int {
	widths := make([]int, layers+1)
	for i := range widths {
		widths[i] = width
	}
	return widths
}

var longRuns = map[string]longRun{
	"tiny": {steps: 100_000, batch: 32, widths: []int{64, 128, 10}},
	"deep": {steps: 5_000, batch: 8, widths: even(30, 256)},
}

// TestLongTrainingKeepsItsMemory trains in processes of their own, whose memory nobody else uses.
func TestLongTrainingKeepsItsMemory(t *testing.T) {
	const variable = "NN_TEST_LONG_RUN"
	if name := os.Getenv(variable); name != "" {
		longRuns[name].train(t)
		return
	}
	t.Parallel()
	if !testmode.Full() || runtime.GOOS != "linux" {
		t.Skip("-full, on Linux")
	}
	for name := range longRuns {
		t.Run(name, func(t *testing.T) {
			c := exec.Command(os.Args[0], "-test.run=^TestLongTrainingKeepsItsMemory$", "-test.v")
			c.Env = append(os.Environ(), variable+"="+name)
			out, err := c.CombinedOutput()
			require.NoError(t, err, string(out))
			t.Log(string(out))
		})
	}
}

// train trains, and fails when the process grows after a tenth of the steps, or takes more than its numbers need.
func (r longRun) train(t *testing.T) {
	s := newStore()
	net := nn.NewMLP(s.Root(), r.widths...)
	opt := optim.NewAdamW(s, 1e-6)
	p := nn.NewPass(s, nn.Training)
	x, y := normal(1, r.batch, r.widths[0]), labels(1, r.batch, r.widths[len(r.widths)-1])
	var early float64
	for i := range r.steps {
		p.Reset()
		opt.Step(p.Backward(net.Forward(p, p.Input(x)).CrossEntropy(y)))
		if i == r.steps/10 {
			early = peakMemory(t)
		}
	}
	values := 0
	for _, w := range s.Params() {
		values += len(w.Data)
	}
	arena, _ := p.Tape().Memory() // gradients included
	needed := float64(4*(3*values+arena)) / (1 << 20)
	peak := peakMemory(t)
	t.Logf("%d steps: peak %.1f MiB, after a tenth %.1f MiB, of numbers %.1f MiB", r.steps, peak, early, needed)
	assert.LessOrEqual(t, peak, 1.3*needed+20)
	assert.LessOrEqual(t, peak, early+4)
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peakMemory returns the most memory, in MiB, that the process has had so far.
func peakMemory(t *testing.T) float64 {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", os.Getpid()))
	require.NoError(t, err)
	line := peakLine.FindSubmatch(status)
	require.NotNil(t, line)
	kilobytes, err := strconv.ParseFloat(string(line[1]), 64)
	require.NoError(t, err)
	return kilobytes / 1024
}
