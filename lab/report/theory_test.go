package report

import (
	"bytes"
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

func compared(t *testing.T, jobs int) *lab.TheoryFindings {
	t.Helper()
	s := lab.DefaultTheory("tanh")
	s.Setup.Depth, s.Setup.Width, s.Nets = 3, 64, 120
	cases, err := lab.ParseCases("normal(0,0.01),xavier-normal,kaiming-normal,orthogonal(for=tanh)")
	require.NoError(t, err)
	s.Cases = cases
	f, err := s.Run(context.Background(), jobs, nil)
	require.NoError(t, err)
	return f
}

// requireSections says that a page has these figures, each with its sentence and its numbers.
func requireSections(t *testing.T, r *Report, names ...string) {
	t.Helper()
	var have []string
	shown := lines(pageOf(t, r))
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
	assert.Contains(t, r.Answer[0], "none of 24 second moments")
	assert.Len(t, r.Sections[0].Table.Rows, len(f.Cases)*f.Setup.Depth)
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b, 160))
	assert.Contains(t, b.String(), "1/N TERM")
	assert.Contains(t, b.String(), " SE")
}

// rectified finds what some networks of rectifiers do; without schemes, those of the classic cases.
func rectified(t *testing.T, depth, width, nets int, residual, schemes string) *lab.TheoryFindings {
	t.Helper()
	s := lab.DefaultTheory("relu")
	s.Setup.Depth, s.Setup.Width, s.Setup.Residual, s.Nets = depth, width, residual, nets
	if schemes != "" {
		var err error
		s.Cases, err = lab.ParseCases(schemes)
		require.NoError(t, err)
	}
	f, err := s.Run(context.Background(), 2, nil)
	require.NoError(t, err)
	return f
}

func theoryOf(t *testing.T, width int, schemes string) *Report {
	t.Helper()
	return NewTheory(rectified(t, 10, width, 30, "", schemes))
}

// What is said to be needed is a value that --nets takes.
func TestNeededNetworksAreAWholeNumber(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "about 52000", aboutNets(51_800, 10))
	assert.Equal(t, "about 150", aboutNets(142.3, 10))
}

func TestStartsWithoutACustomaryNameStandOnce(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "Xavier: xavier-normal; orthogonal(for=relu)", startSetting([]lab.Case{lab.NewCase("xavier-normal"), lab.NewCase("orthogonal(for=relu)")})[1])
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
	assert.Contains(t, r.Answer[1], "none of 23 second moments in range")
}

func TestTheorySaysWhatLayersOfAWidthDo(t *testing.T) {
	t.Parallel()
	f := rectified(t, 2, 64, 80, "", "kaiming-normal")
	assert.Equal(t, "On average layers of 64 units do what infinitely wide ones would: no prediction has a term of 1/N.", NewTheory(f).Answer[1])
	x := &f.Results[0].Gradient[1]
	x.Measured = x.Predicted + 10*x.Error
	assert.Equal(t, "No prediction has a term of 1/N: theory expects of layers of 64 units what infinitely wide ones do, and that is not what was measured.",
		NewTheory(f).Answer[1])
}

// A network of one hidden layer has no layers.
func TestTheoryOfOneLayerSpeaksOfOne(t *testing.T) {
	t.Parallel()
	r := NewTheory(rectified(t, 1, 64, 60, "", "kaiming-normal"))
	assert.Equal(t, "On average a layer of 64 units does what an infinitely wide one would: no prediction has a term of 1/N.", r.Answer[1])
	assert.Contains(t, r.Title, "1 hidden layer of 64 relu units")
}

func TestTheoryDoesNotJudgeByTooFewNetworks(t *testing.T) {
	t.Parallel()
	r := theoryOf(t, 1, "")
	require.Len(t, r.Answer, 1)
	assert.Regexp(t, `^There are too few networks to tell for 100 of 100 second moments: the spread at this depth and width needs more than the 100000 `+
		`that can be drawn: take a wider or a shallower network\.$`, r.Answer[0])
	assert.Equal(t, "There are too few networks to compare any second moment.", r.Sections[2].Title)
	assert.Contains(t, textOf(t, r, 200), "too few")
	pageOf(t, r)

	f := rectified(t, 4, 64, 60, "", "kaiming-normal") // scatter of 5/64 a layer: enough for the first two
	few, _ := f.Undecided()
	require.Positive(t, few)
	r = NewTheory(f)
	assert.Regexp(t, `^There are too few networks to tell for \d of 8 second moments: the spread at this depth and width needs about \d+\.$`, r.Answer[0])
	assert.Regexp(t, `none of \d other second moments is more than`, r.Answer[1])
	last := r.Sections[0].Table.Rows[3]
	assert.Equal(t, "too few networks", last[len(last)-1])

	f = rectified(t, 3, 8, 100, "", "kaiming-normal") // enough for the gradient of the last layer
	r = NewTheory(f)
	assert.Contains(t, r.Answer[0], "too few networks to tell for 5 of 6 second moments")
	assert.Contains(t, r.Answer[1], "Measured equals predicted: the one other second moment is not more than")
	panels := r.Sections[2].Figure.(figure.Panels)
	assert.Equal(t, "activations: too few networks to tell", panels[0].Title)
	assert.Equal(t, "gradients", panels[1].Title)
}

// The terms of 1/N of residual networks are not known: they are not 0.
func TestResidualTheoryClaimsNoTermOfWidth(t *testing.T) {
	t.Parallel()
	r := NewTheory(rectified(t, 2, 128, 60, lab.PreNormResidual, "kaiming-normal"))
	for _, c := range r.Summary {
		if c.Title == "1/N TERM" {
			assert.Equal(t, []string{""}, c.Cells)
		}
	}
	assert.NotContains(t, textOf(t, r, 200), "1/N TERM")
	assert.NotContains(t, r.Sections[0].Detail, "with the terms of 1/N")
}

func TestTheorySaysWhereItIsWrong(t *testing.T) {
	t.Parallel()
	f := compared(t, 1)
	x := &f.Results[0].Gradient[1]
	x.Measured = x.Predicted + 10*x.Error
	r := NewTheory(f)
	assert.Contains(t, r.Answer[0], "1 of 24 second moments is more than")
	assert.Contains(t, r.Sections[2].Title, "The largest deviation is 10.0 standard errors, of gradients of layer 2 with “too small”; 1 of 24")
}
