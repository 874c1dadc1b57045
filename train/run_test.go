package train_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/optim"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/train"
)

// quick is a training of the moons that takes some milliseconds.
func quick() train.Config {
	c := train.Default("moons")
	c.Epochs = 3
	return c
}

func TestDefaultsLearnEverySet(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]float64{"digits": 0.965, "moons": 0.94, "spiral": 0.97, "xor": 0.97, "circles": 0.97} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r, err := train.Run(context.Background(), train.Default(name), train.Options{})
			require.NoError(t, err)
			assert.GreaterOrEqual(t, r.Test.Accuracy, want)
			assert.Len(t, r.Epochs, r.Config.Epochs)
		})
	}
}

func TestRunLeavesWeightsConfigurationMetricsAndPlot(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "a", "run")
	c := quick()
	r, err := train.Run(context.Background(), c, train.Options{Out: dir})
	require.NoError(t, err)
	assert.Equal(t, []string{".lock", "config.json", "loss.svg", "metrics.csv", "model.safetensors"}, names(t, dir))

	read, err := train.ReadConfig(filepath.Join(dir, train.ConfigFile))
	require.NoError(t, err)
	assert.Equal(t, c, read)

	f, err := os.Open(filepath.Join(dir, train.MetricsFile))
	require.NoError(t, err)
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	require.NoError(t, err)
	require.Len(t, rows, 1+c.Epochs)
	assert.Equal(t, "epoch,step,train_loss,train_accuracy,val_loss,val_accuracy,lr,grad_norm,seconds", strings.Join(rows[0], ","))
	assert.Equal(t, []string{"3", "69"}, rows[3][:2])

	svg, err := os.Open(filepath.Join(dir, train.PlotFile))
	require.NoError(t, err)
	defer svg.Close()
	for d := xml.NewDecoder(svg); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else {
			require.NoError(t, err)
		}
	}

	m, err := train.Open(dir)
	require.NoError(t, err)
	assert.Equal(t, r.Test, train.Evaluate(m.Store, m.Model, r.Parts.Test, 1))
	assert.Equal(t, r.Parts.Input, m.Input)
}

func names(t *testing.T, dir string) (names []string) {
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestWeightsCarryTheirRecipe(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := quick()
	c.SaveDType = dtype.BF16
	r, err := train.Run(context.Background(), c, train.Options{Out: dir})
	require.NoError(t, err)
	f, err := safetensors.Open(filepath.Join(dir, train.WeightsFile))
	require.NoError(t, err)
	defer f.Close()
	recipe, ok, err := train.ReadRecipe(f.Metadata())
	require.NoError(t, err)
	require.True(t, ok)
	assert.Equal(t, r.Recipe, recipe)
	assert.Equal(t, c, recipe.Config)
	assert.Len(t, recipe.Data.Train, 64)
	assert.NotEqual(t, recipe.Data.Train, recipe.Data.Test)
	assert.Len(t, recipe.Seal, 64)
	assert.Equal(t, 69, recipe.Steps)
	kinds := train.ReadKinds(f.Metadata())
	assert.Equal(t, "weight", kinds["0.weight"].String())
	assert.Equal(t, "bias", kinds["0.bias"].String())

	_, ok, err = train.ReadRecipe(map[string]string{"format": "pt"})
	assert.NoError(t, err)
	assert.False(t, ok)
	_, _, err = train.ReadRecipe(map[string]string{"heft.recipe": "{}"})
	require.ErrorContains(t, err, "(heft.recipe) names no model")
	_, _, err = train.ReadRecipe(map[string]string{"heft.recipe": "{"})
	assert.ErrorContains(t, err, "recipe")
	assert.Nil(t, train.ReadKinds(map[string]string{"heft.kinds": "["}))
}

// Not parallel: it sets GOMAXPROCS.
func TestWeightsAreTheSameBitsOnOneProcessorAndTwo(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	var files [][]byte
	for _, procs := range []int{1, 2, 4} {
		runtime.GOMAXPROCS(procs)
		dir := t.TempDir()
		c := train.Default("digits")
		c.Epochs = 2
		_, err := train.Run(context.Background(), c, train.Options{Out: dir})
		require.NoError(t, err)
		weights, err := os.ReadFile(filepath.Join(dir, train.WeightsFile))
		require.NoError(t, err)
		files = append(files, weights)
	}
	assert.True(t, bytes.Equal(files[0], files[1]) && bytes.Equal(files[0], files[2]))
}

func TestAnotherSeedGivesOtherWeightsOnTheSameData(t *testing.T) {
	t.Parallel()
	c := quick()
	a, err := train.Run(context.Background(), c, train.Options{})
	require.NoError(t, err)
	c.Seed++
	b, err := train.Run(context.Background(), c, train.Options{})
	require.NoError(t, err)
	assert.Equal(t, a.Recipe.Data, b.Recipe.Data)
	assert.NotEqual(t, a.Store.Params()[0].Data, b.Store.Params()[0].Data)
	c.Spec.Seed++
	b, err = train.Run(context.Background(), c, train.Options{})
	require.NoError(t, err)
	assert.NotEqual(t, a.Recipe.Data, b.Recipe.Data)
}

func TestLossThatExplodesEndsTheRunAndSaysWhere(t *testing.T) {
	t.Parallel()
	c := quick()
	c.LR, c.Optimizer, c.Activation, c.ClipNorm = 1e20, "sgd", "relu", 0
	dir := filepath.Join(t.TempDir(), "run")
	_, err := train.Run(context.Background(), c, train.Options{Out: dir})
	assert.ErrorContains(t, err, "training broke at step 2")
	assert.ErrorContains(t, err, `the output of layer "4" (Linear) is the first that is not finite`)
	assert.NotContains(t, names(t, dir), train.WeightsFile)
}

func TestFolderThatCannotBeWrittenIsRefusedBeforeTraining(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	s := &stopper{}
	_, err := train.Run(context.Background(), quick(), train.Options{Out: filepath.Join(file, "run"), Progress: s})
	assert.ErrorContains(t, err, "file")
	assert.Zero(t, s.batches)
}

func TestWeightsThatOverflowTheirDTypeAreRefusedByName(t *testing.T) {
	t.Parallel()
	c := quick()
	c.SaveDType, c.Init, c.LR = dtype.F16, "constant(70000)", 1e-9
	_, err := train.Run(context.Background(), c, train.Options{Out: t.TempDir()})
	var overflow *dtype.OverflowError
	require.ErrorAs(t, err, &overflow)
	assert.ErrorContains(t, err, "0.weight")
}

func TestEveryOptimizerScheduleAndInitializationTrains(t *testing.T) {
	t.Parallel()
	for _, o := range optim.OptimizerNames() {
		dir := t.TempDir()
		_, err := train.Run(context.Background(), quick().WithOptimizer(o), train.Options{Out: dir})
		require.NoError(t, err, o)
		rep, err := train.Reproduce(context.Background(), dir, train.Options{})
		require.NoError(t, err, o)
		assert.Nil(t, rep.First, o)
	}
	for _, s := range []string{"constant", "step", "cosine", "one-cycle", "one-cycle-linear", "plateau(0.5,1)", "warmup+cosine"} {
		c := quick()
		c.Schedule = s
		r, err := train.Run(context.Background(), c, train.Options{})
		require.NoError(t, err, s)
		assert.Greater(t, r.Epochs[0].LR, 0.0, s)
	}
	for _, i := range []string{"zeros", "orthogonal", "pytorch-default", "normal(0,0.1)"} {
		c := quick()
		c.Init, c.Dropout, c.LabelSmoothing, c.ClipNorm = i, 0.1, 0.1, 1
		_, err := train.Run(context.Background(), c, train.Options{})
		assert.NoError(t, err, i)
	}
}

func TestWithoutValidationEverythingIsTrainedOn(t *testing.T) {
	t.Parallel()
	c := quick()
	c.Validation = 0
	dir := t.TempDir()
	r, err := train.Run(context.Background(), c, train.Options{Out: dir})
	require.NoError(t, err)
	assert.Equal(t, 800, r.Epochs[0].Train.Samples)
	assert.Zero(t, r.Epochs[0].Validation.Samples)
	text, err := os.ReadFile(filepath.Join(dir, train.MetricsFile))
	require.NoError(t, err)
	assert.Contains(t, string(text), ",,", "no validation, no numbers")
}
