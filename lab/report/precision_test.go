package report

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab"
)

func roundedRuns(t *testing.T, jobs int) *lab.PrecisionFindings {
	t.Helper()
	p := lab.DefaultPrecision()
	p.Setup.Depth, p.Setup.Width, p.Setup.Steps, p.Seeds = 3, 8, 10, 2
	f, err := p.Run(context.Background(), jobs, nil)
	require.NoError(t, err)
	return f
}

func TestPrecisionCountsWhatRoundingTakes(t *testing.T) {
	t.Parallel()
	f := roundedRuns(t, 1)
	r := NewPrecision(f)
	requireSections(t, r, "learning", "lost", "underflow", "overflow", "formats")
	requireSameFiles(t, r, NewPrecision(roundedRuns(t, 2)))
	limits := r.Sections[4].Table
	assert.Equal(t, []any{"F16", 16, 5, 11, 3, 0x1p-10, 0x1p-24, 0x1p-14, 65504.0}, limits.Rows[2])
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b, 160))
	assert.Contains(t, b.String(), "LOST UPDATES")
	for _, format := range lab.Formats() {
		assert.Contains(t, b.String(), format.Name)
	}

	assert.NotContains(t, b.String(), "DEAD")
	assert.Equal(t, []string{"0.5", "12345678"}, []string{
		middleCount([]lab.PrecisionRun{{Left: 1}, {Left: 0}}, func(r lab.PrecisionRun) int { return r.Left }),
		middleCount([]lab.PrecisionRun{{Left: 12345678}}, func(r lab.PrecisionRun) int { return r.Left }),
	})

	f.Runs[2][0].Dead = 4
	f.Runs[3][0].Dead, f.Runs[3][1].Dead = 0, 0
	r = NewPrecision(f)
	assert.Contains(t, r.Answer[0], ` in fp16 (1 of 2 dead), `)
	assert.Contains(t, r.Answer[1], `Dead networks in fp16 and “fp16, loss scaled”: a layer returns 0 for every sample`)
	assert.Contains(t, r.Sections[1].Title, `in “fp16, loss scaled” (dead)`)
	b.Reset()
	require.NoError(t, r.WriteText(&b, 160))
	assert.Regexp(t, `(?m)^FORMAT +LOSS +TEST +DEAD `, b.String())
	assert.Regexp(t, `(?m)^fp16, loss scaled +\S+ +\S+ +2 of 2 `, b.String())
	f.Runs[2][0].Dead, f.Runs[3][0].Dead, f.Runs[3][1].Dead = -1, -1, -1

	f.Runs[2][0].Activations.Overflow, f.Runs[2][1].Activations.Overflow = f.Runs[2][0].Activations.Values, f.Runs[2][1].Activations.Values
	r = NewPrecision(f)
	assert.Equal(t, "The most that becomes infinite is 100%, of activations in fp16.", r.Sections[3].Title)
	assert.Contains(t, r.Answer[3], "Values overflow with fp16, ")

	for _, runs := range f.Runs {
		for i := range runs {
			for _, tally := range []*lab.Tally{&runs[i].Activations, &runs[i].Gradients, &runs[i].Weights, &runs[i].WeightGrads} {
				tally.Overflow = 0
			}
		}
	}
	r = NewPrecision(f)
	assert.Equal(t, "Nothing becomes infinite.", r.Sections[3].Title)
	assert.Len(t, r.Answer, 3)
}
