package report

import (
	"bytes"
	"math"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
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
	assert.Regexp(t, `Kaiming \(loss [\d.]+; at the start the signal is [\d.]+, the gradient [\d.]+\)`, r.Answer[0])
	assert.Contains(t, r.Answer[0], "after 1 step,")
}

func TestOverflowIsExplainedByWhatMadeIt(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.LR, s.Setup.Depth, s.Setup.Steps, s.Seeds = 1e30, 20, 10, 1
	r := New(find(t, s, 1))
	overflowed := r.Answer[len(r.Answer)-1]
	assert.Regexp(t, `Kaiming \(by step \d+: the learning rate of 1e\+30 is too large for a start whose signal is [\d.]+ in the last hidden layer\)`, overflowed)
	assert.Regexp(t, `“too large” \(by step \d+, from a start whose signal is .* in the last hidden layer and whose gradient is .* in the first\)`, overflowed)
}

// A start that overflows before it is trained has no sizes to tell.
func TestWhatIsNotFiniteIsSaidToBe(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Depth, s.Setup.Steps, s.Seeds = 30, 0, 1
	s.Cases = []lab.Case{lab.NewCase("normal(0,100)"), lab.NewCase("kaiming-normal")}
	r := New(find(t, s, 1))
	assert.Contains(t, r.Answer[1], "normal(0,100) (the signal is not finite in the last hidden layer, the gradient not finite in the first)")
	title := map[string]string{}
	for _, section := range r.Sections {
		assert.NotContains(t, section.Title, "NaN")
		title[section.Name] = section.Title
	}
	assert.Regexp(t, `; overflows by layer \d+ with normal\(0,100\)\.$|^The signal overflows by layer \d+ with normal`, title["signal"])
	assert.Regexp(t, `^From layer 30 to layer 1 .* with Kaiming; at layer 1 the gradient is not finite with normal\(0,100\)\.$`, title["gradient"])
	assert.Regexp(t, `with Kaiming; what layer 30 returns is not finite with normal\(0,100\)\.$`, title["histograms"])
	assert.Regexp(t, `reach(es)? layer 30 with Kaiming; the Jacobian is not finite with normal\(0,100\)\.$`, title["spectrum"])
}

// stalledWith says why a start is not learning.
func stalledWith(t *testing.T, residual, scheme string, lr float64) string {
	t.Helper()
	s := small()
	s.Setup.Depth, s.Setup.Residual, s.Setup.LR, s.Seeds = 2, residual, lr, 1
	s.Cases = []lab.Case{lab.NewCase(scheme)}
	r := New(find(t, s, 1))
	require.Len(t, r.Answer, 1)
	assert.Contains(t, r.Answer[0], "Not learning after 50 steps")
	return r.Answer[0]
}

// From equal weights, and from outputs of 0, no gradient comes back in the first step, but then it does.
func TestReasonIsThatOfTheWholeTraining(t *testing.T) {
	t.Parallel()
	assert.Contains(t, stalledWith(t, "", "zeros", 0.02), "zeros (no gradient reaches any hidden layer, neither at the start nor in the end)")
	assert.Contains(t, stalledWith(t, "", "constant(0.1)", 0.02), "constant(0.1) (all units of the first hidden layer stay the same)")
	assert.Regexp(t, `Fixup \(a gradient reaches the first layer only after the first step, and is [\d.]+(·10\S+)? in the end\)`,
		stalledWith(t, lab.PlainResidual, "fixup", 1e-4))
	assert.Regexp(t, `too small” \(at the start a signal of only \S+ reaches the last hidden layer\)`, stalledWith(t, "", "normal(0,0.01)", 0.02))
}

// explode makes a run what one is that overflows at step 40.
func explode(r *lab.Run) {
	r.Curve = append(slices.Clone(r.Curve[:1]), lab.Point{Step: 40, Loss: math.NaN(), Units: r.Curve[0].Units})
	r.End, r.Map, r.Accuracy = nil, nil, 0
}

// Of two seeds the one that overflows does not make infinite what is said of both.
func TestHalfTheSeedsMayOverflow(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Depth, s.Setup.Steps, s.Setup.LR, s.Cases = 2, 300, 0.2, []lab.Case{lab.NewCase("kaiming-normal")}
	f := find(t, s, 1)
	explode(&f.Runs[0][1])
	v := judge(f)[0]
	assert.Equal(t, f.Runs[0][0].Final(), v.loss)
	assert.Equal(t, 40.0, v.overflows)
	assert.Equal(t, float64(f.Runs[0][0].Begun(f.Guessing)), v.begins)
	assert.Equal(t, learned, v.outcome)
	said := textOf(t, New(f), 160)
	assert.NotContains(t, said, "Inf")
	assert.NotContains(t, said, "NaN")
	assert.Equal(t, f.Runs[0][0].Accuracy, v.accuracy, "loss and accuracy are of the same network")
	assert.Regexp(t, `Kaiming .* 1 of 2\n`, said)
	assert.Contains(t, said, "of the test part right; 1 of 2 seeds overflowed)")
	for _, section := range New(f).Sections {
		switch section.Name {
		case "learning":
			assert.Regexp(t, `Kaiming by step \d+ \(1 of 2 seeds overflowed\)`, section.Title)
		case "boundary":
			assert.Regexp(t, `right \(1 of 2 seeds overflowed\)$`, section.Figure.(figure.Maps).Maps[0].Note)
			assert.Equal(t, 1, section.Table.Rows[0][4])
		}
	}

	explode(&f.Runs[0][0])
	r := New(f)
	assert.NotContains(t, textOf(t, r, 160), "OVERFLOWED", "the loss says it of all")
	require.Len(t, r.Answer, 1)
	assert.Regexp(t, `^Overflowed within 300 steps: Kaiming \(by step 40: `, r.Answer[0])
	for _, section := range r.Sections {
		assert.NotContains(t, section.Title, "Inf")
	}
}

// The end of a start is that of the seeds that have one.
func TestAnOverflowOfOneSeedDoesNotHideTheGradientOfOthers(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Depth, s.Setup.Residual, s.Setup.LR, s.Seeds = 2, lab.PlainResidual, 1e-4, 3
	s.Cases = []lab.Case{lab.NewCase("fixup")}
	f := find(t, s, 1)
	explode(&f.Runs[0][1])
	r := New(f)
	assert.Contains(t, r.Answer[0], "Fixup (a gradient reaches the first layer only after the first step")
	explode(&f.Runs[0][0])
	explode(&f.Runs[0][2])
	v := judge(f)[0]
	assert.Equal(t, exploded, v.outcome)
	assert.True(t, math.IsNaN(v.end) && math.IsNaN(v.endTop))
}

// A start that chance has given a low loss, which training hardly lowers, is not one that learns nothing; one that falls back is.
func TestALuckyStartIsCalledOne(t *testing.T) {
	t.Parallel()
	s := small()
	s.Setup.Depth, s.Seeds, s.Cases = 2, 1, []lab.Case{lab.NewCase("kaiming-normal")}
	f := find(t, s, 1)
	curve := f.Runs[0][0].Curve
	for i := range curve {
		curve[i].Loss = 0.6 - 0.05*float64(i)/float64(len(curve)-1)
	}
	r := New(f)
	assert.Equal(t, []string{"Not much better than before training after 50 steps, where guessing has a loss of 0.693: Kaiming (loss 0.550, before training 0.600)."}, r.Answer)
	curve[0].Loss, curve[len(curve)-1].Loss = 0.69, 0.69
	assert.Equal(t, []string{"Not learning after 50 steps, where guessing has a loss of 0.693: Kaiming (learning began by step 1, but in the end the loss is 0.690)."}, New(f).Answer)
	for i := range curve {
		curve[i].Loss = 0.65
	}
	assert.Contains(t, New(f).Answer[0], "Kaiming (loss 0.650; at the start the signal goes from ")
}

func TestSaturatedUnitsMayHaveAGrowingGradient(t *testing.T) {
	t.Parallel()
	v := verdict{outcome: stalled, setup: lab.Default(), first: 0.9, last: 0.9, saturated: 0.76, gradient: 5000, top: 5, end: 1, endTop: 1,
		begins: math.Inf(1), loss: 0.69, guessing: 0.69}
	assert.Equal(t, "at the start 76% of the last hidden layer is saturated, and the gradient grows from 5.00 to 5000 at the first", v.because())
	v.gradient = 5
	assert.Equal(t, "at the start 76% of the last hidden layer is saturated", v.because())
	v.outcome = untrained
	assert.Equal(t, "76% of the last hidden layer is saturated", v.because())
}

func TestASizeThatStaysIsNotSaidToGo(t *testing.T) {
	t.Parallel()
	v := verdict{outcome: untrained, setup: lab.Default(), first: 0.0292, last: 0.0292, top: 0.0145, gradient: 0.0140}
	assert.Equal(t, "the signal stays 0.0292, the gradient goes from 0.0145 back to 0.0140", v.because())
}

func TestTypicalRunIsTheNearestToTheMedian(t *testing.T) {
	t.Parallel()
	runs := []lab.Run{{Accuracy: 0.5}, {Accuracy: 0.9}, {Accuracy: 0.7}, {Accuracy: 0.72}}
	assert.InDelta(t, 0.7, typical(runs).Accuracy, 0, "of two that are as near, the first")
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
