package main

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLabInitLeavesAReport(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "init")
	code, out, errs := command("lab", "init", "--data", "xor", "--depth", "4", "--width", "8", "--steps", "40", "--seeds", "2",
		"--schemes", "zeros,kaiming-normal,normal(0,0.5)", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "normal(0,0.5)")
	assert.Contains(t, out, filepath.Join(dir, "report.html"))
	assert.Contains(t, errs, "100%  240 of 240 steps")
	page, err := os.ReadFile(filepath.Join(dir, "report.html"))
	require.NoError(t, err)
	assert.Contains(t, commandsOn(page), "heft lab init --data xor --depth 4 --width 8 --schemes &#39;zeros,kaiming-normal,normal(0,0.5)&#39; --steps 40 --seeds 2")
	for _, name := range []string{"signal", "gradient", "histograms", "silent", "learning", "boundary", "spectrum", "symmetry"} {
		assert.FileExists(t, filepath.Join(dir, name+".svg"))
		assert.FileExists(t, filepath.Join(dir, name+".csv"))
	}
}

// commandsOn joins the words of the commands on a report's page.
func commandsOn(page []byte) string {
	return strings.NewReplacer("<span>", "", "</span>", "").Replace(string(page))
}

func TestQuietLabPrintsNothingToStderr(t *testing.T) {
	t.Parallel()
	code, _, errs := command("lab", "init", "-q", "--depth", "2", "--width", "4", "--steps", "5", "--seeds", "1", "--out", t.TempDir())
	assert.Equal(t, exitOK, code)
	assert.Empty(t, errs)
}

func TestLabRefusesWhatItCannotDo(t *testing.T) {
	t.Parallel()
	assertUsageErrors(t, map[string]string{
		"lab init here":                                             `takes nothing but flags: "here" is one too many`,
		"lab init --depth 0":                                        "depth is 0",
		"lab init --data banana":                                    "banana",
		"lab init --schemes he":                                     `"he"`,
		"lab init --seeds 0":                                        "seeds is 0",
		"lab init --jobs 0":                                         "--jobs is 0",
		"lab init --activation sinc":                                "sinc",
		"lab init --frob":                                           "unknown flag",
		"lab init --schemes kaimin":                                 "pytorch-default, lsuv",
		"lab init --schemes kaiming-normal;99.*=zeros":              `the pattern "99.*" fits no parameter of a network of depth 20, which has 0.weight, `,
		"lab theory --schemes kaiming-normal;99.*=zeros":            `the pattern "99.*" fits no parameter`,
		"lab precision --scheme kaiming-normal;99.*=zeros":          `the pattern "99.*" fits no parameter`,
		"lab sweep --depths 2,20 --schemes kaiming-normal;9.*=ones": `the pattern "9.*" fits no parameter of a network of depth 2`,
		"lab init --optimizer adam --momentum 0.9":                  "momentum is 0.9, but adam takes none",
		"lab precision --optimizer adam --momentum 0.9":             "momentum is 0.9, but adam takes none",
		"lab sweep --optimizer adam --momentum 0.9":                 "momentum is 0.9, but adam takes none",
		"lab theory --nets 29":                                      "nets is 29",
		"lab theory --schemes ones":                                 "scheme ones promises no variance",
		"lab theory --jobs 0":                                       "--jobs is 0",
		"lab precision --scheme he":                                 `"he"`,
		"lab precision --seeds 0":                                   "seeds is 0",
	})
}

func TestLabDoesNotWriteIntoWhatIsThereUnasked(t *testing.T) {
	t.Parallel()
	lines := map[string]string{
		"init":      "lab init -q --data xor --depth 1 --width 4 --steps 0 --seeds 1 --schemes zeros",
		"theory":    "lab theory -q --depth 1 --width 4 --nets 30 --schemes orthogonal",
		"precision": "lab precision -q --data xor --depth 1 --width 4 --steps 1 --seeds 1",
	}
	for file, what := range map[string]string{
		"config.json": "a training run", "checkpoint.safetensors": "a training run", "model.safetensors": "a training run",
		"tune.json": "a search", "sweep.json": "a sweep", "report.html": "a report", "engine.wasm.gz": "the page of 'heft lab play'",
	} {
		dir := t.TempDir()
		path := filepath.Join(dir, file)
		require.NoError(t, os.WriteFile(path, []byte("mine"), 0o666))
		for name, line := range lines {
			code, out, errs := command(append(strings.Fields(line), "--out", dir)...)
			assert.Equal(t, exitFailed, code, name)
			assert.Empty(t, out, name)
			assert.Equal(t, "heft: "+dir+" holds "+what+" already: choose another --out, or write into it with --force\n", errs, name)
		}
		code, out, errs := command("lab", "sweep", "-q", "--schemes", "zeros", "--depths", "1", "--out", dir)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, out)
		assert.Contains(t, errs, dir)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		assert.Len(t, entries, 1)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, "mine", string(text))
	}
	for name, line := range lines {
		dir := filepath.Join(t.TempDir(), "study")
		require.NoError(t, os.Mkdir(dir, 0o777))
		for i, more := range []string{"", "--force"} {
			code, _, errs := command(append(strings.Fields(line+" --out "+dir), strings.Fields(more)...)...)
			assert.Equal(t, exitOK, code, "%s, %d: %s", name, i, errs)
		}
	}
}

func TestInterruptedLabLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "new")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	code := run(ctx, []string{"lab", "init", "--out", filepath.Join(dir, "init")}, nil, &out, &errs)
	assert.Equal(t, exitInterrupted, code)
	assert.Contains(t, errs.String(), "no report is left")
	assert.NoDirExists(t, dir)
}

func TestCtrlCIsSaidInPlainWords(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for line, want := range map[string]string{
		"lab init":       "heft: stopped, and no report is left\n",
		"lab theory":     "heft: stopped, and no report is left\n",
		"lab precision":  "heft: stopped, and no report is left\n",
		"lab same":       "heft: stopped, and no report is left\n",
		"lab paper lsuv": "heft: stopped in the middle of lsuv\n",
		"lab play":       "heft: stopped, and no page was made\n",
	} {
		args := strings.Fields(line)
		if args[1] != "paper" && args[1] != "play" {
			args = append(args, "--out", filepath.Join(t.TempDir(), args[1]))
		}
		if _, err := exec.LookPath("go"); line == "lab play" && err != nil {
			continue // there is another thing to say
		}
		var out, errs bytes.Buffer
		assert.Equal(t, exitInterrupted, run(ctx, args, nil, &out, &errs), line)
		assert.Empty(t, out.String(), line)
		assert.Equal(t, want, errs.String(), line)
	}
}

func TestLabSaysAtOnceWhereItCannotWrite(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o666))
	for _, place := range []string{file, filepath.Join(file, "init")} {
		code, out, errs := command("lab", "init", "--out", place)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, out)
		assert.NotContains(t, errs, "%", "nothing was trained")
		assert.Contains(t, errs, file)
	}
	for line, want := range map[string]string{
		"lab init --out":          "a report is a folder: choose another --out",
		"lab sweep --out":         "a sweep is a folder: choose another --out",
		"lab merge nowhere --out": "a report is a folder: choose another --out",
		"lab play --build":        "the page is a folder: choose another --build",
	} {
		code, _, errs := command(append(strings.Fields(line), file)...)
		assert.Equal(t, exitFailed, code, line)
		assert.Equal(t, "heft: "+file+" is a file, and "+want+"\n", errs, line)
	}
}
