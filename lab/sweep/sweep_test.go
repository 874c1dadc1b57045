package sweep_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab/sweep"
	"github.com/heft-ml/heft/train/tune"
)

// small has 2 x 2 x 2 x 2 runs of some milliseconds.
func small() sweep.Grid {
	g := sweep.Default()
	g.Base.Data, g.Base.Steps = "xor", 20
	g.Schemes, g.Depths, g.Widths, g.LRs, g.Seeds = []string{"zeros", "kaiming-normal"}, []int{1, 3}, []int{8}, []float64{0.1, 0.3}, 2
	return g
}

func plan(t *testing.T, g sweep.Grid) *sweep.Plan {
	t.Helper()
	p, err := sweep.NewPlan(g)
	require.NoError(t, err)
	return p
}

func work(t *testing.T, dir string, o sweep.Options) {
	t.Helper()
	require.NoError(t, sweep.Work(context.Background(), dir, plan(t, small()), o))
}

func merged(t *testing.T, dirs ...string) *sweep.Results {
	t.Helper()
	r, err := sweep.Merge(dirs...)
	require.NoError(t, err)
	return r
}

func TestResultsDoNotDependOnTheSharding(t *testing.T) {
	t.Parallel()
	whole, shared := t.TempDir(), t.TempDir()
	work(t, whole, sweep.Options{Jobs: 1})
	var own []string
	for i := 3; i >= 1; i-- {
		shard := tune.Shard{Index: i, Count: 3}
		work(t, shared, sweep.Options{Jobs: 2, Shard: shard})
		own = append(own, filepath.Join(t.TempDir(), "shard"))
		work(t, own[len(own)-1], sweep.Options{Jobs: 2, Shard: shard})
	}
	want := merged(t, whole)
	assert.Equal(t, want, merged(t, shared))
	assert.Equal(t, want, merged(t, own...))
	assert.Len(t, want.Runs, 16)
	for _, r := range want.Runs {
		assert.False(t, math.IsNaN(r.Loss))
		if r.Setup.Scheme == "zeros" {
			assert.Equal(t, -1, r.Learns, "zeros learn nothing")
		}
	}
	_, err := sweep.Merge(own[0], own[1])
	require.ErrorContains(t, err, "of 16 runs are not done")
}

// Shards that begin at the same moment find the folder in any state between empty and a sweep's.
func TestShardsThatBeginTogetherShareAFolder(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows refuses to replace a file that is being read, as the plan is by the other shards")
	}
	t.Parallel()
	const shards = 16
	stopped, cancel := context.WithCancel(context.Background())
	cancel()
	p := plan(t, small())
	for range 25 {
		dir := filepath.Join(t.TempDir(), "sweep")
		came := make(chan error)
		for i := range shards {
			go func() {
				came <- sweep.Work(stopped, dir, p, sweep.Options{Jobs: 1, Shard: tune.Shard{Index: i + 1, Count: shards}})
			}()
		}
		for range shards {
			assert.ErrorIs(t, <-came, context.Canceled)
		}
	}
}

func TestStoppedSweepsGoOn(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(context.Background())
	p := plan(t, small())
	err := sweep.Work(ctx, dir, p, sweep.Options{Jobs: 1, Progress: func(done, total int) {
		assert.Equal(t, 16, total)
		if done == 5 {
			cancel()
		}
	}})
	require.ErrorIs(t, err, context.Canceled)
	first := filepath.Join(dir, "runs", "000001.json")
	before, err := os.Stat(first)
	require.NoError(t, err)
	begun := -1
	require.NoError(t, sweep.Work(context.Background(), dir, p, sweep.Options{Jobs: 2, Progress: func(done, _ int) {
		if begun < 0 {
			begun = done
		}
	}}))
	assert.Equal(t, 5, begun, "what is done stays done")
	after, err := os.Stat(first)
	require.NoError(t, err)
	assert.Equal(t, before.ModTime(), after.ModTime())
	whole := t.TempDir()
	work(t, whole, sweep.Options{Jobs: 1})
	assert.Equal(t, merged(t, whole), merged(t, dir))
}

func TestNetworksThatExplodeAreResults(t *testing.T) {
	t.Parallel()
	g := small()
	g.Schemes, g.Depths, g.LRs, g.Seeds = []string{"normal(0,100)", "kaiming-normal"}, []int{30}, []float64{1}, 1
	dir := t.TempDir()
	require.NoError(t, sweep.Work(context.Background(), dir, plan(t, g), sweep.Options{Jobs: 1}))
	r, err := sweep.Merge(dir)
	require.NoError(t, err)
	assert.Equal(t, 0, r.Runs[0].Exploded)
	assert.True(t, math.IsNaN(r.Runs[0].Loss))
	assert.True(t, math.IsInf(r.Cells()[0].Loss, 1))
	assert.Zero(t, r.Cells()[0].Learned)
}

func TestCellsHaveTheBestLearningRate(t *testing.T) {
	t.Parallel()
	g := small()
	g.Schemes, g.Depths, g.LRs, g.Base.Steps = []string{"kaiming-normal"}, []int{2}, []float64{1e-9, 0.2}, 200
	g.Widths = []int{16}
	dir := t.TempDir()
	require.NoError(t, sweep.Work(context.Background(), dir, plan(t, g), sweep.Options{Jobs: 2}))
	r, err := sweep.Merge(dir)
	require.NoError(t, err)
	cells := r.Cells()
	require.Len(t, cells, 1)
	assert.Equal(t, 0.2, cells[0].LR)
	assert.Equal(t, 1.0, cells[0].Learned)
	assert.Less(t, cells[0].Loss, r.Guessing/2)
}

func TestFoldersOfSomethingElseAreRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	dir := t.TempDir()
	work(t, dir, sweep.Options{Jobs: 2})
	g := small()
	g.LRs = []float64{0.1}
	err := sweep.Work(ctx, dir, plan(t, g), sweep.Options{})
	require.ErrorContains(t, err, "holds another sweep, whose lrs is [0.1 0.3] and not [0.1]")

	other := t.TempDir()
	require.NoError(t, sweep.Work(ctx, other, plan(t, g), sweep.Options{Jobs: 1}))
	_, err = sweep.Merge(dir, other)
	require.ErrorContains(t, err, "holds another sweep than")
	_, err = sweep.Merge(t.TempDir())
	require.ErrorContains(t, err, "is no sweep")
	_, err = sweep.Merge()
	require.ErrorContains(t, err, "name the folder")

	foreign := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(foreign, "thesis.txt"), nil, 0o666))
	require.ErrorContains(t, sweep.Work(ctx, foreign, plan(t, g), sweep.Options{}), `holds no sweep, but "thesis.txt"`)

	run := filepath.Join(dir, "runs", "000003.json")
	second, err := os.ReadFile(filepath.Join(dir, "runs", "000002.json"))
	require.NoError(t, err)
	for want, text := range map[string]string{
		"is not of run 3 of the plan": string(second), "not a file of a sweep": `{"loss": "low"}`, "text follows": string(second) + "{}",
	} {
		require.NoError(t, os.WriteFile(run, []byte(text), 0o666))
		_, err = sweep.Merge(dir)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "000003.json")
	}
}

func TestGridsThatCannotBeNameTheirList(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(g *sweep.Grid){
		"depths is empty":         func(g *sweep.Grid) { g.Depths = nil },
		`lrs has "0.1" twice`:     func(g *sweep.Grid) { g.LRs = []float64{0.1, 0.1} },
		"depth is 0":              func(g *sweep.Grid) { g.Depths = []int{0} },
		`"he"`:                    func(g *sweep.Grid) { g.Schemes = []string{"he"} },
		"seeds is 0":              func(g *sweep.Grid) { g.Seeds = 0 },
		"more than 100000 runs":   func(g *sweep.Grid) { g.Seeds = math.MaxInt },
		"no activation is called": func(g *sweep.Grid) { g.Activations = []string{"sinc"} },
	} {
		g := small()
		change(&g)
		_, err := sweep.NewPlan(g)
		require.ErrorContains(t, err, want)
	}
}

func TestPlanKnowsItsCommand(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "heft lab sweep", plan(t, sweep.Default()).Command())
	assert.Equal(t, "heft lab sweep --schemes zeros,kaiming-normal --depths 1,3 --widths 8 --lrs 0.1,0.3 --data xor --steps 20 --seeds 2", plan(t, small()).Command())
}

func FuzzLoad(f *testing.F) {
	dir := f.TempDir()
	p, err := sweep.NewPlan(small())
	require.NoError(f, err)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.ErrorIs(f, sweep.Work(ctx, dir, p, sweep.Options{}), context.Canceled)
	text, err := os.ReadFile(filepath.Join(dir, sweep.PlanFile))
	require.NoError(f, err)
	f.Add(text)
	f.Add([]byte(`{"seeds": 1e9}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		require.NoError(t, os.WriteFile(filepath.Join(dir, sweep.PlanFile), text, 0o666))
		if p, err := sweep.Load(dir); err == nil {
			assert.Positive(t, p.Len())
		}
	})
}
