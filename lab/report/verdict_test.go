package report

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func textOf(t *testing.T, r *Report, width int) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b, width))
	return b.String()
}

func TestStudyWithoutStepsTellsOfTheStartAlone(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Steps, s.Seeds = 0, 1
	r := New(find(t, s, 1))
	require.Len(t, r.Answer, 1)
	assert.Regexp(t, `^Before training: zeros \(no gradient reaches any hidden layer\), `, r.Answer[0])
	text := textOf(t, r, 160)
	assert.NotContains(t, text, "NaN")
	assert.NotContains(t, text, "never")
	assert.NotContains(t, pageOf(t, r), "trained network")
	for _, c := range r.Summary {
		if c.Title == "UPDATE/WEIGHT" || c.Title == "LEARNS FROM STEP" {
			assert.Equal(t, []string{"-", "-", "-", "-", "-", "-"}, c.Cells, c.Title)
		}
	}
}

func TestStudyOfOneLayerTellsOfItOnce(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Depth, s.Setup.Steps, s.Seeds = 1, 1, 1
	r := New(find(t, s, 1))
	text := textOf(t, r, 160)
	assert.Equal(t, 1, strings.Count(text, "SIGNAL 1"))
	assert.Equal(t, 1, strings.Count(text, "GRADIENT 1"))
	assert.NotContains(t, text, "goes from")
	assert.Regexp(t, `Kaiming \(the signal is [\d.]+, the gradient [\d.]+\)`, r.Answer[0])
	assert.Contains(t, r.Answer[0], "after 1 step,")
}

func TestOverflowIsExplainedByWhatMadeIt(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.LR, s.Setup.Depth, s.Setup.Steps, s.Seeds = 1e30, 20, 10, 1
	r := New(find(t, s, 1))
	overflowed := r.Answer[len(r.Answer)-1]
	assert.Regexp(t, `Kaiming \(by step \d+: the learning rate of 1e\+30 is too large for a start whose signal is [\d.]+ in the last hidden layer\)`, overflowed)
	assert.Regexp(t, `“too large” \(by step \d+: the signal is .* in the last hidden layer`, overflowed)
}

func TestSentencesAreWrappedToTheWidth(t *testing.T) {
	t.Parallel()
	r := New(find(t, small(), 1))
	for _, width := range []int{40, 80} {
		_, prose, _ := strings.Cut(textOf(t, r, width), "\n\n")
		for line := range strings.Lines(prose) {
			assert.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSuffix(line, "\n")), width)
		}
		assert.Equal(t, strings.Fields(strings.Join(r.Answer, " ")), strings.Fields(prose))
	}
}
