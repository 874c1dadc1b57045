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
	assert.Equal(t, "Nothing becomes infinite.", r.Sections[3].Title)
	limits := r.Sections[4].Table
	assert.Equal(t, []any{"F16", 16, 5, 11, 3, 0x1p-10, 0x1p-24, 0x1p-14, 65504.0}, limits.Rows[2])
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b, 160))
	assert.Contains(t, b.String(), "LOST UPDATES")
	for _, format := range lab.Formats() {
		assert.Contains(t, b.String(), format.Name)
	}

	f.Runs[2][0].Activations.Overflow, f.Runs[2][1].Activations.Overflow = f.Runs[2][0].Activations.Values, f.Runs[2][1].Activations.Values
	r = NewPrecision(f)
	assert.Equal(t, "The most that becomes infinite is 100%, of activations in fp16.", r.Sections[3].Title)
	assert.Contains(t, r.Answer[3], "Values overflow with fp16, ")
}
