package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/train"
)

// writeLines leaves a small text.
func writeLines(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "lines.txt")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("so the rays of light go on\n", 80)), 0o666))
	return path
}

// trainLines trains a small model of text and returns its folder.
func trainLines(t *testing.T, args ...string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "run")
	args = append([]string{"train", "text:" + writeLines(t), "--model", "gpt:layers=1,width=16,heads=2,context=8", "--steps", "9", "--eval-every", "5", "--out", dir}, args...)
	code, out, errs := command(args...)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "tokens, trained in")
	assert.Contains(t, out, filepath.Join(dir, train.TokenizerFile))
	assert.Regexp(t, `(?m)^round 2/2  train loss .* tokens/s\n  ".*"$`, errs, "the model writes a line a round")
	return dir
}

func TestModelOfTextIsTrainedScoredAndReproducedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := trainLines(t)
	code, out, errs := command("eval", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Regexp(t, `^\S*lines.txt/validation: loss \d\.\d{4}  accuracy +\d+\.\d%  \(215 tokens\)\n$`, out)
	code, out, errs = command("eval", dir, "--json")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, `"samples":215`)
	code, _, errs = command("eval", dir, "digits")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "scored on its own text alone")
	code, out, errs = command("reproduce", dir, "--quiet")
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "bit-equal")
	code, out, errs = command("compare", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Contains(t, out, "2/2")
	code, _, errs = command("predict", dir, "new.csv")
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "heft generate")
	code, out, _ = command("train", "--resume", dir)
	assert.Equal(t, exitOK, code)
	assert.Contains(t, out, "nothing to resume")
}

func TestTextsAreSearchedFromTheCommandLine(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "search")
	code, out, errs := command("tune", "text:"+writeLines(t), "--model", "gpt:layers=1,width=16,heads=2,context=8", "--eval-every", "3", "--grid", "steps=3,6",
		"--grid", "tokenizer=chars,bpe:270", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Regexp(t, `(?m)^4/4  trial-0004  steps=6 tokenizer=bpe:270  validation loss `, errs)
	assert.Regexp(t, `(?m)^rank +steps +tokenizer +val loss +val accuracy +trial$`, out)
	assert.Regexp(t, `(?m)^best: trial-000\d  test loss .* \(\d+ tokens\)$`, out)
	assert.Regexp(t, `(?m)^to train the best again: heft train text:\S+lines.txt .*--steps [36]`, out)
	code, _, errs = command("tune", "text:"+writeLines(t), "--grid", "tokenizer=chars,bpe:270", "--rank", "score")
	assert.Equal(t, exitUsage, code)
	assert.Contains(t, errs, "rank by loss")
}

func TestGenerateWritesThePromptAndTheSameTextForTheSameSeed(t *testing.T) {
	t.Parallel()
	for _, tokens := range []string{"chars", "bpe:300"} {
		dir := trainLines(t, "--tokenizer", tokens)
		write := func(more ...string) string {
			code, out, errs := command(append([]string{"generate", dir, "--prompt", "the rays", "--length", "50"}, more...)...)
			require.Equal(t, exitOK, code, errs)
			assert.True(t, strings.HasPrefix(out, "the rays") && strings.HasSuffix(out, "\n"), out)
			return out
		}
		one := write("--temperature", "1.5")
		assert.Equal(t, one, write("--temperature", "1.5"))
		assert.NotEqual(t, one, write("--temperature", "1.5", "--seed", "2"))
		assert.Equal(t, write("--temperature", "0"), write("--top-k", "1", "--seed", "9"), "the most likely token is drawn")
	}
}

func TestGenerateSaysWhatItCannotUse(t *testing.T) {
	t.Parallel()
	dir := trainLines(t)
	for want, args := range map[string][]string{
		`character "é" at line 1, column 4`: {dir, "--prompt", "so é"},
		"prompt is empty":                   {dir, "--prompt", ""},
		"temperature is -1":                 {dir, "--temperature", "-1"},
		"top-p is 2":                        {dir, "--top-p", "2"},
		"length is 0":                       {dir, "--length", "0"},
		"nowhere":                           {"nowhere"},
	} {
		code, out, errs := command(append([]string{"generate"}, args...)...)
		assert.NotEqual(t, exitOK, code, want)
		assert.Contains(t, errs, want)
		assert.Empty(t, out)
	}
}

func TestGenerateAsksForAPromptWhereTheTextHasNoLines(t *testing.T) {
	t.Parallel()
	path, dir := filepath.Join(t.TempDir(), "line.txt"), filepath.Join(t.TempDir(), "run")
	require.NoError(t, os.WriteFile(path, []byte(strings.Repeat("so the rays of light go on ", 80)), 0o666))
	code, _, errs := command("train", "text:"+path, "--model", "gpt:layers=1,width=16,heads=2,context=8", "--steps", "2", "--out", dir)
	require.Equal(t, exitOK, code, errs)
	code, _, errs = command("generate", dir)
	assert.Equal(t, exitFailed, code)
	assert.Contains(t, errs, "the model knows no line break to begin with: give a --prompt")
	code, out, errs := command("generate", dir, "--prompt", "so", "--length", "3")
	require.Equal(t, exitOK, code, errs)
	assert.Len(t, out, len("so")+3+len("\n"))
}

// stopping cancels once it was written to so many times.
type stopping struct {
	bytes.Buffer
	cancel func()
	after  int
}

func (s *stopping) Write(p []byte) (int, error) {
	if s.after--; s.after == 0 {
		s.cancel()
	}
	return s.Buffer.Write(p)
}

func TestInterruptedGenerateEndsItsLine(t *testing.T) {
	t.Parallel()
	dir := trainLines(t)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	out := &stopping{cancel: cancel, after: 10}
	var errs bytes.Buffer
	assert.Equal(t, exitOK, run(ctx, []string{"generate", dir, "--length", "1000000000", "--prompt", "so"}, nil, out, &errs))
	assert.Empty(t, errs.String())
	assert.Equal(t, len("so")+9+len("\n"), out.Len(), "the prompt, nine characters and the end")
}

func TestCharactersAreWrittenWhole(t *testing.T) {
	t.Parallel()
	text := "aé€𝄞\xffb\xe2\x82"
	for size := 1; size <= len(text); size++ {
		var parts [][]byte
		w := &characters{w: writerFunc(func(p []byte) (int, error) {
			parts = append(parts, bytes.Clone(p))
			return len(p), nil
		})}
		for at := 0; at < len(text); at += size {
			w.write([]byte(text[at:min(at+size, len(text))]))
		}
		require.NoError(t, w.end())
		assert.Equal(t, text+"\n", string(bytes.Join(parts, nil)), "%d bytes at once", size)
		for _, p := range parts {
			assert.False(t, bytes.HasPrefix(p, []byte{0x82}) || bytes.HasSuffix(p, []byte{0xc3}) || bytes.HasSuffix(p, []byte{0xf0}), "%q is cut", p)
		}
	}
}

func TestCharactersEscapeWhatATerminalWouldObey(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	w := &characters{w: &out, safe: true}
	w.write([]byte("say \"é\"\\\n\t\x1b[2J\u009b\r\xff\uFFFD"))
	require.NoError(t, w.end())
	assert.Equal(t, "say \"é\"\\\n\t\\x1b[2J\\u009b\\r\\xff\\ufffd\n", out.String())
}

func TestCharactersKeepTheFirstErrorOfTheirWriter(t *testing.T) {
	t.Parallel()
	full := errors.New("full")
	calls := 0
	w := &characters{w: writerFunc(func([]byte) (int, error) { calls++; return 0, full })}
	w.write([]byte("a"))
	w.write([]byte("b"))
	assert.ErrorIs(t, w.end(), full)
	assert.Equal(t, 1, calls)
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

func TestLineThatTrainsATextAgainIsShort(t *testing.T) {
	t.Parallel()
	c := train.DefaultFor("text", "charrnn")
	assert.Equal(t, "heft train text --model charrnn", trainLine(c, ""))
	c = train.Default("text")
	c.Steps, c.Tokenizer = 10, "bpe:512"
	assert.Equal(t, "heft train text --tokenizer bpe:512 --steps 10", trainLine(c, ""))
}
