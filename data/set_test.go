package data

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	_ "github.com/heft-ml/heft/internal/testmode"
)

// counted returns a set of n samples of shape [2, 3] whose first number is the row, in the given number of classes:
// row i is of class i mod classes.
func counted(t *testing.T, n, classes int) *Set {
	t.Helper()
	x, y := make([]float32, 6*n), make([]int32, n)
	for row := range n {
		x[6*row], x[6*row+5] = float32(row), 0.5
		y[row] = int32(row % classes)
	}
	s, err := New("counted", autograd.From(x, n, 2, 3), autograd.LabelsOf(y), numbered("class ", classes))
	require.NoError(t, err)
	s.Source, s.License = "a source", "a licence"
	return s
}

// line returns a set of n samples x = row with target 10 row.
func line(t *testing.T, n int) *Set {
	t.Helper()
	x, target := make([]float32, n), make([]float32, n)
	for row := range n {
		x[row], target[row] = float32(row), 10*float32(row)
	}
	s, err := NewRegression("line", autograd.From(x, n, 1), autograd.From(target, n, 1))
	require.NoError(t, err)
	return s
}

// rowsOf returns the number in the first feature of every sample, which counted and line set to the row.
func rowsOf(x *Tensor) []int {
	rows := make([]int, x.Dim(0))
	for i := range rows {
		rows[i] = int(x.Data()[i*width(x)])
	}
	return rows
}

func requireArgumentError(t *testing.T, function, arg string, f func()) {
	t.Helper()
	err := autograd.Catch(f)
	var e *ArgumentError
	require.ErrorAs(t, err, &e)
	assert.Equal(t, function, e.Func)
	assert.Equal(t, arg, e.Arg)
	assert.NotContains(t, err.Error(), "%!")
}

func TestSetTellsItsShape(t *testing.T) {
	t.Parallel()
	s := counted(t, 7, 3)
	assert.Equal(t, 7, s.Len())
	assert.Equal(t, 6, s.Features())
	assert.Equal(t, []int{2, 3}, s.SampleShape())
	assert.Equal(t, []int{3, 2, 2}, s.Counts())
	assert.Nil(t, line(t, 3).Counts())
}

func TestSampleShapeIsACopy(t *testing.T) {
	t.Parallel()
	s := counted(t, 4, 2)
	s.SampleShape()[0] = 9
	assert.Equal(t, []int{2, 3}, s.SampleShape())
}

func TestSubsetCopiesRowsInTheOrderGiven(t *testing.T) {
	t.Parallel()
	s := counted(t, 9, 4)
	part := s.Subset("part", []int{5, 0, 5, 8})
	assert.Equal(t, "part", part.Name)
	assert.Equal(t, []int{4, 2, 3}, part.X.Shape())
	assert.Equal(t, []int{5, 0, 5, 8}, rowsOf(part.X))
	assert.Equal(t, autograd.LabelsOf([]int32{1, 0, 1, 0}), part.Y)
	assert.Equal(t, s.Classes, part.Classes)
	assert.Equal(t, "a source", part.Source)
	assert.Equal(t, "a licence", part.License)
	require.NoError(t, part.Validate())
}

func TestSubsetOfRegressionCarriesTargets(t *testing.T) {
	t.Parallel()
	part := line(t, 5).Subset("part", []int{4, 1})
	assert.Equal(t, []float32{4, 1}, part.X.Data())
	assert.Equal(t, []float32{40, 10}, part.Target.Data())
	assert.Equal(t, []int{2, 1}, part.Target.Shape())
	assert.Zero(t, part.Y)
}

func TestWritingASubsetLeavesTheSetAlone(t *testing.T) {
	t.Parallel()
	s := counted(t, 4, 2)
	before := s.Hash()
	part := s.Subset("part", s.rows())
	require.Equal(t, before, part.Hash())
	part.X.Data()[0], part.Y.Data[0], part.Classes[0] = 99, 1, "spoiled"
	assert.Equal(t, before, s.Hash())
	assert.Equal(t, "class 0", s.Classes[0])
}

func TestSubsetRefusesRowsThatAreNotThere(t *testing.T) {
	t.Parallel()
	s := counted(t, 4, 2)
	requireArgumentError(t, "Subset", "len(rows)", func() { s.Subset("none", nil) })
	requireArgumentError(t, "Subset", "row", func() { s.Subset("beyond", []int{0, 4}) })
	requireArgumentError(t, "Subset", "row", func() { s.Subset("below", []int{-1}) })
}

// The values come from the documented bytes, put together by hand for sha256sum:
//
//	printf 'heft data v1\nX\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\2\0\0\0\0\0\0\0\0\0\200\77\0\0\0\300'   the start of both
//	printf 'Y\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0'                                              the labels
//	printf 'T\2\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\1\0\0\0\0\0\0\0\0\0\0\77'                             the targets
func TestHashIsThatOfTheDocumentedBytes(t *testing.T) {
	t.Parallel()
	labelled, err := NewFromFloats("labelled", []float32{1, -2}, 1, 2, []int32{1}, []string{"a", "b"})
	require.NoError(t, err)
	assert.Equal(t, "4db7668afca087fd541be41e66f0428f351888b6f102b799c63cbd14e8536fc7", labelled.Hash())

	numeric, err := NewRegression("numeric", labelled.X, autograd.From([]float32{0.5}, 1, 1))
	require.NoError(t, err)
	assert.Equal(t, "362647943dded9a98317249acab81d358a9b2b55fcff647e25d3d03269c0c67a", numeric.Hash())
}

func TestHashSeesEveryValueLabelAndShape(t *testing.T) {
	t.Parallel()
	base := counted(t, 600, 3) // 3,600 values: more than are hashed at a time
	seen := map[string]string{base.Hash(): "the set itself"}
	differs := func(what string, s *Set) {
		hash := s.Hash()
		assert.NotContains(t, seen, hash, "%s has the hash of %s", what, seen[hash])
		seen[hash] = what
	}
	for _, i := range []int{0, 1023, 1024, 3599} {
		s := base.Subset("changed", base.rows())
		s.X.Data()[i] = math.Nextafter32(s.X.Data()[i], 2)
		differs("a set with another value", s)
	}
	s := base.Subset("changed", base.rows())
	s.Y.Data[599]++
	differs("a set with another last label", s)

	s = base.Subset("flat", base.rows())
	s.X = autograd.From(s.X.Data(), 600, 6)
	differs("a set with another shape", s)
	differs("a set with fewer rows", base.Subset("fewer", base.rows()[:599]))

	renamed := base.Subset("renamed", base.rows())
	renamed.Classes[0], renamed.Source, renamed.License = "a", "b", "c"
	assert.Equal(t, base.Hash(), renamed.Hash(), "names are not content")
}
