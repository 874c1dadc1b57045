package protocol

import (
	"errors"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// counter counts its steps since it was reset, beginning with x.
type counter struct {
	x, count float64
	resets   int
}

func (c *counter) Reset()         { c.count = c.x; c.resets++ }
func (c *counter) Step()          { c.count++ }
func (c *counter) Value() float64 { return c.count }

// block does steps at once, and computes nothing that could be compared.
type block struct{ calls []int }

func (b *block) Reset()         {}
func (b *block) Step()          { panic("one at a time") }
func (b *block) Steps(n int)    { b.calls = append(b.calls, n) }
func (b *block) Value() float64 { return math.NaN() }

// start writes a file with a tensor x that holds 100.
func start(t *testing.T, dt dtype.DType) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "start.safetensors")
	x, err := dtype.FromFloat32s("x", []int{1}, []float32{100}, dt)
	require.NoError(t, err)
	require.NoError(t, safetensors.Save(path, []dtype.Tensor{x}, dt))
	return path
}

func answers(t *testing.T, requests string, prepare func(Work, Tensors) (Runner, error)) (string, error) {
	t.Helper()
	var out strings.Builder
	err := serve(strings.NewReader(requests), &out, Hello{Name: "Twin", Version: "1", Setup: "alone"}, prepare)
	return out.String(), err
}

func TestServeAnswersEachRequest(t *testing.T) {
	t.Parallel()
	c := &counter{}
	out, err := answers(t, `{"prepare": {"kind": "train", "batch": 3}, "file": "`+start(t, dtype.F32)+`"}
		{"warmup": 1, "steps": 2} {"warmup": 0, "steps": 5}`, func(w Work, x Tensors) (Runner, error) {
		assert.Equal(t, Work{Kind: Train, Batch: 3}, w)
		c.x = float64(x["x"][0])
		return c, nil
	})
	require.NoError(t, err)
	lines := strings.Split(out, "\n")
	assert.JSONEq(t, `{"name": "Twin", "version": "1", "setup": "alone", "missing": ""}`, lines[0])
	assert.Equal(t, "{}", lines[1])
	assert.Regexp(t, `^{"seconds":[0-9.e-]+,"value":103}$`, lines[2])
	assert.Regexp(t, `^{"seconds":[0-9.e-]+,"value":105}$`, lines[3])
	assert.Equal(t, 2, c.resets, "training begins afresh with every request")
}

func TestRunnerMayDoItsStepsAtOnce(t *testing.T) {
	t.Parallel()
	b := &block{}
	out, err := answers(t, `{"prepare": {}, "file": "`+start(t, dtype.F32)+`"} {"warmup": 3, "steps": 7}`,
		func(Work, Tensors) (Runner, error) { return b, nil })
	require.NoError(t, err)
	assert.Equal(t, []int{3, 7}, b.calls)
	assert.NotContains(t, out, "value", "NaN is no value")
}

func TestWorkThatCannotBeDoneIsNoError(t *testing.T) {
	t.Parallel()
	out, err := answers(t, `{"prepare": {}, "file": "`+start(t, dtype.F32)+`"}`,
		func(Work, Tensors) (Runner, error) { return nil, ErrCannot })
	require.NoError(t, err)
	assert.Contains(t, out, `{"cannot":"this library cannot do this work"}`)
}

func TestServeRefusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	never := func(Work, Tensors) (Runner, error) { return nil, errors.New("the layer broke") }
	for requests, want := range map[string]string{
		"{":            "cannot read a request",
		`{"steps": 1}`: "before anything is ready",
		`{"prepare": {}, "file": "no such file"}`:                "no such file",
		`{"prepare": {}, "file": "` + start(t, dtype.F16) + `"}`: "not F32",
		`{"prepare": {}, "file": "` + start(t, dtype.F32) + `"}`: "the layer broke",
	} {
		_, err := answers(t, requests, never)
		assert.ErrorContains(t, err, want, requests)
	}
}

func TestFLOPsCountTheMatrixProducts(t *testing.T) {
	t.Parallel()
	const forward = 784*512 + 512*256 + 256*10
	w := Work{Kind: Forward, Batch: 64, Widths: []int{784, 512, 256, 10}}
	assert.Equal(t, 2.0*64*forward, w.FLOPs())
	w.Kind = Train
	assert.Equal(t, 2.0*64*(3*forward-784*512), w.FLOPs())
	assert.Equal(t, 2.0*3*5*7, Work{Kind: Sgemm, M: 3, N: 5, K: 7}.FLOPs())
}
