package lab_test

import (
	"context"
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
)

// small is an experiment of a few milliseconds.
func small(scheme string) lab.Setup {
	return lab.Setup{
		Data: "circles", Depth: 3, Width: 16, Activation: "relu", Scheme: scheme,
		Optimizer: "sgd", LR: 0.1, Batch: 32, Steps: 60, Seed: 5,
	}
}

func open(t *testing.T, s lab.Setup) *lab.Experiment {
	t.Helper()
	e, err := lab.New(s)
	require.NoError(t, err)
	return e
}

func TestSameSetupGivesTheSameBits(t *testing.T) {
	t.Parallel()
	var losses [2][]float64
	for i := range losses {
		trace, err := open(t, small("kaiming-normal")).Run(context.Background(), 0)
		require.NoError(t, err)
		losses[i] = trace.Losses
	}
	assert.Equal(t, losses[0], losses[1])
	other := small("kaiming-normal")
	other.Seed++
	trace, err := open(t, other).Run(context.Background(), 0)
	require.NoError(t, err)
	assert.NotEqual(t, losses[0], trace.Losses)
}

// With all weights 0, whatever the seed, the first loss is that of guessing; and of two schemes the batches are the same,
// for after a step from zeros only the output bias differs from 0, by what the labels of the batch decide.
func TestZerosLearnTheOutputBiasAlone(t *testing.T) {
	t.Parallel()
	e := open(t, small("zeros"))
	assert.InDelta(t, e.Guessing(), e.Step(), 1e-6)
	for _, p := range e.Store.Params() {
		moved := false
		for _, v := range p.Data {
			moved = moved || v != 0
		}
		assert.Equal(t, p.Name == "6.bias", moved, p.Name)
	}
	for range 50 {
		e.Step()
	}
	assert.InDelta(t, e.Guessing(), e.Loss(), 0.01)
}

func TestKaimingLearns(t *testing.T) {
	t.Parallel()
	s := small("kaiming-normal")
	s.Steps = 300
	e := open(t, s)
	before := e.Loss()
	trace, err := e.Run(context.Background(), 100)
	require.NoError(t, err)
	assert.Less(t, e.Loss(), before/2)
	assert.Greater(t, e.Accuracy(), 0.9)
	require.Len(t, trace.Losses, 300)
	require.Len(t, trace.Snapshots, 4)
	assert.Equal(t, 200, trace.Snapshots[2].Propagation.Step)
	assert.Len(t, e.Hidden(trace.Snapshots[0].Propagation), 3)
	assert.NotEmpty(t, trace.Snapshots[0].Updates)
	assert.Empty(t, trace.Snapshots[3].Updates)
}

func TestLookingChangesNoTraining(t *testing.T) {
	t.Parallel()
	watched, err := open(t, small("kaiming-normal")).Run(context.Background(), 1)
	require.NoError(t, err)
	alone, err := open(t, small("kaiming-normal")).Run(context.Background(), 0)
	require.NoError(t, err)
	assert.Equal(t, alone.Losses, watched.Losses)
}

func TestTrainingEndsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := open(t, small("zeros")).Run(ctx, 1)
	require.ErrorIs(t, err, context.Canceled)
}

// Plain SGD moves a parameter by lr times its gradient.
func TestUpdatesAreWhatTheOptimizerMoved(t *testing.T) {
	t.Parallel()
	s := small("kaiming-normal")
	s.Batch = 800
	train, _, err := lab.Open("circles")
	require.NoError(t, err)
	e, err := lab.NewOn(s, train, nil)
	require.NoError(t, err)
	before := lab.Measure(e.Store, e.Model, train.X, train.Y) // a batch of all samples, in whatever order
	for i, u := range lab.Updates(e.Store, func() { e.Step() }) {
		p := before.Params[i]
		require.Equal(t, p.Name, u.Name)
		assert.InDelta(t, s.LR*p.Gradient.Norm, u.Moved, 1e-5*(1+p.Value.Norm))
		assert.InDelta(t, p.Value.Norm, u.Weight, 1e-6*p.Value.Norm)
		if p.Value.Norm == 0 {
			assert.True(t, math.IsInf(u.Ratio, 1) || u.Moved == 0, u.Name)
		} else {
			assert.InEpsilon(t, u.Moved/u.Weight, u.Ratio, 1e-9)
		}
	}
}

func TestOpenedDataAreScaled(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"circles", "gauss", "digits"} {
		train, test, err := lab.Open(name)
		require.NoError(t, err)
		s := lab.StatsOf(train.X.Data(), 1)
		assert.InDelta(t, 0, s.Mean, 1e-6)
		assert.InDelta(t, 1, s.SecondMoment, 1e-5)
		require.NoError(t, test.Validate())
	}
	_, _, err := lab.Open("banana")
	require.ErrorContains(t, err, "banana")
}

func TestMapsCoverThePlane(t *testing.T) {
	t.Parallel()
	e := open(t, small("zeros"))
	m, ok := e.Map(9)
	require.True(t, ok)
	require.Len(t, m.P, 81)
	for _, p := range m.P {
		require.InDelta(t, 0.5, p, 1e-6)
	}
	for i, v := range e.Train.X.Data() {
		require.True(t, m.Lo[i%2] < float64(v) && float64(v) < m.Hi[i%2])
	}
	digits := small("zeros")
	digits.Data = "digits"
	_, ok = open(t, digits).Map(9)
	assert.False(t, ok)
}

func TestExperimentsNeedClasses(t *testing.T) {
	t.Parallel()
	x := gaussian(4, 2, 1)
	regression, err := data.NewRegression("numbers", x, x)
	require.NoError(t, err)
	_, err = lab.NewOn(small("zeros"), regression, nil)
	require.ErrorContains(t, err, "classes")
	_, err = lab.NewOn(small("zeros"), nil, nil)
	require.ErrorContains(t, err, "classes")
}

func TestStudiesDoNotDependOnJobs(t *testing.T) {
	t.Parallel()
	study := lab.Study{Setup: small(""), Cases: lab.Classic("relu"), Seeds: 2}
	var found [2]*lab.Findings
	for i, jobs := range []int{1, 3} {
		told := 0
		f, err := study.Run(context.Background(), jobs, func(done, total int) {
			assert.GreaterOrEqual(t, done, told)
			assert.Equal(t, 6*2*60, total)
			told = done
		})
		require.NoError(t, err)
		assert.Equal(t, 6*2*60, told)
		found[i] = f
	}
	assert.Equal(t, found[0].Runs[3], found[1].Runs[3])
	kaiming := found[0].Runs[4]
	require.Len(t, kaiming, 2)
	assert.NotEqual(t, kaiming[0].Curve, kaiming[1].Curve)
	assert.Equal(t, uint64(6), kaiming[1].Setup.Seed)
	assert.Zero(t, found[0].Runs[0][0].Curve[10].Units[3])
}

func TestInterruptedStudiesSayWhy(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	study := lab.Study{Setup: small(""), Cases: lab.Classic("relu"), Seeds: 1}
	_, err := study.Run(ctx, 2, func(int, int) { cancel() })
	require.ErrorIs(t, err, context.Canceled)
}

func TestStudiesRefuseWhatCannotBe(t *testing.T) {
	t.Parallel()
	good := lab.Study{Setup: small(""), Cases: lab.Classic("relu"), Seeds: 1}
	for want, change := range map[string]func(s *lab.Study){
		"seeds is 0":        func(s *lab.Study) { s.Seeds = 0 },
		"schemes are 0":     func(s *lab.Study) { s.Cases = nil },
		"no initialization": func(s *lab.Study) { s.Cases = []lab.Case{{Name: "x", Scheme: "x"}} },
	} {
		s := good
		change(&s)
		_, err := s.Run(context.Background(), 1, nil)
		require.ErrorContains(t, err, want)
	}
}
