package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab/paper"
)

func TestLabPaperListsThePapers(t *testing.T) {
	t.Parallel()
	code, out, errs := command("lab", "paper")
	require.Equal(t, exitOK, code, errs)
	for _, name := range paper.Names() {
		assert.Contains(t, out, name)
	}
	code, out, errs = command("lab", "paper", "--json")
	require.Equal(t, exitOK, code, errs)
	var names []string
	for line := range strings.Lines(out) {
		var p paper.Paper
		require.NoError(t, json.Unmarshal([]byte(line), &p))
		names = append(names, p.Name)
	}
	assert.Equal(t, paper.Names(), names)
}

func TestLabPaperRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		`no paper is called "glorot" (did you mean glorot-activations, glorot-gradients or glorot-jacobian?): use one of zero-start,`: {"glorot"},
		"seeds is 1, but must be from 2 to 1000": {"lsuv", "--seeds", "1"},
		"--jobs is 0, but must be 1 or more":     {"lsuv", "--jobs", "0"},
		"name a paper, or all":                   {"--out", "results.md"},
	} {
		code, out, errs := command(append([]string{"lab", "paper"}, args...)...)
		assert.Equal(t, exitUsage, code, args)
		assert.Empty(t, out)
		assert.Contains(t, errs, want)
	}
}

func TestLabPaperSaysBeforeItBeginsThatItCannotWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	slash := string(filepath.Separator)
	refused := map[string]string{
		dir:                                   "is a folder",
		dir + slash + "none" + slash + "x.md": "there is no folder " + dir + slash + "none" + slash + ": make it first",
		dir + slash + "none" + slash:          "names no document",
		dir + slash + "file" + slash + "x.md": "file",
	}
	if runtime.GOOS != "windows" { // which takes the two away before it looks
		refused[dir+slash+"none"+slash+".."+slash+"x.md"] = "make it first"
	}
	for out, want := range refused {
		code, printed, errs := command("lab", "paper", "all", "--out", out)
		assert.Equal(t, exitUsage, code, out)
		assert.Empty(t, printed)
		assert.Contains(t, errs, want)
		assert.Contains(t, errs, "--out")
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 1)
	require.NoError(t, checkDocument(filepath.Join(dir, "new.md")))
	require.NoError(t, checkDocument(filepath.Join(dir, "file")))
}

func TestAllPapersAreEachOnce(t *testing.T) {
	t.Parallel()
	chosen, err := choosePapers([]string{"lsuv", "all", "lsuv"})
	require.NoError(t, err)
	seen := map[string]bool{}
	for _, p := range chosen {
		assert.False(t, seen[p.Name], p.Name)
		seen[p.Name] = true
	}
	assert.Equal(t, "lsuv", chosen[0].Name)
	assert.Len(t, chosen, len(paper.Names()))
}

// claim is a paper of one quantity, which is to be below 1.
func claim(name string, value float64, err error) paper.Paper {
	row := paper.Row{Label: "x", Values: []float64{value, value}, Limits: &paper.Limits{Hi: 1}}
	return paper.Paper{Name: name, Run: func(context.Context, paper.Config) (paper.Outcome, error) {
		return paper.Outcome{Rows: []paper.Row{row}}, err
	}}
}

func TestExitCodesTellBrokenRulesFromTrouble(t *testing.T) {
	t.Parallel()
	good, broken, failing := claim("good", 0.5, nil), claim("broken", 2, nil), claim("failing", 0, errors.New("no data"))
	for _, c := range []struct {
		papers []paper.Paper
		code   int
		line   string
	}{
		{[]paper.Paper{good}, exitOK, ""},
		{[]paper.Paper{broken, good}, exitFinding, "heft: the rule does not hold of broken\n"},
		{[]paper.Paper{failing, broken, good}, exitTrouble, "heft: failing: no data\n"},
	} {
		path := filepath.Join(t.TempDir(), "results.md")
		var out, errs bytes.Buffer
		cmd := newLabPaper()
		cmd.SetContext(t.Context())
		cmd.SetOut(&out)
		err := reproducePapers(cmd, c.papers, paper.Config{Seeds: 2, Jobs: 1}, path, false, true)
		code := exitOK
		if v := (*verdict)(nil); errors.As(err, &v) {
			code = v.report(&errs)
		} else {
			require.NoError(t, err)
		}
		assert.Equal(t, c.code, code)
		assert.Equal(t, c.line, errs.String())
		assert.Contains(t, out.String(), "(good)", "the others are made all the same")
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Contains(t, string(text), "### good: ")
		assert.NotContains(t, string(text), "### failing: ")
	}
}

// What is said to be in the document is there: a paper that failed left nothing.
func TestLabPaperThatIsStoppedSaysWhatIsDone(t *testing.T) {
	t.Parallel()
	stopped := claim("stopped", 0, context.Canceled)
	for _, c := range []struct {
		before paper.Paper
		more   string
	}{{claim("good", 0.5, nil), ": OUT has what was done before it"}, {claim("failing", 0, errors.New("no data")), ""}} {
		path := filepath.Join(t.TempDir(), "results.md")
		cmd := newLabPaper()
		cmd.SetContext(t.Context())
		cmd.SetOut(&bytes.Buffer{})
		err := reproducePapers(cmd, []paper.Paper{c.before, stopped}, paper.Config{Seeds: 2, Jobs: 1}, path, false, true)
		require.EqualError(t, err, "stopped in the middle of stopped"+strings.ReplaceAll(c.more, "OUT", path))
	}
}

func TestLabPaperJudgesAndWritesADocument(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("it makes an experiment of seconds: -long does")
	}
	path := filepath.Join(t.TempDir(), "results.md")
	code, out, errs := command("lab", "paper", "lsuv", "--seeds", "2", "--out", path)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "The rule holds.")
	assert.Contains(t, errs, "100%  6 of 6 networks of lsuv")
	assert.FileExists(t, path)
}
