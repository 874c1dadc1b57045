package data

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o777))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
}

func TestLoadReadsATableFromAFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "plants.csv")
	writeFile(t, path, plants(40))
	s := forPlants("kind")
	s.Name = "csv:" + path
	p, err := Load(s)
	require.NoError(t, err)
	q, err := LoadTable(s, tableOf(t, plants(40)))
	require.NoError(t, err)
	assert.Equal(t, q.Input, p.Input)
	assert.Equal(t, q.Train.Hash(), p.Train.Hash())
	assert.Equal(t, q.Validation.Hash(), p.Validation.Hash())
	assert.Equal(t, q.Test.Hash(), p.Test.Hash())
	assert.Equal(t, "plants.csv/train", p.Train.Name)
	assert.Equal(t, path, p.Train.Source)
}

func TestFileThatIsNotInTheCurrentFolderIsLookedForInDir(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "sub", "plants.csv"), plants(40))
	s := forPlants("kind")
	s.Name = "csv:sub/plants.csv"
	p, err := Load(s, Dir(dir))
	require.NoError(t, err)
	assert.Equal(t, 24, p.Train.Len())

	_, err = Load(s)
	assert.ErrorIs(t, err, fs.ErrNotExist)
	assert.ErrorContains(t, err, "sub/plants.csv: ")

	// digits/README.md is there in the current folder too: that one comes first.
	writeFile(t, filepath.Join(dir, "digits", "README.md"), plants(40))
	s.Name = "csv:digits/README.md"
	_, err = Load(s, Dir(dir))
	require.Error(t, err)
	assert.True(t, strings.HasPrefix(err.Error(), "digits/README.md:"), "%v", err)
}

func TestFilesAreLookedForNearARunTooAndTheErrorSaysWhere(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run := filepath.Join(dir, "runs", "one")
	writeFile(t, filepath.Join(dir, "sub", "plants.csv"), plants(40))
	writeFile(t, filepath.Join(dir, "lines.txt"), strings.Repeat("a line\n", 20))
	s := forPlants("kind")
	s.Name = "csv:sub/plants.csv"
	near := Near(run, filepath.Join(run, ".."), filepath.Join(run, "..", ".."))
	p, err := Load(s, Dir("elsewhere"), near)
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, "sub", "plants.csv"), p.Train.Source)
	_, err = LoadText(Spec{Name: "text:lines.txt", Tokenizer: "chars", Validation: 0.2}, near)
	require.NoError(t, err)

	for _, name := range []string{"csv:sub/none.csv", "images:sub/none.csv", "text:sub/none.csv"} {
		s := Spec{Name: name, Test: 0.2}
		if strings.HasPrefix(name, "csv:") {
			s.Target = "kind"
		}
		load := func(opts ...LoadOption) error { _, err := Load(s, opts...); return err }
		if IsText(name) {
			s.Tokenizer, s.Validation = "chars", 0.2
			load = func(opts ...LoadOption) error { _, err := LoadText(s, opts...); return err }
		}
		err := load(Dir("elsewhere"), Near(run, "\x1b"))
		assert.ErrorIs(t, err, fs.ErrNotExist)
		assert.ErrorContains(t, err, "sub/none.csv: ")
		assert.ErrorContains(t, err, ": looked in the current folder and in elsewhere, "+run+`, "\x1b"`)
		err = load()
		assert.ErrorIs(t, err, fs.ErrNotExist)
		assert.NotContains(t, err.Error(), "looked")
	}
}

func TestLoadRefusesWhatIsNoFileAndNamesIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "short.csv"), "x,y\n1\n")
	for path, want := range map[string]string{
		dir:                                    dir + ": not a regular file",
		os.DevNull:                             os.DevNull + ": not a regular file",
		filepath.Join(dir, "short.csv"):        filepath.Join(dir, "short.csv") + ":2: cells in this row: 1, columns in the header: 2",
		filepath.Join(dir, "none.csv"):         filepath.Join(dir, "none.csv") + ": ",
		filepath.Join(dir, "\x1b[2J\n"):        `\x1b[2J\n"`,
		strings.Repeat("long", 1<<16):          "long: ",
		filepath.Join(dir, "short.csv", "sub"): "sub: ",
	} {
		if runtime.GOOS == "windows" && path == os.DevNull {
			continue
		}
		_, err := Load(Spec{Name: "csv:" + path, Target: "y", Test: 0.2}, Dir("no such folder"))
		if assert.ErrorContains(t, err, want) {
			assert.False(t, strings.ContainsAny(err.Error(), "\x1b\n"), "%q", err.Error())
		}
	}
}
