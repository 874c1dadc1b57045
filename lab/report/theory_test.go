package report

import (
	"bytes"
	"context"
	"html"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab"
)

func compared(t *testing.T, jobs int) *lab.TheoryFindings {
	t.Helper()
	s := lab.DefaultTheory("tanh")
	s.Setup.Depth, s.Setup.Width, s.Nets = 3, 16, 30
	f, err := s.Run(context.Background(), jobs, nil)
	require.NoError(t, err)
	return f
}

// requireSections says that a page has these figures, each with its sentence and its numbers.
func requireSections(t *testing.T, r *Report, names ...string) {
	t.Helper()
	var have []string
	shown := html.UnescapeString(pageOf(t, r))
	for _, s := range r.Sections {
		have = append(have, s.Name)
		assert.Contains(t, shown, "<h2>"+s.Title+"</h2>")
		assert.NotEmpty(t, s.Table.Rows, s.Name)
	}
	assert.Equal(t, names, have)
	for _, line := range r.Answer {
		assert.Contains(t, shown, line)
	}
	assert.Contains(t, shown, "<code>"+r.Command+"</code>")
}

// requireSameFiles says that two reports leave the same bytes.
func requireSameFiles(t *testing.T, a, b *Report) {
	t.Helper()
	one, two := t.TempDir(), t.TempDir()
	require.NoError(t, a.Save(one))
	require.NoError(t, b.Save(two))
	entries, err := os.ReadDir(one)
	require.NoError(t, err)
	assert.Len(t, entries, 2*len(a.Sections)+1)
	for _, e := range entries {
		x, err := os.ReadFile(filepath.Join(one, e.Name()))
		require.NoError(t, err)
		y, err := os.ReadFile(filepath.Join(two, e.Name()))
		require.NoError(t, err)
		assert.Equal(t, string(x), string(y), e.Name())
	}
}

func TestTheoryShowsMeasuredBesidePredicted(t *testing.T) {
	t.Parallel()
	f := compared(t, 1)
	r := NewTheory(f)
	requireSections(t, r, "activations", "gradients", "deviations")
	requireSameFiles(t, r, NewTheory(compared(t, 3)))
	assert.Contains(t, r.Answer[0], "none of 30 second moments")
	assert.Len(t, r.Sections[0].Table.Rows, len(f.Cases)*f.Setup.Depth)
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b, 160))
	assert.Contains(t, b.String(), "1/N TERM")
	assert.Contains(t, b.String(), " SE")
}

func theoryOf(t *testing.T, width int, schemes string) *Report {
	t.Helper()
	s := lab.DefaultTheory("relu")
	s.Setup.Width, s.Nets = width, 30
	if schemes != "" {
		var err error
		s.Cases, err = lab.ParseCases(schemes, "relu")
		require.NoError(t, err)
	}
	f, err := s.Run(context.Background(), 2, nil)
	require.NoError(t, err)
	return NewTheory(f)
}

func TestTheorySaysWhatIsOutOfRange(t *testing.T) {
	t.Parallel()
	r := theoryOf(t, 16, "normal(0,1e30),kaiming-normal")
	assert.Equal(t, "The prediction overflows with normal(0,1e+30); what is out of range is not compared.", r.Answer[0])
	assert.Contains(t, r.Answer[1], "second moments in range")
	assert.Contains(t, r.Sections[0].Title, "is out of range with normal(0,1e+30) (theory: out of range)")
	r = theoryOf(t, 16, "normal(0,1e200)")
	assert.Equal(t, []string{"The prediction overflows with normal(0,1e+200); what is out of range is not compared."}, r.Answer)
	assert.Equal(t, "No second moment is in range: there is nothing to compare.", r.Sections[2].Title)
	for _, c := range r.Summary {
		assert.NotContains(t, c.Cells[0], "NaN", c.Title)
	}

	r = theoryOf(t, 16, "normal(0,1e-10)")
	assert.Equal(t, "The prediction underflows with normal(0,1e-10); what is out of range is not compared.", r.Answer[0])

	f := compared(t, 1)
	f.Results[0].Gradient[1].Measured = math.Inf(1)
	r = NewTheory(f)
	assert.Equal(t, "What is measured overflows with “too small”; what is out of range is not compared.", r.Answer[0])
	assert.Contains(t, r.Answer[1], "none of 29 second moments in range")
}

func TestTheoryOfOneUnitDoesNotSayThatWidthDoesNotMatter(t *testing.T) {
	t.Parallel()
	r := theoryOf(t, 1, "")
	assert.Regexp(t, `^\d+ of 100 second moments are more than`, r.Answer[0])
	assert.Equal(t, "No prediction has a term of 1/N: theory expects of layers of 1 unit what infinitely wide ones do, and that is not what was measured.", r.Answer[1])
	r = theoryOf(t, 16, "kaiming-normal")
	assert.Equal(t, "Layers of 16 units do what infinitely wide ones would: no prediction has a term of 1/N.", r.Answer[1])
}

func TestTheorySaysWhereItIsWrong(t *testing.T) {
	t.Parallel()
	f := compared(t, 1)
	x := &f.Results[0].Gradient[1]
	x.Measured = x.Predicted + 10*x.Error
	r := NewTheory(f)
	assert.Contains(t, r.Answer[0], "1 of 30 second moments are more than")
	assert.Contains(t, r.Sections[2].Title, "The largest deviation is 10.0 standard errors, of gradients of layer 2 with “too small”; 1 of 30")
}
