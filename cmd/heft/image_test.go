package main

import (
	"path/filepath"
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

func TestModelOfImagesIsTrainedScoredAndComparedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, model := range []string{"cnn", "resnet:8"} {
		out := filepath.Join(dir, label(model))
		code, _, errors := command("train", "digits", "--model", model, "--augment", "shift:1,normalize", "--epochs", "1", "--validation", "0.5", "--quiet", "--out", out)
		require.Equal(t, exitOK, code, errors)
		c, err := train.ReadConfig(filepath.Join(out, train.ConfigFile))
		require.NoError(t, err)
		assert.Equal(t, "shift:1,normalize", c.Augment)
		assert.Equal(t, train.DefaultFor("digits", model).LR, c.LR, "%s has its own defaults", model)
		code, text, _ := command("eval", out)
		assert.Equal(t, exitOK, code)
		assert.Contains(t, text, "accuracy")
	}
	code, text, errors := command("compare", filepath.Join(dir, "cnn"), filepath.Join(dir, label("resnet:8")))
	assert.Equal(t, exitOK, code, errors)
	assert.Contains(t, text, "cnn")
}

func TestModelsAreSearchedByName(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "search")
	code, text, errors := command("tune", "digits", "--grid", "model=cnn,lenet300", "--epochs", "1", "--batch", "128", "--quiet", "--out", out)
	require.Equal(t, exitOK, code, errors)
	assert.Contains(t, text, "lenet300")
}

func TestLineThatTrainsAgainKnowsTheDefaultsOfAModel(t *testing.T) {
	t.Parallel()
	c := train.DefaultFor("fashion-mnist", "resnet20")
	assert.Equal(t, "heft train fashion-mnist --model resnet20", trainLine(c, ""))
	c.Augment, c.Dropout = "shift:4", 0.25
	assert.Equal(t, "heft train fashion-mnist --model resnet20 --dropout 0.25 --augment shift:4", trainLine(c, ""))
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	own := train.Default("digits")
	bind(f, &own)
	require.NoError(t, f.Parse([]string{"--model", "resnet20", "--dropout", "0.25", "--augment", "shift:4"}))
	got, err := given(f, "fashion-mnist")
	require.NoError(t, err)
	assert.Equal(t, c, got)
}

func TestHelpListsTheModels(t *testing.T) {
	t.Parallel()
	_, out, _ := command("train", "--help")
	forms, _ := train.ModelNames()
	for _, form := range forms {
		assert.Contains(t, out, form)
	}
	_, out, _ = command("__complete", "train", "--model", "res")
	assert.Contains(t, out, "resnet20")
}

func TestAnotherOptimizerForAModelLeavesNoMomentumBehind(t *testing.T) {
	t.Parallel()
	f := pflag.NewFlagSet("", pflag.ContinueOnError)
	own := train.Default("digits")
	bind(f, &own)
	require.NoError(t, f.Parse([]string{"--model", "resnet:8", "--optimizer", "adamw", "--lr", "0.002"}))
	c, err := given(f, "digits")
	require.NoError(t, err)
	assert.Zero(t, c.Momentum)
	assert.NoError(t, c.Check())
	assert.Equal(t, "heft train digits --model resnet:8 --optimizer adamw --lr 0.002", trainLine(c, ""))
}
