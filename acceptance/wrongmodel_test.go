package acceptance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/serialize/safetensors"
	"github.com/heft-ml/heft/train"
)

func TestSampleThatTheModelCannotTakeIsOneLineThatSaysWhere(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	world.must(t, "train", "images:stripes", "--epochs", "2", "--quiet", "--out", "pictures")
	const header = "area,rooms,town,garden\n"
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"unknown category", header + "50,3,Ulm,yes\n50,3,Paris,yes\n", []string{"new.csv:3", `"town"`, `"Paris"`, `"Ulm"`}},
		{"NaN", header + "NaN,3,Ulm,yes\n", []string{"new.csv:2", `"area"`, `"NaN"`}},
		{"text", header + "big,3,Ulm,yes\n", []string{"new.csv:2", `"area"`, `"big" is not a number`}},
		{"missing column", "area,rooms,town\n50,3,Ulm\n", []string{"new.csv", `"garden"`}},
		{"unknown column", "area,rooms,town,garden,pool\n50,3,Ulm,yes,no\n", []string{"new.csv", `"pool"`}},
		{"cells missing", header + "50,3\n", []string{"new.csv:2", "cells in this row: 2"}},
		{"empty", "", []string{"new.csv", "empty"}},
		{"huge line", header + strings.Repeat("9", 3<<20), []string{"new.csv:2", "longer than"}},
	} {
		wrong{c.name, file("new.csv", c.text), "predict kept new.csv", c.want}.isRefused(t, world, exitFailed)
	}
	for _, w := range []wrong{
		{"no such sample", nil, "predict kept nowhere.csv", []string{"nowhere.csv", "no such file"}},
		{"image for a table's model", nil, "predict kept stripes/lies/01.png", []string{"01.png"}},
		{"table for a model of images", nil, "predict pictures houses.csv", []string{"houses.csv", "neither PNG nor JPEG"}},
		{"half an image", file("bad.png", "\x89PNG\r\n\x1a\n"), "predict pictures bad.png", []string{"bad.png", "cut off"}},
	} {
		w.isRefused(t, world, exitFailed)
	}
}

func TestModelThatIsNotWhatItShouldBeIsOneLineAndStaysAsItIs(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	world.stop(t, "stopped", "--epochs", "500")
	weights := world.read(t, "kept/model.safetensors")
	tensors, _, err := safetensors.Load(world.path("kept/model.safetensors"))
	require.NoError(t, err)
	require.NoError(t, safetensors.Save(world.path("theirs.safetensors"), tensors, safetensors.AsIs))
	for _, w := range []wrong{
		{"no run", nil, "predict stripes houses.csv", []string{"stripes", "no such file"}},
		{"unfinished run", nil, "eval stopped", []string{"stopped", "unfinished run"}},
		{"empty", file("kept/model.safetensors", ""), "eval kept", []string{"model.safetensors"}},
		{"cut off", file("kept/model.safetensors", weights[:1000]), "eval kept", []string{"model.safetensors", "truncated"}},
		{"of others", nil, "reproduce theirs.safetensors", []string{"theirs.safetensors", "no recipe"}},
	} {
		w.isRefused(t, world, exitFailed)
	}
}

func TestFolderThatIsNotTheRunItShouldBeIsOneLineAndStaysAsItIs(t *testing.T) {
	t.Parallel()
	world := newWorld(t)
	world.stop(t, "stopped", "--epochs", "500")
	world.stop(t, "other", "--epochs", "500", "--model", "mlp:7")
	const resume, config, checkpoint = "train --resume stopped", "stopped/config.json", "stopped/checkpoint.safetensors"
	stopped, other := world.read(t, checkpoint), world.read(t, "other/checkpoint.safetensors")
	weights := world.read(t, "kept/model.safetensors")
	for _, w := range []wrong{
		{"no run", nil, "train --resume stripes", []string{"stripes", "config.json"}},
		{"configuration of others", file(config, `{"rate": 1}`), resume, []string{"config.json", `"rate"`}},
		{"configuration cut off", file(config, `{"data": "moo`), resume, []string{"config.json", "unexpected EOF"}},
		{"checkpoint of another model", file(checkpoint, other), resume, []string{checkpoint, "another run", "mlp:7"}},
		{"checkpoint cut off", file(checkpoint, stopped[:1000]), resume, []string{checkpoint, "truncated"}},
		{"weights for a checkpoint", file(checkpoint, weights), resume, []string{checkpoint, "not a checkpoint"}},
		{"data that changed", file("houses.csv", table(fine)), resume, []string{"houses.csv", "the data changed"}},
		{"run in the way", nil, "train moons --out kept", []string{"kept holds a run already", "--force"}},
		{"unfinished run in the way", nil, "train moons --out stopped", []string{"unfinished run", "--resume stopped"}},
	} {
		w.isRefused(t, world, exitFailed)
	}
	wrong{"settings for a resumed run", nil, resume + " --lr 1", []string{"--resume", "--lr"}}.isRefused(t, world, exitUsage)
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
