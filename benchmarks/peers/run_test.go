package main

import (
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
	"github.com/heft-ml/heft/internal/interop"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// smallWorks has the kinds of work that every library does.
var smallWorks = []protocol.Work{
	tiny, tinyRun,
	{Name: "deeper", Kind: protocol.Train, Batch: 8, Widths: []int{16, 32, 32, 10}},
	{Name: "NN", Kind: protocol.Sgemm, M: 3, N: 5, K: 7},
	{Name: "NT", Kind: protocol.Sgemm, M: 3, N: 5, K: 7, TransB: true},
	{Name: "TN", Kind: protocol.Sgemm, M: 3, N: 5, K: 7, TransA: true},
	{Name: "TT", Kind: protocol.Sgemm, M: 3, N: 5, K: 7, TransA: true, TransB: true},
}

// smallNetworks has the others.
var smallNetworks = []protocol.Work{
	{Name: "lenet", Kind: protocol.LeNet5, Batch: 8},
	{Name: "cnn", Kind: protocol.CNN, Batch: 8},
	{Name: "lstm", Kind: protocol.LSTM, Batch: 2, Length: 5, Vocabulary: 7, Layers: 2, Width: 12, Embedding: 6},
	{Name: "gpt", Kind: protocol.GPT, Batch: 2, Length: 5, Vocabulary: 7, Layers: 2, Width: 12, Heads: 3},
}

// smallFiles are of a megabyte, so that tests of this module cost little.
var smallFiles = files(1 << 20)

// requireSameWork has the peers that args choose do the works and fails if they come to different things.
func requireSameWork(t *testing.T, works []protocol.Work, want []string, args ...string) {
	t.Helper()
	o, err := parse(args)
	require.NoError(t, err)
	all := entrants(t.Context(), t.TempDir(), o)
	about := map[string]string{}
	for _, work := range works {
		s := section{label: inSteps, title: "small", cores: runtime.NumCPU(), works: []protocol.Work{work}}
		if work.Kind == protocol.Sgemm {
			s.label = inProducts
		}
		if work.OnFile() {
			s.label = inFiles
		}
		outcomes, err := s.compete(t.Context(), all, 2, about)
		require.NoError(t, err)
		for _, r := range outcomes[0].results {
			assert.Empty(t, r.left, "%s: %s", work.Name, r.name)
			assert.Len(t, r.seconds, 2)
			if r.key != "peak" && (r.key != "gonum" || work.Kind == protocol.Sgemm) {
				assert.NotNil(t, r.value, "%s: %s", work.Name, r.name)
			}
		}
	}
	var took []string
	for _, e := range all {
		assert.NotContains(t, about[e.key], "left out")
		took = append(took, e.key)
	}
	assert.Equal(t, want, took)
}

func TestGoPeersComputeTheSame(t *testing.T) {
	t.Parallel()
	requireSameWork(t, smallWorks, []string{"heft", "heft-one-core", "heft-bf16", "peak", "gomlx", "spago", "gonum"}, "-peers", "heft|peak|gomlx|spago|gonum")
}

// JAX and compiled PyTorch are left to whole runs, which compare the losses too: the one would be another download, and
// the other takes a minute.
func TestPythonPeersComputeTheSame(t *testing.T) {
	t.Parallel()
	requireSameWork(t, smallWorks, []string{"heft", "torch", "numpy"}, "-peers", "^(heft|torch|numpy)$", "-python", interop.Python(t))
}

func TestPeersTrainTheSameNetworks(t *testing.T) {
	t.Parallel()
	requireSameWork(t, smallNetworks, []string{"heft", "heft-one-core", "torch"}, "-peers", "^(heft|heft-one-core|torch)$", "-python", interop.Python(t))
}

func TestPeersDoTheSameWorkOnFiles(t *testing.T) {
	t.Parallel()
	requireSameWork(t, smallFiles, []string{"heft", "torch"}, "-peers", "^(heft|torch)$", "-python", interop.Python(t))
}

func TestAFileHasTheSizeThatWasAskedFor(t *testing.T) {
	t.Parallel()
	for _, w := range smallFiles {
		path := filepath.Join(t.TempDir(), "start.safetensors")
		require.NoError(t, writeStart(path, w))
		f, err := safetensors.Open(path)
		require.NoError(t, err)
		bytes := int64(0)
		for _, info := range f.Tensors() {
			bytes += info.Bytes
		}
		assert.Len(t, f.Tensors(), filesOf)
		assert.Equal(t, w.Bytes, bytes)
		require.NoError(t, f.Close())
	}
}

func TestStartHoldsTheNumbersOfTheWork(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		work   protocol.Work
		shapes map[string][]int
	}{
		{tiny, map[string][]int{"0.weight": {5, 6}, "0.bias": {5}, "2.weight": {3, 5}, "2.bias": {3}, "x": {4, 6}, "y": {4}}},
		{smallWorks[3], map[string][]int{"a": {3, 7}, "b": {7, 5}}},
		{smallWorks[6], map[string][]int{"a": {7, 3}, "b": {5, 7}}},
	} {
		path := filepath.Join(t.TempDir(), "start.safetensors")
		require.NoError(t, writeStart(path, test.work))
		f, err := safetensors.Open(path)
		require.NoError(t, err)
		shapes := map[string][]int{}
		for _, info := range f.Tensors() {
			shapes[info.Name] = info.Shape
		}
		require.NoError(t, f.Close())
		assert.Equal(t, test.shapes, shapes, test.work.Name)
	}
	assert.Error(t, writeStart(filepath.Join(t.TempDir(), "x"), protocol.Work{Kind: "tree"}))
}

func TestEveryWorkHasANameOfItsOwn(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, w := range slices.Concat(products(), perceptrons, networks, growth()) {
		assert.False(t, names[w.Name], w.Name)
		names[w.Name] = true
		assert.Positive(t, w.FLOPs(), w.Name)
	}
	assert.Len(t, products(), 4*18)
}

func TestMissingPythonLeavesItsPeersOut(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-peers", "^heft$|numpy|jax", "-python", "no-such-python", "-works", "32x32x32 NN", "-rounds", "1", "-cores", strconv.Itoa(runtime.NumCPU())})
	require.NoError(t, err)
	var out strings.Builder
	require.NoError(t, run(t.Context(), &out, o))
	assert.Regexp(t, `(?m)^- .numpy.: left out: .*no-such-python`, out.String())
	assert.Regexp(t, `(?m)^- .jax.: left out: .*no-such-python`, out.String())
	assert.Regexp(t, `(?m)^\| 32x32x32 \| \d+ \|$`, out.String())
}

func TestFlagsAreChecked(t *testing.T) {
	t.Parallel()
	for _, args := range []string{"-rounds 0", "-peers (", "-cores 0", "-cores two", "-file-mb 0", "-cores 1000000", "more"} {
		_, err := parse(strings.Fields(args))
		assert.Error(t, err, args)
	}
	o, err := parse([]string{"-with", "a", "-with", "b/c"})
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b/c"}, o.with)
	assert.Equal(t, runtime.NumCPU(), o.cores[0])
}

func TestUnknownPeerIsAnError(t *testing.T) {
	t.Parallel()
	o, err := parse([]string{"-peers", "tensorflow"})
	require.NoError(t, err)
	assert.ErrorContains(t, run(t.Context(), new(strings.Builder), o), "no peer has such a key")
}
