package paper

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// result is one of a paper that is registered, with numbers that are made up.
func result(name string, v ...float64) *Result {
	p, err := Named(name)
	if err != nil {
		panic(err)
	}
	return &Result{Paper: p, Seeds: len(v), Outcome: Outcome{Rows: []Row{{Label: "x", Values: v, Limits: below(2)}, {Label: "y", Values: v}}}}
}

func TestDocumentKeepsAllButTheResultsParts(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "results.md")
	require.NoError(t, os.WriteFile(path, []byte(`# Results

text

## Papers

All of them.

### zero-start: an old title

outdated words

### of-another-version: is kept

kept

## Next

more
`), 0o666))
	require.NoError(t, UpdateDocument(path, result("lsuv", 1, 1), result("zero-start", 1, 1)))
	text := read(t, path)
	assert.True(t, strings.HasPrefix(text, "# Results\n\ntext\n\n## Papers\n\nAll of them.\n\n### zero-start: Equal weights stay equal\n\n"), text)
	assert.True(t, strings.HasSuffix(text, "\n\n### of-another-version: is kept\n\nkept\n\n## Next\n\nmore\n"), text)
	assert.NotContains(t, text, "outdated")
	assert.Less(t, strings.Index(text, "### zero-start"), strings.Index(text, "### lsuv"), "the older paper is first")
	assert.NotContains(t, text, "\n\n\n")

	require.NoError(t, UpdateDocument(path, result("lsuv", 1, 1)))
	assert.Equal(t, text, read(t, path), "the same results leave the same document")
	require.NoError(t, UpdateDocument(path, result("lsuv", 3, 3)))
	assert.Contains(t, read(t, path), "**The rule does not hold: x is 3.00, not below 2.00.** `heft lab paper lsuv --seeds 2`, 2 seeds.")
	assert.Contains(t, read(t, path), "| x | 3.00 | 3.00 to 3.00 | 3.00 to 3.00 | below 2.00 | no |\n| y | 3.00 | 3.00 to 3.00 | 3.00 to 3.00 |  |  |\n")
}

func TestDocumentsThatLackTheSectionGetIt(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "new.md")
	require.NoError(t, UpdateDocument(path, result("lsuv", 1, 1)))
	assert.True(t, strings.HasPrefix(read(t, path), "## Papers\n\n### lsuv: "))
	require.NoError(t, os.WriteFile(path, []byte("# Title"), 0o666))
	require.NoError(t, UpdateDocument(path, result("lsuv", 1, 1)))
	assert.True(t, strings.HasPrefix(read(t, path), "# Title\n\n## Papers\n\n### lsuv: "))
	assert.Error(t, UpdateDocument(t.TempDir(), result("lsuv", 1, 1)), "a folder is no document")
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	return string(text)
}

func TestTextHasClaimRowsAndVerdictInTheWidth(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, result("lsuv", 1, 1.5).WriteText(&b, 70))
	text := b.String()
	assert.Contains(t, text, "(lsuv)\n\nMishkin, Matas 2015")
	assert.Contains(t, text, "\n\nRule: ")
	assert.Contains(t, text, "below 2.00")
	assert.True(t, strings.HasSuffix(text, "\nThe rule holds.\n"), text)
	for line := range strings.Lines(text) {
		assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), 70)
	}
}

func TestJSONHoldsNumbersThatAreNone(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	require.NoError(t, result("lsuv", 1, math.Inf(1), math.NaN()).WriteJSON(&b))
	var r struct {
		Name, Command string
		Seeds         int
		Holds         bool
		Rows          []struct {
			Label  string
			Values []*float64
			Mean   *float64
			Limits *struct{ Lo, Hi *float64 }
			Holds  bool
		}
	}
	require.NoError(t, json.Unmarshal(b.Bytes(), &r))
	assert.Equal(t, "lsuv", r.Name)
	assert.Equal(t, "heft lab paper lsuv --seeds 3", r.Command)
	assert.False(t, r.Holds)
	require.Len(t, r.Rows, 2)
	require.Len(t, r.Rows[0].Values, 3)
	assert.Equal(t, 1.0, *r.Rows[0].Values[0])
	assert.Nil(t, r.Rows[0].Values[1])
	assert.Nil(t, r.Rows[0].Mean)
	assert.Nil(t, r.Rows[0].Limits.Lo)
	assert.Equal(t, 2.0, *r.Rows[0].Limits.Hi)
	assert.Nil(t, r.Rows[1].Limits)
	assert.True(t, r.Rows[1].Holds)
}
