package data

import (
	"math"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/internal/testmode"
)

// The rows were found by another program that follows the rule in the documentation of Split.
func TestSplitFollowsTheDocumentedRule(t *testing.T) {
	t.Parallel()
	s := counted(t, 10, 3)
	for _, c := range []struct {
		fraction    float64
		seed        uint64
		train, test []int
	}{
		{0.7, 1, []int{1, 3, 5, 6, 7, 8, 9}, []int{0, 2, 4}},
		{0.7, 2, []int{0, 1, 3, 5, 6, 7, 8}, []int{2, 4, 9}},
		{0.5, math.MaxUint64, []int{0, 1, 5, 6, 7}, []int{2, 3, 4, 8, 9}},
	} {
		train, test := s.Split(c.fraction, c.seed)
		assert.Equal(t, c.train, rowsOf(train.X))
		assert.Equal(t, c.test, rowsOf(test.X))
	}
}

func TestSplitNamesItsPartsAndKeepsTheRest(t *testing.T) {
	t.Parallel()
	s := counted(t, 10, 3)
	train, test := s.Split(0.7, 1)
	assert.Equal(t, "counted/train", train.Name)
	assert.Equal(t, "counted/test", test.Name)
	for _, part := range []*Set{train, test} {
		require.NoError(t, part.Validate())
		assert.Equal(t, s.Classes, part.Classes)
		assert.Equal(t, s.Source, part.Source)
		assert.Equal(t, s.License, part.License)
		assert.Equal(t, s.SampleShape(), part.SampleShape())
	}
}

func TestSplitHasEverySampleOnceAndEveryClassInProportion(t *testing.T) {
	t.Parallel()
	for _, n := range []int{2, 3, 10, 97, 200} {
		for _, classes := range []int{1, 2, 3, 7, 10} {
			s := counted(t, n, classes)
			for _, fraction := range []float64{1e-9, 0.1, 0.25, 0.5, 0.8, 0.999999} {
				train, test := s.Split(fraction, 4)
				all := slices.Concat(rowsOf(train.X), rowsOf(test.X))
				slices.Sort(all)
				require.Equal(t, s.rows(), all)

				share := float64(train.Len()) / float64(n)
				require.InDelta(t, fraction, share, 1/float64(n), "n %d", n)
				for class, count := range train.Counts() {
					require.InDelta(t, share*float64(s.Counts()[class]), count, 1, "n %d, class %d", n, class)
				}
			}
		}
	}
}

func TestSplitOfRegressionKeepsTargetsWithTheirSamples(t *testing.T) {
	t.Parallel()
	train, test := line(t, 20).Split(0.75, 1)
	require.Equal(t, 15, train.Len())
	for _, part := range []*Set{train, test} {
		for i, x := range part.X.Data() {
			require.Equal(t, 10*x, part.Target.Data()[i])
		}
	}
	assert.Subset(t, line(t, 20).rows(), slices.Concat(rowsOf(train.X), rowsOf(test.X)))
}

func TestSplitRefusesWhatLeavesAPartEmpty(t *testing.T) {
	t.Parallel()
	s := counted(t, 10, 2)
	for _, fraction := range []float64{0, 1, -0.5, 1.5, math.NaN(), math.Inf(1)} {
		requireArgumentError(t, "Split", "fraction", func() { s.Split(fraction, 1) })
	}
	requireArgumentError(t, "Split", "Len()", func() { counted(t, 1, 1).Split(0.5, 1) })
}

// The rows were found by another program that follows the rule in the documentation of KFold.
func TestKFoldFollowsTheDocumentedRule(t *testing.T) {
	t.Parallel()
	var names []string
	var tests [][]int
	for train, test := range counted(t, 10, 3).KFold(3, 1) {
		names = append(names, train.Name, test.Name)
		tests = append(tests, rowsOf(test.X))
	}
	assert.Equal(t, [][]int{{6, 7, 8, 9}, {2, 3, 4}, {0, 1, 5}}, tests)
	assert.Equal(t, []string{
		"counted/fold1of3/train", "counted/fold1of3/test",
		"counted/fold2of3/train", "counted/fold2of3/test",
		"counted/fold3of3/train", "counted/fold3of3/test",
	}, names)
}

func TestKFoldTestsEverySampleOnceInEvenFolds(t *testing.T) {
	t.Parallel()
	s := counted(t, 101, 6)
	ks := []int{2, 3, 5, 10, 101}
	if testmode.Long() {
		ks = append(s.rows()[2:], s.Len())
	}
	for _, k := range ks {
		var tested []int
		for train, test := range s.KFold(k, 8) {
			require.True(t, slices.IsSorted(rowsOf(train.X)) && slices.IsSorted(rowsOf(test.X)), "k %d: the order of the set", k)
			both := slices.Concat(rowsOf(train.X), rowsOf(test.X))
			slices.Sort(both)
			require.Equal(t, s.rows(), both, "k %d", k)
			tested = append(tested, rowsOf(test.X)...)
			require.InDelta(t, float64(s.Len())/float64(k), test.Len(), 0.999, "k %d", k)
			for class, count := range test.Counts() {
				require.InDelta(t, float64(s.Counts()[class])/float64(k), count, 0.999, "k %d, class %d", k, class)
			}
		}
		slices.Sort(tested)
		require.Equal(t, s.rows(), tested, "k %d", k)
	}
}

func TestKFoldDependsOnTheSeedAlone(t *testing.T) {
	t.Parallel()
	first := func(seed uint64) []int {
		for _, test := range counted(t, 60, 3).KFold(5, seed) {
			return rowsOf(test.X)
		}
		return nil
	}
	assert.Equal(t, first(1), first(1))
	assert.NotEqual(t, first(1), first(2))
}

func TestKFoldMayBeLeftEarly(t *testing.T) {
	t.Parallel()
	n := 0
	for range line(t, 9).KFold(3, 1) {
		n++
		break
	}
	assert.Equal(t, 1, n)
}

func TestKFoldRefusesFoldsThatCannotBe(t *testing.T) {
	t.Parallel()
	for _, k := range []int{-1, 0, 1, 11} {
		requireArgumentError(t, "KFold", "k", func() { counted(t, 10, 2).KFold(k, 1) })
	}
}
