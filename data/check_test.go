package data

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
)

func TestNewKeepsWhatItIsGiven(t *testing.T) {
	t.Parallel()
	x, y := autograd.From([]float32{1, 2, 3, 4}, 2, 2), autograd.LabelsOf([]int32{1, 0})
	s, err := New("mine", x, y, []string{"no", "yes"})
	require.NoError(t, err)
	assert.Equal(t, &Set{Name: "mine", X: x, Y: y, Classes: []string{"no", "yes"}}, s)

	target := autograd.From([]float32{5, 6}, 2, 1)
	s, err = NewRegression("mine", x, target)
	require.NoError(t, err)
	assert.Equal(t, &Set{Name: "mine", X: x, Target: target}, s)
}

func TestNewSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	two := []string{"no", "yes"}
	x := autograd.From([]float32{1, 2, 3, 4, 5, 6}, 3, 2)
	y := autograd.LabelsOf([]int32{0, 1, 0})
	for _, c := range []struct {
		x       *Tensor
		y       autograd.Labels
		classes []string
		want    string
	}{
		{nil, y, two, `data set "mine": no X: give a tensor of shape [samples, features...]`},
		{autograd.Scalar[float32](1), y, two, `data set "mine": X has shape []: want [samples, features...]`},
		{autograd.From([]float32{1, 2, 3}, 3), y, two, `data set "mine": X has shape [3]: want [samples, features...]`},
		{autograd.From[float32](nil, 0, 2), autograd.LabelsOf(nil), two, `data set "mine": no samples in X: give at least one row`},
		{autograd.From[float32](nil, 3, 0), y, two, `data set "mine": no features in X, its shape is [3 0]: give at least one column`},
		{x, autograd.LabelsOf([]int32{0, 1}), two, `data set "mine": 3 rows in X but 2 labels: there must be as many`},
		{x, autograd.LabelsOf([]int32{0, 1, 0}, 3, 1), two, `data set "mine": labels have shape [3 1] and 3 values: want one axis, one label for each sample`},
		{x, autograd.Labels{Data: []int32{0, 1, 0}, Shape: []int{2}}, two, `data set "mine": labels have shape [2] and 3 values: want one axis, one label for each sample`},
		{x, autograd.Labels{}, two, `data set "mine": labels have shape [] and 0 values: want one axis, one label for each sample`},
		{x, y, nil, `data set "mine": no classes: name at least one`},
		{x, autograd.LabelsOf([]int32{0, 1, 2}), two, `data set "mine": row 2 has label 2, but there are 2 classes, 0 to 1: correct the label or name more classes`},
		{x, autograd.LabelsOf([]int32{0, -1, 0}), two, `data set "mine": row 1 has label -1, but there are 2 classes, 0 to 1: correct the label or name more classes`},
		{autograd.From([]float32{1, 2, 3, nan, 5, 6}, 3, 2), y, two, `data set "mine": X is NaN at row 1, column 1: correct the value or leave the row out`},
		{autograd.From([]float32{1, 2, 3, 4, inf, 6}, 3, 2), y, two, `data set "mine": X is +Inf at row 2, column 0: correct the value or leave the row out`},
		{autograd.From([]float32{1, 2, 3, 4, 5, -inf}, 3, 1, 2), y, two, `data set "mine": X is -Inf at row 2, column 1: correct the value or leave the row out`},
	} {
		t.Run(c.want, func(t *testing.T) {
			t.Parallel()
			s, err := New("mine", c.x, c.y, c.classes)
			require.EqualError(t, err, c.want)
			assert.Nil(t, s)
		})
	}
}

func TestNewRegressionSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	x := autograd.From([]float32{1, 2, 3, 4}, 2, 2)
	for _, c := range []struct {
		target *Tensor
		want   string
	}{
		{nil, `data set "mine": no targets: give one row for each sample`},
		{autograd.From([]float32{1, 2}, 2), `data set "mine": Target has shape [2]: want [samples, features...]`},
		{autograd.From([]float32{1, 2, 3}, 3, 1), `data set "mine": 2 rows in X but 3 target rows: there must be as many`},
		{autograd.From([]float32{1, float32(math.NaN())}, 2, 1), `data set "mine": Target is NaN at row 1, column 0: correct the value or leave the row out`},
	} {
		s, err := NewRegression("mine", x, c.target)
		require.EqualError(t, err, c.want)
		assert.Nil(t, s)
	}
}

func TestValidateRefusesLabelsBesideTargets(t *testing.T) {
	t.Parallel()
	s := line(t, 3)
	s.Y = autograd.LabelsOf([]int32{0, 0, 0})
	require.EqualError(t, s.Validate(), `data set "line": both labels and targets: a set has one or the other`)
}

func TestErrorsEscapeTheNameAndStayOnOneLine(t *testing.T) {
	t.Parallel()
	_, err := New("evil\x1b[31m\nname", nil, autograd.Labels{}, nil)
	require.Error(t, err)
	assert.False(t, strings.ContainsAny(err.Error(), "\x1b\n"), "%q", err.Error())
}

func TestArgumentErrorReadsAsASentence(t *testing.T) {
	t.Parallel()
	err := autograd.Catch(func() { counted(t, 3, 2).Batches(-5, nil) })
	require.EqualError(t, err, "data: Batches: size is -5: want at least 1")
	var usage *autograd.UsageError
	require.ErrorAs(t, err, &usage)
	assert.Equal(t, &autograd.UsageError{Op: "Batches", Reason: "size is -5: want at least 1"}, usage)
}

func FuzzNewFromFloats(f *testing.F) {
	f.Add(2, 2, 4, 2, uint8(1), uint8(2))
	f.Add(0, 0, 0, 0, uint8(0), uint8(0))
	f.Add(-1, -4, 4, 1, uint8(0), uint8(1))
	f.Add(math.MaxInt, 2, 6, 3, uint8(9), uint8(3))
	f.Add(1<<62, 4, 0, 0, uint8(0), uint8(1)) // the product overflows to 0
	f.Fuzz(func(t *testing.T, n, features, values, labels int, label, classes uint8) {
		x, y := make([]float32, max(values, 0)%100), make([]int32, max(labels, 0)%100)
		if len(y) > 0 {
			y[len(y)-1] = int32(label)
		}
		s, err := NewFromFloats("fuzzed", x, n, features, y, numbered("", int(classes)))
		fits := n > 0 && features > 0 && len(x) > 0 && len(x)/n == features && len(x)%n == 0 && len(y) == n && label < classes
		if require.Equal(t, fits, err == nil, fmt.Sprint(err)); fits {
			require.NoError(t, s.Validate())
			require.Equal(t, n, s.Len())
			require.Equal(t, features, s.Features())
		}
	})
}
