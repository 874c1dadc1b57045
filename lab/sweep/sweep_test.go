package sweep_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	_ "github.com/heft-ml/heft/internal/testmode"
	"github.com/heft-ml/heft/lab"
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

func TestNetworksThatCannotBeStartedAreResults(t *testing.T) {
	t.Parallel()
	g, dir := small(), t.TempDir()
	g.Schemes, g.Widths, g.Depths, g.LRs, g.Seeds = []string{"lsuv", "xavier-normal"}, []int{1}, []int{20}, []float64{0.1}, 1
	g.Base.Activation, g.Activations = "relu", []string{"relu"}
	require.NoError(t, sweep.Work(context.Background(), dir, plan(t, g), sweep.Options{}))
	r := merged(t, dir)
	assert.Contains(t, r.Runs[0].Reason, "variance")
	assert.True(t, math.IsNaN(r.Runs[0].Loss))
	assert.Empty(t, r.Runs[1].Reason)
	cells := r.Cells()
	assert.Zero(t, cells[0].Learned+float64(cells[0].Exploded))
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
		"invalid character": string(make([]byte, 300)),
	} {
		require.NoError(t, os.WriteFile(run, []byte(text), 0o666))
		_, err = sweep.Merge(dir)
		require.ErrorContains(t, err, want)
		require.ErrorContains(t, err, "000003.json")
		require.ErrorContains(t, err, "remove it to train the run again")
	}

	path := filepath.Join(dir, sweep.PlanFile)
	require.NoError(t, os.WriteFile(path, second[:10], 0o666))
	_, err = sweep.Load(dir)
	require.ErrorContains(t, err, path)
	require.ErrorContains(t, err, "begin anew in another folder")
}

// A disk that was full or lost its power leaves files that are empty or cut.
func TestRunsWhoseFilesAreCutAreDoneAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	work(t, dir, sweep.Options{Jobs: 2})
	want := merged(t, dir)
	run := filepath.Join(dir, "runs", "000003.json")
	whole, err := os.ReadFile(run)
	require.NoError(t, err)
	for _, size := range []int{0, 1, len(whole) / 2, len(whole) - 2} {
		require.NoError(t, os.WriteFile(run, whole[:size], 0o666))
		_, err := sweep.Merge(dir)
		require.ErrorContains(t, err, "1 of 16 runs are not done, the first is 3: name the folders of all shards, or go on with 'heft lab sweep --resume ")
		work(t, dir, sweep.Options{Jobs: 1})
		assert.Equal(t, want, merged(t, dir), "%d of %d bytes", size, len(whole))
	}
}

// A file of the same name is not the same data.
func TestSweepsOverDataThatChangedAreRefused(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	table := filepath.Join(t.TempDir(), "points.csv")
	fill := func(last string) {
		rows := strings.Repeat("-1,-1,left\n-1,1,left\n1,1,right\n1,-1,right\n", 4)
		require.NoError(t, os.WriteFile(table, []byte("x,y,side\n"+rows+last), 0o666))
	}
	g := small()
	g.Base.Data, g.Base.Steps, g.Depths, g.LRs = "csv:"+table, 3, []int{1}, []float64{0.1}
	p, dir, other := plan(t, g), t.TempDir(), t.TempDir()
	fill("2,2,right\n")
	require.NoError(t, sweep.Work(ctx, dir, p, sweep.Options{Jobs: 1, Shard: tune.Shard{Index: 1, Count: 2}}))
	fill("2,2,left\n")
	err := sweep.Work(ctx, dir, p, sweep.Options{Jobs: 1})
	require.ErrorContains(t, err, "points.csv has changed since the sweep in "+dir+" began: choose another --out")
	require.NoError(t, sweep.Work(ctx, other, p, sweep.Options{Jobs: 1}))
	_, err = sweep.Merge(dir, other)
	require.ErrorContains(t, err, "are of different data")
	_, err = sweep.Merge(dir)
	require.ErrorContains(t, err, "points.csv has changed since")
	fill("2,2,right\n")
	require.NoError(t, sweep.Work(ctx, dir, p, sweep.Options{Jobs: 1}))
	assert.Len(t, merged(t, dir).Runs, 4)
}

func TestSweepsOfAnOlderHeftAreCalledThat(t *testing.T) {
	t.Parallel()
	g, dir := small(), t.TempDir()
	g.Depths, g.LRs = []int{1}, []float64{0.1}
	require.NoError(t, sweep.Work(context.Background(), dir, plan(t, g), sweep.Options{Jobs: 2}))
	path := filepath.Join(dir, sweep.PlanFile)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	before, _, found := strings.Cut(string(text), ",\n  \"data_hashes\"")
	require.True(t, found)
	require.NoError(t, os.WriteFile(path, []byte(before+"}"), 0o666))
	const want = "sweep.json was begun by an older Heft, which did not write down a hash of the data"
	require.ErrorContains(t, sweep.Work(context.Background(), dir, plan(t, g), sweep.Options{Jobs: 1}), want)
	_, err = sweep.Merge(dir)
	require.ErrorContains(t, err, want)
}

func TestMediansOfTwoSeedsAreTheirMean(t *testing.T) {
	t.Parallel()
	g := small()
	g.Schemes, g.Depths, g.LRs = []string{"kaiming-normal"}, []int{1}, []float64{0.1}
	dir := t.TempDir()
	require.NoError(t, sweep.Work(context.Background(), dir, plan(t, g), sweep.Options{Jobs: 1}))
	r := merged(t, dir)
	require.Len(t, r.Runs, 2)
	assert.NotEqual(t, r.Runs[0].Loss, r.Runs[1].Loss)
	assert.InDelta(t, (r.Runs[0].Loss+r.Runs[1].Loss)/2, r.Cells()[0].Loss, 1e-12)
}

// A name means in a sweep what it means in the classic cases: orthogonal matrices have the gain of the activation.
func TestUsualStartsAreThoseOfTheClassicCases(t *testing.T) {
	t.Parallel()
	assert.Equal(t, []string{"xavier-normal", "kaiming-normal", "orthogonal(for=relu)"}, sweep.Default().Schemes)
	for _, activation := range []string{"relu", "tanh"} {
		var classic []string
		for _, c := range lab.Classic(activation) {
			classic = append(classic, c.Scheme)
		}
		assert.Subset(t, classic, sweep.DefaultSchemes([]string{activation}))
	}
	assert.Equal(t, "orthogonal", sweep.DefaultSchemes([]string{"relu", "tanh"})[2])
	g := sweep.Default()
	g.Activations = []string{"tanh"}
	assert.Contains(t, plan(t, g).Command(), "--schemes 'xavier-normal,kaiming-normal,orthogonal(for=relu)'", "which is not what tanh has")
	g.Schemes = sweep.DefaultSchemes(g.Activations)
	assert.Equal(t, "heft lab sweep --activations tanh", plan(t, g).Command())
}

func TestGridsThatCannotBeNameTheirList(t *testing.T) {
	t.Parallel()
	for want, change := range map[string]func(g *sweep.Grid){
		"depths is empty":         func(g *sweep.Grid) { g.Depths = nil },
		"there are not 2 seeds":   func(g *sweep.Grid) { g.Base.Seed = math.MaxUint64 },
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
	g := small()
	g.Base.Depth, g.Base.Width, g.Base.LR, g.Base.Activation, g.Base.Scheme = 7, 7, 7, "tanh", "zeros"
	g.Base.Data, g.Base.Residual, g.Base.Momentum = "csv:my table.csv", "plain", 0.5
	const want = "heft lab sweep --schemes zeros,kaiming-normal --depths 1,3 --widths 8 --lrs 0.1,0.3 --data 'csv:my table.csv' --residual plain --momentum 0.5 --steps 20 --seeds 2"
	assert.Equal(t, want, plan(t, g).Command(), "what is varied has no value of its own")
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

// Whatever stands in the place of a run's file, the sweep is merged or the error names the file.
func FuzzRuns(f *testing.F) {
	g := small()
	g.Schemes, g.Depths, g.LRs, g.Seeds, g.Base.Steps = []string{"zeros"}, []int{1}, []float64{0.1}, 1, 2
	p, err := sweep.NewPlan(g)
	require.NoError(f, err)
	dir := f.TempDir()
	require.NoError(f, sweep.Work(context.Background(), dir, p, sweep.Options{}))
	path := filepath.Join("runs", "000001.json")
	text, err := os.ReadFile(filepath.Join(dir, path))
	require.NoError(f, err)
	plan, err := os.ReadFile(filepath.Join(dir, sweep.PlanFile))
	require.NoError(f, err)
	f.Add(text)
	f.Add(text[:len(text)/2])
	f.Add([]byte(`{"learns": 3, "exploded": 1e9, "accuracy": 2}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		require.NoError(t, os.Mkdir(filepath.Join(dir, "runs"), 0o777))
		require.NoError(t, os.WriteFile(filepath.Join(dir, sweep.PlanFile), plan, 0o666))
		require.NoError(t, os.WriteFile(filepath.Join(dir, path), text, 0o666))
		r, err := sweep.Merge(dir)
		if err != nil {
			assert.True(t, strings.Contains(err.Error(), path) || strings.Contains(err.Error(), "not done"), err)
			return
		}
		c := r.Cells()[0]
		assert.True(t, c.Accuracy >= 0 && c.Accuracy <= 1 && c.Learned <= 1 && r.Runs[0].Learns <= 2 && r.Runs[0].Exploded <= 2)
	})
}
