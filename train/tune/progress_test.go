package tune

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestLinesTellEveryTrialOnce(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := planned(t, quick(), grid(2, "lr=0.1,1e25"))
	searched(t, t.TempDir(), p, Options{Progress: NewLines(&out)})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, 4)
	assert.Regexp(t, `^1/4  trial-0001  lr=0.1  seed=1  validation loss \d\.\d{4}  accuracy +\d+\.\d%$`, lines[0])
	assert.Regexp(t, `^4/4  trial-0004  lr=1e25  seed=2  failed: training broke at step \d+ `, lines[3])
	assert.NotContains(t, out.String(), "\r")
}

func TestLinesOfAGoneOnSearchCountFromWhereItWas(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	p := planned(t, quick(), Space{Seeds: 3})
	searched(t, dir, p, Options{Shard: Shard{1, 2}})
	var out bytes.Buffer
	searched(t, dir, p, Options{Progress: NewLines(&out)})
	assert.Regexp(t, `^3/3  trial-0002  seed=2  validation loss \d\.\d{4}  accuracy +\d+\.\d%\n$`, out.String())
}

func TestBarShowsTheBestTrial(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	p := planned(t, quick(), grid(1, "lr=1e-9,0.1,1e-8"))
	b := &progressBar{w: &out}
	r := searched(t, t.TempDir(), p, Options{Progress: b})
	assert.Equal(t, r.Best().Trials[0].Number, b.best.Number)
	assert.Contains(t, out.String(), "best: "+r.Best().Trials[0].Name)
	assert.Contains(t, out.String(), "\r")
}

func TestBarNamesTheBestTrialAloneWhereThereIsNoRoom(t *testing.T) {
	t.Parallel()
	p := planned(t, quick(), grid(1, "lr=1e-9,0.1"))
	for columns, wide := range map[int]bool{0: true, 120: true, 60: false, 30: false} {
		var out bytes.Buffer
		searched(t, t.TempDir(), p, Options{Progress: NewBar(&out, columns)})
		assert.Regexp(t, `best: trial-000\d`, out.String())
		assert.Equal(t, wide, strings.Contains(out.String(), "accuracy"), "%d columns: %q", columns, out.String())
		for line := range strings.FieldsFuncSeq(out.String(), func(r rune) bool { return r == '\r' || r == '\n' }) {
			assert.True(t, columns == 0 || utf8.RuneCountInString(line) <= columns, "%d columns: %q", columns, line)
		}
	}
}
