package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/internal/testmode"
)

// tutorial is the page whose figures are each followed by the command that made them. Those of papers are made with docs/results.md.
const tutorial = "../../docs/initialization.md"

// tutorialFigure is one of them: its file is init-TOPIC-SECTION.svg, and SECTION the figure's name in the report.
type tutorialFigure struct{ alt, file, section, command string }

var figureAndCommand = regexp.MustCompile("(?m)^!\\[(.*)\\]\\((init-[a-z0-9]+-([a-z]+)\\.svg)\\)\n\n```\n(heft lab .*)\n```$")

func tutorialFigures(t *testing.T) (figures []tutorialFigure) {
	t.Helper()
	text, err := os.ReadFile(tutorial)
	require.NoError(t, err)
	for _, m := range figureAndCommand.FindAllStringSubmatch(string(text), -1) {
		figures = append(figures, tutorialFigure{m[1], m[2], m[3], m[4]})
	}
	require.Equal(t, strings.Count(string(text), "](init-"), len(figures), "every figure of a study has its command below it")
	return figures
}

// What a figure says of itself is what the page says of it: its sentence, and the command that made it.
func TestTutorialFiguresAreOfTheirCommands(t *testing.T) {
	t.Parallel()
	figures := tutorialFigures(t)
	require.NotEmpty(t, figures)
	named := map[string]bool{}
	for _, f := range figures {
		svg, err := os.ReadFile(filepath.Join(filepath.Dir(tutorial), f.file))
		require.NoError(t, err)
		unescaped := strings.NewReplacer("&#39;", "'", "&quot;", `"`, "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(string(svg))
		assert.True(t, strings.Contains(unescaped, "<title>"+f.alt+"</title>"), "%s does not say %q", f.file, f.alt)
		assert.True(t, strings.Contains(unescaped, "Made by: "+f.command+"</desc>"), "%s is not made by %s", f.file, f.command)
		assert.Less(t, len(svg), 60_000, f.file)
		named[f.file] = true
	}
	all, err := filepath.Glob(filepath.Join(filepath.Dir(tutorial), "init-*.svg"))
	require.NoError(t, err)
	for _, path := range all {
		assert.True(t, named[filepath.Base(path)], "%s is on no page", path)
	}
}

// With -long the commands are run again: the same version gives the same bytes. After a change that is meant to change numbers,
// HEFT_GOLDEN=write writes the figures anew; look at them, and give the page their sentences.
func TestTutorialCommandsMakeTheirFigures(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("a minute of training: run with -long")
	}
	if autograd.SIMD() == "none" {
		t.Skip("without vector instructions numbers differ in their last bits")
	}
	made := map[string]string{}
	for _, f := range tutorialFigures(t) {
		dir, done := made[f.command]
		if !done {
			dir = filepath.Join(t.TempDir(), "report")
			code, _, errs := command(append(shellWords(f.command)[1:], "--quiet", "--out", dir)...)
			require.Equal(t, exitOK, code, "%s: %s", f.command, errs)
			made[f.command] = dir
		}
		got, err := os.ReadFile(filepath.Join(dir, f.section+".svg"))
		require.NoError(t, err, f.command)
		path := filepath.Join(filepath.Dir(tutorial), f.file)
		if os.Getenv("HEFT_GOLDEN") == "write" {
			require.NoError(t, os.WriteFile(path, got, 0o644))
		}
		want, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.True(t, bytes.Equal(want, got), "%s is not what %s makes", f.file, f.command)
	}
}

// shellWords cuts a command as a shell does, where words may be in single quotes.
func shellWords(line string) (words []string) {
	for _, m := range regexp.MustCompile(`'([^']*)'|([^' ]+)`).FindAllStringSubmatch(line, -1) {
		words = append(words, m[1]+m[2])
	}
	return words
}
