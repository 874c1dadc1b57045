package tokenizer_test

import (
	_ "embed"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/internal/venv"
	"github.com/heft-ml/heft/tokenizer"
)

//go:embed requirements.txt
var requirements []byte

// python runs a program with Hugging Face's package tokenizers.
func python(t *testing.T, program string, args ...string) string {
	t.Helper()
	if !testmode.Long() {
		t.Skip("run with -long to compare with Hugging Face's tokenizers")
	}
	interpreter, err := venv.Python(requirements, os.Stderr)
	if err != nil && os.Getenv("CI") != "true" {
		t.Skipf("no environment for Python: %v", err)
	}
	require.NoError(t, err)
	out, err := venv.Run(t.Context(), interpreter, program, args...)
	require.NoError(t, err)
	return out
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
	return path
}

func TestPythonGivesTheSameIds(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"chars", "bpe:300"} {
		made, err := tokenizer.Train(kind, strings.Repeat(speech, 3)+" \u00a0\u2003x   y\t\tz 12ab½ it's'd e\u0301")
		require.NoError(t, err)
		text := "the cats' naïve mat 1984,  it's\n\n\n  日本語 we'll e\u0301 z\t\tx"
		out := python(t, `
import json, sys, tokenizers
t = tokenizers.Tokenizer.from_file(sys.argv[1])
ids = t.encode(open(sys.argv[2], newline="").read()).ids
print(json.dumps([ids, t.decode(ids)]))`, write(t, "tokenizer.json", written(t, made)), write(t, "text", text))
		ids, err := made.Encode(text)
		require.NoError(t, err)
		want, err := json.Marshal([]any{ids, text})
		require.NoError(t, err)
		assert.JSONEq(t, string(want), out, kind)
	}
}

func TestPythonTrainsTheSameVocabulary(t *testing.T) {
	t.Parallel()
	text := strings.Repeat(speech, 2) + "ab abc abcd bcd aaa aaaa aaaaa xyxyx xyx\nto be or not to be that is the question"
	out := python(t, `
import sys
from tokenizers import Tokenizer, models, pre_tokenizers, decoders, trainers
t = Tokenizer(models.BPE())
t.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
t.decoder = decoders.ByteLevel()
t.train_from_iterator([open(sys.argv[1], newline="").read()], trainers.BpeTrainer(
    vocab_size=330, min_frequency=2, show_progress=False, initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))
print(t.to_str())`, write(t, "text", text))
	theirs, err := tokenizer.Read(strings.NewReader(out))
	require.NoError(t, err)
	assert.Equal(t, tokenizer.Tokenizer(tokenizer.TrainBPE(text, 330)), theirs)
}
