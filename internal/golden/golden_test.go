package golden

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
)

func requireFilled(t *testing.T, what string, shape []int, values int) {
	t.Helper()
	n := 1
	for _, d := range shape {
		n *= d
	}
	require.Equal(t, n, values, "%s of shape %v", what, shape)
}

func TestOpCasesAreWhole(t *testing.T) {
	t.Parallel()
	file := Ops(t)
	assert.NotEmpty(t, file.Torch)
	names := map[string]bool{}
	ops := map[string]bool{}
	for _, c := range file.Cases {
		name := c.Op + "/" + c.Name
		assert.False(t, names[name], "two cases named %s", name)
		names[name], ops[c.Op] = true, true
		requireFilled(t, name, c.Output.Shape, len(c.Output.Data))
		require.Len(t, c.Seed, len(c.Output.Data), name)
		require.Len(t, c.Grads, len(c.Inputs), name)
		require.NotEmpty(t, c.Inputs, name)
		for i, x := range c.Inputs {
			requireFilled(t, name, x.Shape, len(x.Data))
			require.Len(t, c.Grads[i], len(x.Data), name)
		}
		require.Len(t, c.StateAfter, len(c.State), name)
	}
	assert.Greater(t, len(ops), 40)
}

func TestLayerCasesAreWhole(t *testing.T) {
	t.Parallel()
	file := Layers(t)
	require.NotEmpty(t, file.Cases)
	for _, c := range file.Cases {
		require.NotEmpty(t, c.Steps, c.Name)
		for _, s := range c.Steps {
			require.NotEqual(t, s.Input == nil, s.Labels == nil, "%s: one kind of input", c.Name)
			requireFilled(t, c.Name, s.Output.Shape, len(s.Output.Data))
			for name, x := range s.Grads {
				if name != "input" {
					require.Equal(t, c.State[name].Shape, x.Shape, "%s: %s", c.Name, name)
				}
			}
			for name := range s.Buffers {
				require.Contains(t, c.State, name, c.Name)
			}
			require.Contains(t, s.Error, "output", c.Name)
			require.Len(t, s.Error, 1+len(s.Grads)+len(s.Buffers), c.Name)
		}
	}
}

func TestOptimizerRunsAreWhole(t *testing.T) {
	t.Parallel()
	file := Optim(t)
	total := 0
	for _, p := range file.Params {
		requireFilled(t, p.Name, p.Shape, len(p.Data))
		total += len(p.Data)
	}
	require.Len(t, file.Gradients, 100)
	for _, g := range file.Gradients {
		require.Len(t, g, total)
	}
	require.NotEmpty(t, file.Runs)
	for _, r := range file.Runs {
		for _, step := range []int{1, 2, 3, 10, 100} {
			for _, p := range file.Params {
				require.Len(t, r.After[step][p.Name], len(p.Data), r.Name)
			}
		}
		require.Equal(t, r.Clip["norm"] != 0, len(r.Norms) == 100, r.Name)
	}
	require.NotEmpty(t, file.Schedules)
	for _, s := range file.Schedules {
		require.Len(t, s.Rates, 100, s.Name)
	}
}

func TestCurvesAreWhole(t *testing.T) {
	t.Parallel()
	file := Curves(t)
	require.Len(t, file.Rows, 200)
	for _, rows := range file.Rows {
		require.Len(t, rows, file.Batch)
	}
	for name, x := range file.State {
		requireFilled(t, name, x.Shape, len(x.Data))
	}
	require.Len(t, file.State, 2*(len(file.Widths)-1))
	for _, c := range file.Curves {
		require.Len(t, c.Float32, len(file.Rows), c.Name)
		require.Len(t, c.Float64, len(file.Rows), c.Name)
		assert.Less(t, c.Float32[199], c.Float32[0], "%s learns", c.Name)
	}
}

func TestTheLSTMCurveIsWhole(t *testing.T) {
	t.Parallel()
	file := LSTMCurve(t)
	require.Len(t, file.Starts, 100)
	require.Len(t, file.Float32, 100)
	require.Len(t, file.Float64, 100)
	for name, x := range file.State {
		requireFilled(t, name, x.Shape, len(x.Data))
	}
	assert.Less(t, file.Float32[99], file.Float32[0], "it learns")
}

func TestInitIsWhole(t *testing.T) {
	t.Parallel()
	file := Init(t)
	assert.NotEmpty(t, file.Gains)
	assert.NotEmpty(t, file.Fans)
	require.NotEmpty(t, file.Bounds)
	for _, b := range file.Bounds {
		assert.InEpsilon(t, math.Sqrt(3)*b.Std, b.Bound, 1e-15)
	}
}

func TestFilesAreOfThePinnedVersion(t *testing.T) {
	t.Parallel()
	requirements, err := os.ReadFile(filepath.Join(Folder(t), "..", "..", "internal", "interop", "requirements.txt"))
	require.NoError(t, err)
	readme, err := os.ReadFile(filepath.Join(Folder(t), "README.md"))
	require.NoError(t, err)
	for _, version := range []string{Ops(t).Torch, Layers(t).Torch, Optim(t).Torch, Curves(t).Torch, LSTMCurve(t).Torch, Init(t).Torch, Transformers(t).Torch} {
		assert.Contains(t, string(requirements), "torch=="+version+"\n")
		assert.Contains(t, string(readme), "PyTorch "+version+" ")
	}
}

func TestFilesStaySmall(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob(filepath.Join(Folder(t), "*.json"))
	require.NoError(t, err)
	require.Len(t, paths, 8)
	var total int64
	for _, path := range paths {
		info, err := os.Stat(path)
		require.NoError(t, err)
		total += info.Size()
	}
	assert.Less(t, total, int64(1_700_000))
}

func TestUnknownFieldIsRefused(t *testing.T) {
	t.Parallel()
	_, err := decode[InitFile]([]byte(`{"torch":"2","gain":[]}`))
	assert.ErrorContains(t, err, "gain")
}

func TestNumbersReadWhatJSONLacks(t *testing.T) {
	t.Parallel()
	var n Numbers
	require.NoError(t, json.Unmarshal([]byte(`[1.5,"NaN","Inf","-Inf",-0.0]`), &n))
	assert.Equal(t, 1.5, n[0])
	assert.True(t, math.IsNaN(n[1]))
	assert.True(t, math.IsInf(n[2], 1))
	assert.True(t, math.IsInf(n[3], -1))
	assert.True(t, math.Signbit(n[4]))
	for _, bad := range []string{`["Infinity"]`, `[null]`, `[[1]]`, `{}`, `[1`} {
		assert.Error(t, json.Unmarshal([]byte(bad), &n), bad)
	}
}

func TestArgsKnowWhichWereRead(t *testing.T) {
	t.Parallel()
	var a Args
	require.NoError(t, json.Unmarshal([]byte(`{"lr":0.5,"axes":[0,-1],"nesterov":true}`), &a))
	assert.Equal(t, 0.5, Arg(&a, "lr", 0.0))
	assert.Equal(t, 3, Arg(&a, "missing", 3))
	assert.Equal(t, []string{"axes", "nesterov"}, a.Unread())
	assert.Equal(t, []int{0, -1}, Arg(&a, "axes", []int(nil)))
	assert.True(t, Arg(&a, "nesterov", false))
	assert.Empty(t, a.Unread())
	assert.Panics(t, func() { Arg(&a, "lr", "text") })
}

func TestCompareNamesTheWorstValue(t *testing.T) {
	t.Parallel()
	nan, inf := math.NaN(), math.Inf(1)
	tol := Tolerance{Relative: 1e-3, Absolute: 1e-6}
	for _, c := range []struct {
		want Numbers
		got  []float64
		says string
	}{
		{Numbers{100, 0, nan, inf}, []float64{100.09, 5e-7, nan, inf}, ""},
		{Numbers{100, 0}, []float64{100.2, 0}, "value 0"},
		{Numbers{100, 0}, []float64{100.2, 1e-5}, "value 1"},
		{Numbers{nan}, []float64{0}, "value 0"},
		{Numbers{0}, []float64{nan}, "value 0"},
		{Numbers{inf}, []float64{-inf}, "value 0"},
		{Numbers{1e300}, []float64{inf}, "value 0"},
		{Numbers{1, 2}, []float64{1}, "1 values, want 2"},
	} {
		err := Compare(c.want, c.got, tol)
		if c.says == "" {
			assert.NoError(t, err)
		} else {
			assert.ErrorContains(t, err, c.says)
		}
	}
}

func TestLikeTorchIsFourTimesTheErrorOrFourUlp(t *testing.T) {
	t.Parallel()
	want := Numbers{0.5, -3, 0}
	ulp := math.Pow(2, -22) // of numbers from 2 to below 4
	assert.Equal(t, Tolerance{Absolute: 4 * ulp}, LikeTorch(want, 0))
	assert.Equal(t, Tolerance{Absolute: 4 * ulp}, LikeTorch(want, ulp/2))
	assert.Equal(t, Tolerance{Absolute: 4e-3}, LikeTorch(want, 1e-3))
	assert.NoError(t, Compare(want, []float64{0.5 + 4*ulp, -3, 0}, LikeTorch(want, 0)))
	assert.Error(t, Compare(want, []float64{0.5 + 5*ulp, -3, 0}, LikeTorch(want, 0)))
}
