package same_test

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/same"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize"
	"github.com/heft-ml/heft/serialize/safetensors"
)

// small is a pair of a few hundred milliseconds.
func small() same.Pair {
	p := same.DefaultPair()
	p.Setup.Depth, p.Setup.Width, p.Setup.Steps = 2, 16, 500
	return p
}

func run(t *testing.T, p same.Pair, jobs int) *same.Trained {
	t.Helper()
	trained, err := p.Run(context.Background(), jobs, nil)
	require.NoError(t, err)
	return trained
}

func TestTwoDataSetsMakeTwoBuildingsOfOneBlueprint(t *testing.T) {
	t.Parallel()
	trained := run(t, small(), 2)
	f := trained.Findings
	assert.Equal(t, [2]string{"moons", "circles"}, f.Names)
	assert.Equal(t, 2*16+16+16*16+16+16*2+2, f.Values)
	assert.Equal(t, f.Sizes[0], f.Sizes[1], "the same size to the byte")
	assert.Equal(t, int64(len(trained.Files[0])), f.Sizes[0])
	assert.NotEqual(t, trained.Files[0], trained.Files[1])

	b := f.Behaviour
	require.NotNil(t, b)
	for i := range 2 {
		assert.Greater(t, b.Accuracy[i][i], 0.9)
		assert.Less(t, b.Accuracy[i][1-i], b.Accuracy[i][i]-0.2, "each knows its own data alone")
	}
	assert.Less(t, b.Agreement, 0.9)
	require.Len(t, b.Swaps, 3)
	for _, s := range b.Swaps {
		for i := range 2 {
			assert.Less(t, s.Accuracy[i], b.Accuracy[i][i]-0.05, "layer %s fits and breaks network %d", s.Layer, i)
		}
	}
	require.NotNil(t, b.Maps[0])
	assert.NotEqual(t, b.Maps[0].P, b.Maps[1].P)
	for _, m := range b.Modules {
		assert.True(t, m.CKA >= 0 && m.CKA <= 1+1e-9, "%s: %v", m.Path, m.CKA)
	}
}

// From one seed both begin from the same weights and keep some of them; from two they have nothing in common.
func TestOneStartIsRememberedAndTwoAreNot(t *testing.T) {
	t.Parallel()
	p := small()
	p.Seeds = [2]uint64{1, 1}
	one := run(t, p, 2).Findings
	p.Data, p.Seeds = [2]string{"moons", "moons"}, [2]uint64{1, 2}
	two := run(t, p, 2).Findings
	assert.Equal(t, [2]string{"seed 1", "seed 2"}, two.Names)
	assert.True(t, two.Behaviour.Shared)
	assert.Greater(t, two.Behaviour.Agreement, 0.9, "both learned the same task")
	middle := func(f *same.Findings) float64 { return f.Matrices()[1].Cosine }
	assert.Greater(t, middle(one), 0.5)
	assert.Less(t, math.Abs(middle(two)), 0.3)
}

func TestFindingsDoNotDependOnJobs(t *testing.T) {
	t.Parallel()
	p := small()
	p.Setup.Steps = 50
	one, two := run(t, p, 1), run(t, p, 2)
	assert.Equal(t, one, two)
	told := 0
	_, err := p.Run(context.Background(), 2, func(done, total int) {
		assert.Greater(t, done, told)
		assert.Equal(t, 100, total)
		told = done
	})
	require.NoError(t, err)
	assert.Equal(t, 100, told)
}

func TestPairsThatCannotBeSaySo(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(p *same.Pair){
		"the same bits":           func(p *same.Pair) { p.Data[1], p.Seeds[1] = p.Data[0], p.Seeds[0] },
		`data is "banana"`:        func(p *same.Pair) { p.Data[1] = "banana" },
		"depth is 0":              func(p *same.Pair) { p.Setup.Depth = 0 },
		"not of one architecture": func(p *same.Pair) { p.Data[1], p.Setup.Steps = "digits", 1 },
	} {
		p := small()
		change(&p)
		_, err := p.Run(context.Background(), 1, nil)
		require.ErrorContains(t, err, want)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := small().Run(ctx, 1, nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestPairsKnowTheirCommand(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "heft lab same", same.DefaultPair().Command())
	p := small()
	p.Data, p.Seeds, p.Setup.Residual = [2]string{"spiral", "spiral"}, [2]uint64{3, 4}, "plain"
	assert.Equal(t, "heft lab same --data spiral --depth 2 --width 16 --residual plain --steps 500 --seeds 3,4", p.Command())
}

// write leaves a network's weights in a file.
func write(t testing.TB, scheme initializer.Scheme, widths ...int) string {
	t.Helper()
	s := nn.NewStore(1, scheme)
	nn.NewMLP(s.Root(), widths...)
	var b bytes.Buffer
	require.NoError(t, safetensors.Write(&b, s.Tensors(), dtype.BF16))
	path := filepath.Join(t.TempDir(), "weights.safetensors")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	return path
}

// open reads the weights of a file.
func open(t testing.TB, path string) (*same.Network, error) {
	t.Helper()
	f, err := serialize.Open(path)
	require.NoError(t, err)
	defer f.Close()
	return same.Read(f, filepath.Base(path), "no recipe")
}

func read(t testing.TB, path string) *same.Network {
	t.Helper()
	n, err := open(t, path)
	require.NoError(t, err)
	return n
}

func TestFilesWithoutAModelAreComparedByTheirWeights(t *testing.T) {
	t.Parallel()
	a, b := read(t, write(t, initializer.Constant(2), 3, 4, 2)), read(t, write(t, initializer.Constant(-1), 3, 4, 2))
	f, err := same.Compare(context.Background(), a, b)
	require.NoError(t, err)
	assert.Nil(t, f.Behaviour)
	assert.Equal(t, "no recipe", f.Why)
	require.Len(t, f.Matrices(), 2)
	p := f.Matrices()[0]
	assert.Equal(t, "0.weight", p.Name)
	assert.InDelta(t, -1, p.Cosine, 1e-12)
	assert.InDelta(t, math.Sqrt(12)*2, p.Norm[0], 1e-12)
	assert.InDelta(t, math.Sqrt(12), p.Norm[1], 1e-12)
	assert.InDelta(t, math.Sqrt(12)*3/(math.Sqrt(12)*math.Sqrt2), p.Difference, 1e-12)
	require.Len(t, p.Spectrum[0], 3)
	assert.InDelta(t, math.Sqrt(12)*2, p.Spectrum[0][0], 1e-9, "a matrix of one number has rank 1")
	assert.Zero(t, p.Spectrum[0][1])
}

func TestOtherArchitecturesAreRefused(t *testing.T) {
	t.Parallel()
	a := read(t, write(t, initializer.Constant(1), 3, 4, 2))
	_, err := same.Compare(context.Background(), a, read(t, write(t, initializer.Constant(1), 3, 5, 2)))
	require.ErrorContains(t, err, `"0.bias" is [4] in weights.safetensors and [5] in`)
	_, err = same.Compare(context.Background(), a, read(t, write(t, initializer.Constant(1), 3, 4, 4, 2)))
	require.ErrorContains(t, err, "not of one architecture")
}

// Formats allow a tensor whose name is empty; a store does not.
func TestTensorsWithoutANameAreRefused(t *testing.T) {
	t.Parallel()
	tensor, err := dtype.FromFloat32s("", []int{1}, []float32{1}, dtype.F32)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "hostile.safetensors")
	require.NoError(t, safetensors.Save(path, []dtype.Tensor{tensor}, safetensors.AsIs))
	_, err = open(t, path)
	require.EqualError(t, err, "hostile.safetensors: a tensor has no name, and a network's weights need names")
}

// Every file says what made it, and both have one size.
func TestFilesSayWhatMakesThemAgain(t *testing.T) {
	t.Parallel()
	p := small()
	p.Setup.Steps = 1
	trained := run(t, p, 1)
	assert.Len(t, trained.Files[1], len(trained.Files[0]))
	for i, data := range p.Data {
		path := filepath.Join(t.TempDir(), "network.safetensors")
		require.NoError(t, os.WriteFile(path, trained.Files[i], 0o600))
		_, metadata, err := safetensors.Load(path)
		require.NoError(t, err)
		assert.Equal(t, p.Command(), metadata[same.CommandKey])
		var r same.Record
		require.NoError(t, json.Unmarshal([]byte(metadata[same.RecordKey]), &r))
		assert.Equal(t, i, r.This)
		assert.Equal(t, data, r.Networks[i].Data)
		e, err := lab.New(r.Networks[i])
		require.NoError(t, err)
		e.Step()
		assert.Equal(t, read(t, path).Store.Param("0.weight").Data, e.Store.Param("0.weight").Data, "its settings make it again")
	}
}

// A network of NaN puts every sample in its first class, which says nothing of it.
func TestNetworksThatDivergedAreNotCompared(t *testing.T) {
	t.Parallel()
	p := small()
	p.Setup.LR, p.Setup.Steps = 1e20, 5
	f := run(t, p, 2).Findings
	assert.Nil(t, f.Behaviour)
	assert.Equal(t, "what moons returns for its own data is not finite", f.Why)
	assert.Positive(t, f.NonFinite[0])
	assert.Positive(t, f.NonFinite[1])
	assert.NotNil(t, f.Shown[0])

	large := above(10, 2, 8, 12)
	large.Model.(*nn.Linear).Weight.Data[1] = math.MaxFloat32
	large.Model.(*nn.Linear).Bias.Data[1] = math.MaxFloat32
	f = compare(t, above(10, 2, 8, 12), large)
	assert.Equal(t, [2]int{}, f.NonFinite)
	assert.Equal(t, "what above returns for its own data is not finite", f.Why)
}

// Whatever a file holds, it is read as weights or refused, and compared with itself.
func FuzzRead(f *testing.F) {
	for _, widths := range [][]int{{3, 4, 2}, {1, 1}} {
		text, err := os.ReadFile(write(f, initializer.Constant(2), widths...))
		require.NoError(f, err)
		f.Add(text)
	}
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		file, err := serialize.NewReader(bytes.NewReader(text), int64(len(text)))
		if err != nil {
			return
		}
		defer file.Close()
		n, err := same.Read(file, "weights", "no recipe")
		if err != nil || len(n.Store.Params()) == 0 {
			return
		}
		found, err := same.Compare(context.Background(), n, n)
		require.NoError(t, err)
		assert.Nil(t, found.Behaviour)
		assert.Len(t, found.Params, len(n.Store.Params()))
	})
}
