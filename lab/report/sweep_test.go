package report

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab/sweep"
	"github.com/heft-ml/heft/train/tune"
)

func swept(t *testing.T, shards int) *sweep.Results {
	t.Helper()
	g := sweep.Default()
	g.Base.Data, g.Base.Steps = "xor", 200
	g.Schemes, g.Depths, g.Widths, g.Activations = []string{"normal(0,0.01)", "kaiming-normal"}, []int{2, 3}, []int{8, 16}, []string{"relu", "tanh"}
	g.LRs, g.Seeds = []float64{0.2}, 1
	p, err := sweep.NewPlan(g)
	require.NoError(t, err)
	dir := t.TempDir()
	for i := range shards {
		require.NoError(t, sweep.Work(context.Background(), dir, p, sweep.Options{Jobs: 2, Shard: tune.Shard{Index: i + 1, Count: shards}}))
	}
	r, err := sweep.Merge(dir)
	require.NoError(t, err)
	return r
}

func TestDepthsThatLearnAfterOneThatDoesNotAreListed(t *testing.T) {
	t.Parallel()
	cells := func(learned map[int]float64) (cells []sweep.Cell) {
		for _, depth := range []int{20, 2, 10, 5} { // as they were typed
			cells = append(cells, sweep.Cell{Depth: depth, Learned: learned[depth]})
		}
		return cells
	}
	for want, learned := range map[string]map[int]float64{
		"to depth 20":                            {2: 1, 5: 1, 10: 1, 20: 1},
		"to depth 5":                             {2: 1, 5: 1, 10: 0.5},
		"at depths 2 and 20 but not at 5 and 10": {2: 1, 5: 0.9, 20: 1},
		"at depth 10 but not at 2 and 5":         {10: 1},
		"at no depth":                            {2: 0.5},
	} {
		assert.Equal(t, want, learnsWhere(cells(learned)))
	}
	rows := []sweepRow{{"A", "a", cells(map[int]float64{2: 1, 10: 1})}, {"B", "b", cells(map[int]float64{2: 1})}, {"C", "c", cells(nil)}}
	assert.Equal(t, "every seed learns at depths 2 and 10 but not at 5 with a, to depth 2 with b and at no depth with c", deepest(rows))
	assert.Equal(t, "at no depth does every seed learn", deepest(rows[2:]))
}

func TestSweepSaysWhichStartLearnsAtWhichDepth(t *testing.T) {
	t.Parallel()
	r := NewSweep(swept(t, 1))
	requireSections(t, r, "learned", "accuracy")
	requireSameFiles(t, r, NewSweep(swept(t, 3)))
	assert.Contains(t, r.Answer[0], "at no depth with “too small”, relu, 8 wide")
	assert.Contains(t, r.Answer[0], "to depth 3 with ")
	assert.Len(t, r.Sections[0].Data.Rows, 16, "the file has every run")
	assert.Contains(t, r.Settings, [2]string{"training", "sgd, learning rate 0.2, 200 steps of 64 samples"})
	var b bytes.Buffer
	require.NoError(t, r.WriteText(&b, 120))
	assert.Regexp(t, `(?m)^Kaiming, tanh, 16 wide +100% +100%$`, b.String())
}
