package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/testmode"
)

func TestDataListShowsEverySetAndWhereItIs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "mnist"), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, "mnist", name), nil, 0o666))
	}
	code, out, errs := command("data", "list", "--data", dir)
	require.Equal(t, exitOK, code, errs)
	lines := strings.Split(strings.TrimSpace(out), "\n")
	require.Len(t, lines, 1+len(data.Names()))
	for i, name := range data.Names() {
		assert.Regexp(t, "^"+name+" ", lines[i+1])
	}
	assert.Regexp(t, `^digits +1438 +359 +64 +10 +CC BY 4.0 +in heft$`, lines[1])
	assert.Regexp(t, `^moons +800 +200 +2 +2 +none +in heft$`, lines[2])
	assert.Contains(t, out, "60000  10000  784       10       CC BY-SA 3.0  "+filepath.Join(dir, "mnist")+"\n")
	assert.Contains(t, out, "60000  10000  784       10       MIT           heft data fetch fashion-mnist\n")
}

func TestDataListFitsNarrowTerminals(t *testing.T) {
	t.Parallel()
	infos, err := data.List(data.Dir("nowhere"))
	require.NoError(t, err)
	for columns, titles := range map[int]string{
		120: "name           train  test   features  classes  licence       where",
		80:  "name           train  test   features  classes  where",
		60:  "name           train  test   where",
		44:  "digits", // a paragraph each
	} {
		var out bytes.Buffer
		require.NoError(t, writeInfos(&out, columns, infos))
		lines := strings.Split(out.String(), "\n")
		assert.Equal(t, titles, lines[0], "%d columns", columns)
		for _, line := range lines {
			assert.LessOrEqual(t, len(line), columns, line)
		}
		assert.Contains(t, out.String(), "heft data fetch fashion-mnist")
	}
}

func TestDataFetchRefusesWhatItCannotGet(t *testing.T) {
	t.Parallel()
	assertUsageErrors(t, map[string]string{
		"data fetch":              "data fetch needs mnist|fashion-mnist",
		"data fetch mnist digits": `data fetch takes mnist|fashion-mnist: "digits" is one too many`,
		"data fetch digits":       `no data set "digits" can be downloaded: use one of mnist, fashion-mnist`,
		"data fetch mnist --from": "unknown flag",
		"data list mnist":         "mnist",
		"data frob":               `unknown command "frob"`,
	})
}

func TestDataFetchSaysWhatIsWrongInOneLine(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "train-images-idx3-ubyte.gz")
	require.NoError(t, os.WriteFile(file, []byte("mine"), 0o666))
	for to, want := range map[string]string{
		file: file + ": ",
		dir:  file + " is in the way: ",
	} {
		code, out, errs := command("data", "fetch", "mnist", "--to", to)
		assert.Equal(t, exitFailed, code)
		assert.Empty(t, out)
		assert.Contains(t, errs, want)
		assert.Equal(t, 1, strings.Count(errs, "\n"), errs)
	}
}

func TestInterruptedDataFetchExitsLikeASignal(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	var out, errs bytes.Buffer
	assert.Equal(t, exitInterrupted, run(ctx, []string{"data", "fetch", "mnist", "--to", t.TempDir()}, nil, &out, &errs))
	assert.Empty(t, out.String())
	assert.Contains(t, errs.String(), "what arrived is kept: fetch again to go on")
}

// Where the set is on this machine, fetching it again must find it whole, without a network.
func TestDataFetchChecksWhatIsThere(t *testing.T) {
	t.Parallel()
	if !testmode.Long() {
		t.Skip("only with -long: reads 70,000 images")
	}
	dir, err := data.Locate("fashion-mnist")
	if err != nil {
		t.Skip(err)
	}
	code, out, errs := command("data", "fetch", "fashion-mnist", "--to", dir)
	require.Equal(t, exitOK, code, errs)
	assert.Equal(t, dir+"\n", out)
	assert.Equal(t, "train-images-idx3-ubyte is there\ntrain-labels-idx1-ubyte is there\nt10k-images-idx3-ubyte is there\nt10k-labels-idx1-ubyte is there\n", errs)

	_, _, errs = command("data", "fetch", "fashion-mnist", "--to", dir, "--quiet")
	assert.Empty(t, errs)
}

// steps is the download of a file of which the server does not tell the length, and of one that is continued.
var steps = []data.Progress{
	{File: "one", Done: 0}, {File: "one", Done: 10}, {File: "one", Done: 10, Total: 10},
	{File: "two", Done: 1_000_000, Total: 3_000_000}, {File: "two", Done: 3_000_000, Total: 3_000_000}, {File: "two", Done: 3_000_000, Total: 3_000_000},
	{File: "two", Done: 0, Total: 4_000_000}, // the next server, from the beginning
}

func TestDownloadIsALineAFileInALog(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := fetchProgress(&b, false)
	for _, s := range steps {
		p.show(s)
	}
	p.stop()
	assert.Equal(t, "one\ntwo, 3.0 MB\n", b.String())
}

func TestDownloadIsABarOnATerminal(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	p := &fetchBar{w: &b}
	for _, s := range steps {
		p.show(s)
	}
	p.stop()
	assert.Contains(t, b.String(), "one")
	assert.Regexp(t, `two +0% .*\( ?0 B/2\.0 MB`, b.String())
	assert.Regexp(t, `two +0% .*\( ?0 B/4\.0 MB`, b.String())
	assert.NotContains(t, b.String(), "\n")
	(&fetchBar{w: &b}).stop() // before the first step
	b.Reset()
	p = &fetchBar{w: &b, columns: 30}
	for _, s := range steps {
		p.show(s)
	}
	p.stop()
	for line := range strings.FieldsFuncSeq(b.String(), func(r rune) bool { return r == '\r' }) {
		assert.LessOrEqual(t, utf8.RuneCountInString(line), 30, line)
	}
}
