package train_test

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/train"
)

// smallImages returns runs that take moments, one of each model for images, with everything that augmentation can do.
func smallImages(name string, batch int) map[string]train.Config {
	all := map[string]train.Config{}
	for _, model := range []string{"lenet300", "cnn", "resnet:8"} {
		c := train.DefaultFor(name, model)
		c.Epochs, c.Batch, c.Validation, c.Augment = 1, batch, 0.5, "shift:1,flip,normalize"
		all[model] = c
	}
	return all
}

// paintings writes images of two classes, so many of each, 12 pixels a side: bright ones and dark ones.
func paintings(t *testing.T, each int) string {
	t.Helper()
	dir := t.TempDir()
	for class, light := range map[string]int{"bright": 150, "dark": 20} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, class), 0o777))
		for i := range each {
			img := image.NewRGBA(image.Rect(0, 0, 12, 12))
			for at := range 144 {
				img.SetRGBA(at%12, at/12, color.RGBA{uint8(light + (at*7+i)%60), uint8(light + i), uint8(light + at%50), 255})
			}
			var file bytes.Buffer
			require.NoError(t, png.Encode(&file, img))
			require.NoError(t, os.WriteFile(filepath.Join(dir, class, fmt.Sprint(i, ".png")), file.Bytes(), 0o666))
		}
	}
	return dir
}

// It is not parallel: it changes GOMAXPROCS.
func TestImageModelsGiveTheSameBitsOnAnyNumberOfProcessors(t *testing.T) {
	requireSameBitsOnAnyNumberOfProcessors(t, smallImages("images:"+paintings(t, 72), 16))
}

func requireSameBitsOnAnyNumberOfProcessors(t *testing.T, all map[string]train.Config) {
	t.Helper()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for model, c := range all {
		var weights string
		for _, n := range []int{1, 2, 7} {
			runtime.GOMAXPROCS(n)
			r, err := train.Run(context.Background(), c, train.Options{})
			require.NoError(t, err, model)
			if weights == "" {
				weights = r.Recipe.Weights
			}
			require.Equal(t, weights, r.Recipe.Weights, "%s on %d", model, n)
		}
	}
}

func TestImageModelsStoppedWithinAnEpochGoOnToTheSameBits(t *testing.T) {
	t.Parallel()
	for model, c := range smallImages("images:"+paintings(t, 72), 16) {
		whole, err := train.Run(context.Background(), c, train.Options{})
		require.NoError(t, err, model)
		require.Greater(t, whole.Epochs[0].Step, 3, "an epoch has more batches")
		ctx, cancel := context.WithCancel(context.Background())
		dir := filepath.Join(t.TempDir(), "run")
		_, err = train.Run(ctx, c, train.Options{Out: dir, Progress: &stopper{cancel: cancel, after: 3}})
		var stopped *train.InterruptedError
		require.ErrorAs(t, err, &stopped, model)
		r, err := train.Resume(context.Background(), dir, train.Options{})
		require.NoError(t, err, model)
		assert.Equal(t, whole.Recipe, r.Recipe, model)
		rep, err := train.Reproduce(context.Background(), dir, train.Options{})
		require.NoError(t, err, model)
		assert.Nil(t, rep.First, model)
		assert.Empty(t, rep.Causes, model)
	}
}

func TestNormalizedModelScoresAndPredictsAsItWasTrained(t *testing.T) {
	t.Parallel()
	c := smallImages("digits", 128)["cnn"]
	dir := filepath.Join(t.TempDir(), "run")
	r, err := train.Run(context.Background(), c, train.Options{Out: dir})
	require.NoError(t, err)
	m, err := train.Open(dir)
	require.NoError(t, err)
	assert.NotZero(t, m.Input.PixelMean[0])
	for _, name := range []string{"", "digits"} {
		set, err := m.TestSet(name)
		require.NoError(t, err)
		assert.Equal(t, r.Test, m.Assess(set).Score, "data %q", name)
	}
	parts, err := data.Load(c.Spec)
	require.NoError(t, err)
	digit := image.NewGray(image.Rect(0, 0, 8, 8))
	raw := make([]float32, 64)
	for i := range raw {
		digit.Pix[i] = uint8(math.Round(255 * float64(parts.Test.X.Data()[i])))
		raw[i] = (float32(digit.Pix[i])/255 - float32(m.Input.PixelMean[0])) / float32(m.Input.PixelStd[0])
	}
	path := filepath.Join(t.TempDir(), "digit.png")
	var file bytes.Buffer
	require.NoError(t, png.Encode(&file, digit))
	require.NoError(t, os.WriteFile(path, file.Bytes(), 0o666))
	answers, err := m.PredictFile(path, nil)
	require.NoError(t, err)
	want := m.Predict(autograd.From(raw, 1, 64))
	assert.InDeltaSlice(t, want[0].Probabilities, answers[0].Probabilities, 1e-4)
}

func TestImageModelsLearnAFolderOfImages(t *testing.T) {
	t.Parallel()
	dir := paintings(t, 12)
	for _, model := range []string{"lenet", "cnn", "resnet:8"} {
		c := train.DefaultFor("images:"+dir, model)
		c.Epochs, c.Batch, c.Validation, c.Dropout, c.Augment, c.LR = 12, 4, 0, 0, "shift:1,flip", 0.003
		r, err := train.Run(context.Background(), c, train.Options{})
		require.NoError(t, err, model)
		assert.Equal(t, 1.0, r.Test.Accuracy, model)
	}
}

func TestFitFeedsConvolutionsFromTheShapeOfSamples(t *testing.T) {
	t.Parallel()
	all, test := data.Digits()
	shaped := func(s *data.Set, shape ...int) *data.Set {
		c := *s
		c.X = autograd.From(s.X.Data(), append([]int{s.Len()}, shape...)...)
		return &c
	}
	c := smallImages("digits", 128)["cnn"]
	c.Augment, c.Validation = "shift:1", 0.9
	flat, err := train.Run(context.Background(), c, train.Options{})
	require.NoError(t, err)
	for _, shape := range [][]int{{8, 8}, {1, 8, 8}} {
		r, err := train.Fit(context.Background(), c, shaped(all, shape...), shaped(test, shape...), nil)
		require.NoError(t, err)
		assert.Equal(t, flat.Recipe.Weights, r.Recipe.Weights)
	}
	_, err = train.Fit(context.Background(), c, all, test, nil)
	assert.ErrorContains(t, err, "no images")
	c.Augment = "normalize"
	_, err = train.Fit(context.Background(), c, shaped(all, 8, 8), shaped(test, 8, 8), nil)
	assert.ErrorContains(t, err, "normalised")
}

func TestModelsForImagesSayWhatDoesNotSuitThem(t *testing.T) {
	t.Parallel()
	for want, c := range map[string]train.Config{
		"model cnn is for images, but the samples of moons are none":                                              train.DefaultFor("moons", "cnn"),
		"model lenet does not suit digits: lenet5: Image is 1x8x8, but images must have at least 12 by 12 pixels": train.DefaultFor("digits", "lenet"),
		"write resnet:DEPTH, with a depth of 6n+2":                                                                train.DefaultFor("digits", "resnet21"),
		"the depth must be a whole number":                                                                        train.DefaultFor("digits", "resnet"),
		"resnet: Depth is 21":                                                                                     train.DefaultFor("digits", "resnet:21"),
		"cnn takes no sizes":                                                                                      train.DefaultFor("digits", "cnn:3"),
		"no model is called":                                                                                      train.DefaultFor("digits", "vgg"),
	} {
		_, err := train.Run(context.Background(), c, train.Options{})
		if assert.ErrorContains(t, err, want) {
			assert.NotContains(t, err.Error(), "\n")
		}
	}
	for want, spoil := range map[string]func(c *train.Config){
		"augment is flip, but the samples of moons are no images":         func(c *train.Config) { c.Spec.Name, c.Model, c.Augment = "moons", "mlp:4", "flip" },
		"augment is shift:8, but the images of digits have 8 by 8 pixels": func(c *train.Config) { c.Augment = "shift:8" },
		`no augmentation is called "turn"`:                                func(c *train.Config) { c.Augment = "turn" },
		"dropout is 0.5, but resnet20 has none":                           func(c *train.Config) { c.Model, c.Dropout = "resnet20", 0.5 },
	} {
		c := train.Default("digits")
		spoil(&c)
		_, err := train.Run(context.Background(), c, train.Options{})
		assert.ErrorContains(t, err, want)
	}
}
