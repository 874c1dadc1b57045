package train_test

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/train"
)

func TestReproducedWeightsAreBitEqual(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"digits", "moons", "spiral", "xor", "circles"} {
		for _, dt := range []dtype.DType{dtype.F32, dtype.F16, dtype.BF16} {
			c := train.Default(name)
			c.Epochs, c.SaveDType = 1, dt
			dir := t.TempDir()
			_, err := train.Run(context.Background(), c, train.Options{Out: dir})
			require.NoError(t, err)
			rep, err := train.Reproduce(context.Background(), dir, train.Options{})
			require.NoError(t, err)
			assert.Nil(t, rep.First)
			assert.Empty(t, rep.Causes)
			assert.Equal(t, 6, rep.Tensors)
		}
	}
}

func TestReproduceNamesWhatChanged(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	_, err := train.Run(context.Background(), quick(), train.Options{Out: dir})
	require.NoError(t, err)
	path := filepath.Join(dir, train.WeightsFile)
	tensors, metadata, err := safetensors.Load(path)
	require.NoError(t, err)
	recipe := metadata["heft.recipe"]
	for name, c := range map[string]struct {
		recipe func(text string) string
		weight bool // whether a weight is changed too
		differ bool // whether the values differ
		cause  string
	}{
		"weight":  {weight: true, differ: true, cause: "the weights were changed after training"},
		"seed":    {recipe: replace(`"seed":1`, `"seed":2`), differ: true, cause: "seed is 2 in the recipe, but 1 in the run's config.json"},
		"setting": {recipe: replace(`"lr":0.01`, `"lr":0.02`), differ: true, cause: "lr is 0.02 in the recipe"},
		"data":    {recipe: replace(`"train":"`, `"train":"0`), cause: "the training part of moons is not what it was"},
		"version": {recipe: replace(`"version":"`, `"version":"9.`), cause: "but was 9."},
		"level":   {recipe: replace(`"simd":"`, `"simd":"avx9`), cause: "but was"},
	} {
		m := map[string]string{"heft.recipe": recipe}
		if c.recipe != nil {
			m["heft.recipe"] = c.recipe(recipe)
			require.NotEqual(t, recipe, m["heft.recipe"], name)
		}
		changed := append([]dtype.Tensor(nil), tensors...)
		if c.weight {
			for i := range changed {
				if changed[i].Name == "2.weight" {
					changed[i].Data = append([]byte(nil), changed[i].Data...)
					changed[i].Data[4*7] ^= 1
				}
			}
		}
		other := t.TempDir()
		file := filepath.Join(other, "w.safetensors")
		require.NoError(t, safetensors.Save(file, changed, dtype.F32, safetensors.Metadata(m)))
		writeFile(t, filepath.Join(other, train.ConfigFile), contents(t, filepath.Join(dir, train.ConfigFile)))
		rep, err := train.Reproduce(context.Background(), file, train.Options{})
		require.NoError(t, err, name)
		assert.Contains(t, strings.Join(rep.Causes, "\n"), c.cause, name)
		assert.Equal(t, c.differ, rep.First != nil, name)
		if c.weight {
			assert.Equal(t, "2.weight", rep.First.Tensor)
			assert.Equal(t, 7, rep.First.Index)
		}
	}
}

func replace(old, new string) func(string) string {
	return func(text string) string { return strings.Replace(text, old, new, 1) }
}

func TestReproduceSaysWhyItCannotTry(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "w.safetensors")
	x, err := dtype.FromFloat32s("x", []int{1}, []float32{1}, dtype.F32)
	require.NoError(t, err)
	require.NoError(t, safetensors.Save(file, []dtype.Tensor{x}, dtype.F32))
	_, err = train.Reproduce(context.Background(), file, train.Options{})
	assert.ErrorContains(t, err, "no recipe")
	_, err = train.Reproduce(context.Background(), filepath.Join(dir, "nowhere"), train.Options{})
	assert.Error(t, err)
}
