package shell_test

import (
	"testing"

	"github.com/spf13/pflag"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/shell"
	_ "github.com/heft-ml/heft/internal/testmode"
)

func TestWordsThatAShellWouldChangeAreQuoted(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"runs/digits-1": "runs/digits-1", "normal(0,1)": "'normal(0,1)'", "": "''", "my runs": "'my runs'",
		"it's": `'it'\''s'`, "~": "'~'", "$HOME": "'$HOME'", "a\nb": "'a\nb'", "Grüße": "'Grüße'", "-x": "-x",
	} {
		assert.Equal(t, want, shell.Word(word))
	}
}

func TestPathsAreNeverTakenForFlags(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"-a.safetensors": "./-a.safetensors", "--out": "./--out", "- b": "'./- b'", "a-b": "a-b", "runs/-a": "runs/-a",
	} {
		assert.Equal(t, want, shell.Path(path))
	}
}

func TestListsAreReadBackAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, words := range [][]string{{"moons", "circles"}, {"csv:a,b.csv"}, {`csv:"x".csv`, "y z"}} {
		var got []string
		f := pflag.NewFlagSet("", pflag.ContinueOnError)
		f.StringSliceVar(&got, "data", nil, "")
		require.NoError(t, f.Parse([]string{"--data", shell.List(words)}))
		assert.Equal(t, words, got)
	}
}
