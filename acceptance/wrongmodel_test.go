package acceptance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/train"
)

const header = "area,rooms,town,garden\n"

// wrongSamples are given to the model in "kept", of tables, or to the one in "pictures".
var wrongSamples = []wrong{
	{"unknown category", map[string]string{"new.csv": header + "50,3,Ulm,yes\n50,3,Paris,yes\n"}, "predict kept new.csv", exitFailed, []string{"new.csv:3", `"town"`, `"Paris"`, `"Ulm"`}},
	{"NaN", map[string]string{"new.csv": header + "NaN,3,Ulm,yes\n"}, "predict kept new.csv", exitFailed, []string{"new.csv:2", `"area"`, `"NaN"`}},
	{"text", map[string]string{"new.csv": header + "big,3,Ulm,yes\n"}, "predict kept new.csv", exitFailed, []string{"new.csv:2", `"area"`, `"big" is not a number`}},
	{"missing column", map[string]string{"new.csv": "area,rooms,town\n50,3,Ulm\n"}, "predict kept new.csv", exitFailed, []string{"new.csv", `"garden"`}},
	{"unknown column", map[string]string{"new.csv": "area,rooms,town,garden,pool\n50,3,Ulm,yes,no\n"}, "predict kept new.csv", exitFailed, []string{"new.csv", `"pool"`}},
	{"cells missing", map[string]string{"new.csv": header + "50,3\n"}, "predict kept new.csv", exitFailed, []string{"new.csv:2", "cells in this row: 2"}},
	{"empty", map[string]string{"new.csv": ""}, "predict kept new.csv", exitFailed, []string{"new.csv", "empty"}},
	{"huge line", map[string]string{"new.csv": header + strings.Repeat("9", 3<<20)}, "predict kept new.csv", exitFailed, []string{"new.csv:2", "longer than"}},
	{"image for a table's model", nil, "predict kept stripes/lies/01.png", exitFailed, []string{"01.png"}},
	{"table for a model of images", nil, "predict pictures houses.csv", exitFailed, []string{"houses.csv", "neither PNG nor JPEG"}},
	{"half an image", map[string]string{"bad.png": "\x89PNG\r\n\x1a\n"}, "predict pictures bad.png", exitFailed, []string{"bad.png", "cut off"}},
	{"no such sample", nil, "predict kept nowhere.csv", exitFailed, []string{"nowhere.csv", "no such file"}},
}

// wrongModels are folders in which something is not what it should be. "stopped" and "other" hold unfinished runs; in the
// other files, @NAME stands for the content of the world's file NAME.
var wrongModels = []wrong{
	{"no run", nil, "predict stripes houses.csv", exitFailed, []string{"stripes", "no such file"}},
	{"empty weights", map[string]string{"kept/model.safetensors": ""}, "eval kept", exitFailed, []string{"model.safetensors"}},
	{"weights cut off", map[string]string{"kept/model.safetensors": "@start of weights"}, "eval kept", exitFailed, []string{"model.safetensors", "truncated"}},
	{"weights of others", map[string]string{"kept/model.safetensors": "@weights of others"}, "reproduce kept", exitFailed, []string{"model.safetensors", "no recipe"}},
	{"unfinished run", nil, "eval stopped", exitFailed, []string{"stopped", "unfinished run", "--resume"}},
	{"nothing to resume", nil, "train --resume stripes", exitFailed, []string{"stripes", "not the folder of a run"}},
	{"configuration of others", map[string]string{"stopped/config.json": `{"rate": 1}`}, "train --resume stopped", exitFailed, []string{"config.json", `"rate"`}},
	{"configuration cut off", map[string]string{"stopped/config.json": `{"data": "moo`}, "train --resume stopped", exitFailed, []string{"config.json", "unexpected EOF"}},
	{"checkpoint of another model", map[string]string{"stopped/checkpoint.safetensors": "@other/checkpoint.safetensors"}, "train --resume stopped", exitFailed, []string{"checkpoint.safetensors", "another run", "mlp:7"}},
	{"checkpoint cut off", map[string]string{"stopped/checkpoint.safetensors": "@start of checkpoint"}, "train --resume stopped", exitFailed, []string{"checkpoint.safetensors", "truncated"}},
	{"weights for a checkpoint", map[string]string{"stopped/checkpoint.safetensors": "@kept/model.safetensors"}, "train --resume stopped", exitFailed, []string{"checkpoint.safetensors", "not a checkpoint"}},
	{"data that changed", map[string]string{"houses.csv": table(nil)}, "train --resume stopped", exitFailed, []string{"houses.csv", "the data changed"}},
	{"run in the way", nil, "train moons --out kept", exitFailed, []string{"kept holds a run already", "--force"}},
	{"unfinished run in the way", nil, "train moons --out stopped", exitFailed, []string{"unfinished run", "--resume stopped"}},
	{"settings for a resumed run", nil, "train --resume stopped --lr 1", exitUsage, []string{"--resume", "--lr"}},
}

func TestSampleThatTheModelCannotTakeIsOneLineThatSaysWhere(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	world.must(t, "train", "images:stripes", "--epochs", "2", "--quiet", "--out", "pictures")
	for _, w := range wrongSamples {
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			w.assertRefused(t, world)
		})
	}
}

func TestFolderThatIsNotTheRunItShouldBeIsOneLineAndStaysAsItIs(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	world.stop(t, "stopped", "--epochs", "500")
	world.stop(t, "other", "--epochs", "500", "--model", "mlp:7")
	world.write(t, "start of weights", world.read(t, "kept/model.safetensors")[:1000])
	world.write(t, "start of checkpoint", world.read(t, "stopped/checkpoint.safetensors")[:1000])
	tensors, _, err := safetensors.Load(world.path("kept/model.safetensors"))
	require.NoError(t, err)
	require.NoError(t, safetensors.Save(world.path("weights of others"), tensors, safetensors.AsIs))
	for _, w := range wrongModels {
		for name, text := range w.files {
			if source, ok := strings.CutPrefix(text, "@"); ok {
				w.files[name] = world.read(t, source)
			}
		}
		t.Run(w.name, func(t *testing.T) {
			t.Parallel()
			w.assertRefused(t, world)
		})
	}
}

// stop leaves an unfinished run on the table: one that was killed.
func (s shell) stop(t *testing.T, dir string, settings ...string) {
	t.Helper()
	p := s.start(t, append([]string{"train", "csv:houses.csv", "--target", "price", "--out", dir}, settings...)...)
	for len(p.lines) < 3 { // then a checkpoint stands, of the first epoch at least
		if _, more := p.next(); !more {
			t.Fatal(p.end())
		}
	}
	require.NoError(t, p.Process.Kill())
	p.end()
	require.FileExists(t, s.path(dir+"/"+train.CheckpointFile))
}

func TestTableOfAnotherSystemGivesTheSameModel(t *testing.T) {
	t.Parallel()
	s := newShell(t)
	s.writeHouses(t)
	plain := s.read(t, "houses.csv")
	train := func(dir string) string {
		s.must(t, "train", "csv:houses.csv", "--target", "price", "--epochs", "2", "--quiet", "--out", dir)
		return s.read(t, dir+"/model.safetensors")
	}
	want := train("plain")
	for name, text := range map[string]string{
		"byte order mark": "\uFEFF" + plain,
		"CR LF":           strings.ReplaceAll(plain, "\n", "\r\n"),
		"both":            "\uFEFF" + strings.ReplaceAll(plain, "\n", "\r\n"),
		"semicolons":      strings.ReplaceAll(plain, ",", ";"),
		"tabs":            strings.ReplaceAll(plain, ",", "\t"),
		"blank lines":     strings.ReplaceAll(plain, "\n", "\n\n"),
	} {
		s.write(t, "houses.csv", text)
		assert.True(t, want == train(name), name)
	}
}
