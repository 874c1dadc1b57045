package lab_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/lab"
)

const corners = "x,y,side\n-1,-1,left\n-1,1,left\n-0.8,0.2,left\n-1.2,-0.3,left\n1,1,right\n1,-1,right\n0.9,0.1,right\n1.1,-0.2,right\n"

func TestTablesAreDataLikeAnyOther(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "corners.csv")
	require.NoError(t, os.WriteFile(path, []byte(corners), 0o600))
	s := small("kaiming-normal")
	s.Data, s.Batch = "csv:"+path, 4
	e := open(t, s)
	assert.Equal(t, []string{"left", "right"}, e.Train.Classes)
	assert.Equal(t, 6, e.Train.Len())
	assert.Equal(t, 2, e.Test.Len())
	scaled := lab.StatsOf(e.Train.X.Data(), 1)
	assert.InDelta(t, 0, scaled.Mean, 1e-6)
	assert.InDelta(t, 1, scaled.Std, 1e-6)
	for range 60 {
		e.Step()
	}
	assert.Equal(t, 1.0, e.Accuracy())
	_, plane := e.Map(8)
	assert.True(t, plane)

	train, _, err := lab.OpenTable("corners", strings.NewReader(corners))
	require.NoError(t, err)
	assert.Equal(t, e.Train.X.Data(), train.X.Data())

	_, _, err = lab.OpenTable("years", strings.NewReader(strings.Replace(corners, "x,y", "2019,2020", 1)))
	require.NoError(t, err, "numbers may be names beside others")
}

func TestTablesThatCannotBeSayWhy(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "the file is empty",
		"x\n1\n2\n":                 "one column",
		"x,y\n1,a\n":                "rows below the header: 1",
		"x,y\n1,a\n1,b\n1,a\n1,b\n": "all alike",
		"x,y\n1,a\n2\n":             "own.csv:3",
		"1,2\n3,1\n4,2\n":           `own.csv:1: "1" is data, not the name of a column`,
		"1,2,left\n3,4,right\n5,6,left\n7,8,right\n": `own.csv: "left" is the name of the last column, and one of its classes: the first line must name the columns`,
		"x,c\n1,a\n2,a\n3,a\n4,a\n":                  "nothing to learn",
		"x,c\n1,a\n2,b\n3,\n4,a\n5,":                 "own.csv:4",
	} {
		_, _, err := lab.OpenTable("own.csv", strings.NewReader(text))
		require.ErrorContains(t, err, want, text)
	}
	s := small("zeros")
	s.Data = "csv:"
	require.ErrorContains(t, s.Check(), `data is "csv:", but must be one of digits, `)
	s.Data = "csv:" + filepath.Join(t.TempDir(), "none.csv")
	require.NoError(t, s.Check())
	_, err := lab.New(s)
	require.ErrorIs(t, err, os.ErrNotExist)
}
