package report

import (
	"bytes"
	"context"
	"io"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab/same"
)

func pair(t *testing.T, jobs int) *same.Findings {
	t.Helper()
	p := same.DefaultPair()
	p.Setup.Depth, p.Setup.Width, p.Setup.Steps = 2, 16, 300
	trained, err := p.Run(context.Background(), jobs, nil)
	require.NoError(t, err)
	return trained.Findings
}

func TestSameShowsBlueprintAndBuilding(t *testing.T) {
	t.Parallel()
	f := pair(t, 1)
	r := NewSame(f)
	requireSections(t, r, "boundary", "outputs", "weights", "spectrum", "representations", "swaps")
	requireSameFiles(t, r, NewSame(pair(t, 2)))
	assert.Regexp(t, `^A is moons, B is circles\. The blueprint is the same: 6 tensors of the same names and shapes, 354 numbers, two files of \d+ bytes each\.$`, r.Answer[0])
	assert.Contains(t, r.Answer[1], "The building is not: on the same 256 inputs the two agree on ")
	assert.Contains(t, r.Answer[2], "of B, and B from ")
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b, 160))
	assert.Contains(t, b.String(), "A WITH B'S LAYER")
	assert.Contains(t, r.Sections[5].Detail, "From 1 on these are “0”, “2” and “4”.", "the figure has numbers, the sentence names")
	assert.Contains(t, lines(pageOf(t, r)), "<code>heft lab same --depth 2 --width 16 --steps 300</code>")
}

func TestSameOfEqualNetworksSaysThatTheyAreEqual(t *testing.T) {
	t.Parallel()
	p := same.DefaultPair()
	p.Setup.Steps, p.Seeds = 0, [2]uint64{1, 1}
	trained, err := p.Run(context.Background(), 2, nil)
	require.NoError(t, err)
	r := NewSame(trained.Findings)
	assert.Contains(t, r.Answer[1], "So is the building: on the same 256 inputs the two have the same probabilities; A has ")
	assert.Contains(t, r.Sections[0].Title, "and the same boundary")
	for _, m := range trained.Findings.Behaviour.Modules {
		assert.LessOrEqual(t, m.CKA, 1.0, m.Path)
	}
}

func TestSameOfWeightsAloneSaysWhy(t *testing.T) {
	t.Parallel()
	f := *pair(t, 2)
	f.Behaviour, f.Why, f.Pair = nil, "x.safetensors: the file has no recipe", nil
	f.Sizes = [2]int64{1000, 1010}
	r := NewSame(&f)
	requireSections(t, r, "weights", "spectrum")
	assert.Contains(t, r.Answer[0], "354 numbers; the files have 1000 and 1010 bytes, with their headers.")
	assert.Equal(t, "What the networks do is not compared: x.safetensors: the file has no recipe.", r.Answer[2])
}

func TestSameSaysWhoDiverged(t *testing.T) {
	t.Parallel()
	p := same.DefaultPair()
	p.Setup.Depth, p.Setup.Width, p.Setup.Steps, p.Setup.LR = 2, 16, 5, 1e20
	trained, err := p.Run(context.Background(), 2, nil)
	require.NoError(t, err)
	f := *trained.Findings
	r := NewSame(&f)
	assert.Regexp(t, `^Diverged: \d+ of the 354 numbers of moons are NaN or infinite and \d+ of the 354 numbers of circles are NaN or infinite; a smaller --lr `, r.Answer[1])
	assert.Equal(t, "What the networks do is not compared: what moons returns for its own data is not finite.", r.Answer[len(r.Answer)-1])
	assert.NotContains(t, r.Answer, "")
	assert.Contains(t, pageOf(t, r), "Diverged: ")
	f.Pair, f.NonFinite = nil, [2]int{0, 3}
	assert.Equal(t, "3 of the 354 numbers of circles are NaN or infinite, as after a training that diverged.", NewSame(&f).Answer[1])
}

func TestAReportClearsAwayWhatAnotherLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	r := NewSame(pair(t, 2))
	r.Files = []File{{"a.safetensors", []byte("a")}}
	require.NoError(t, r.Save(dir))
	require.NoError(t, atomic(dir, "mine.svg"))
	assert.FileExists(t, dir+"/swaps.svg")
	assert.FileExists(t, dir+"/a.safetensors")

	other := New(find(t, small(), 1))
	require.NoError(t, other.Save(dir))
	for _, name := range []string{"swaps.svg", "swaps.csv", "a.safetensors", "representations.svg"} {
		assert.NoFileExists(t, dir+"/"+name)
	}
	for _, name := range append(other.Contents(), "mine.svg", PageFile) {
		assert.FileExists(t, dir+"/"+name)
	}
}

// A page may come from a stranger: what it says of files outside, or of files of other kinds, is not believed.
func TestAPageCannotHaveOtherFilesRemoved(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, atomic(dir, "keep.txt"))
	require.NoError(t, atomic(dir, "old.svg"))
	page := `<meta name="heft-files" content="../report_test.go keep.txt /etc/passwd sub/x.svg old.svg none.csv"/>`
	require.NoError(t, write(dir, PageFile, writes(page)))
	require.NoError(t, NewSame(pair(t, 2)).Save(dir))
	assert.FileExists(t, dir+"/keep.txt")
	assert.FileExists(t, "report_test.go")
	assert.NoFileExists(t, dir+"/old.svg")
}

func atomic(dir, name string) error { return write(dir, name, writes("x")) }

func writes(text string) func(w io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}
