package data

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// csvOf makes the text of a table: a header, and n rows by a function.
func csvOf(header string, n int, row func(i int) string) string {
	var text strings.Builder
	text.WriteString(header + "\n")
	for i := range n {
		text.WriteString(row(i) + "\n")
	}
	return text.String()
}

// forY asks for column y, divided in the usual way.
func forY() Spec { return Spec{Target: "y", Test: 0.2, Validation: 0.25, Seed: 1} }

func TestColumnsAreOfNumbersOrOfCategories(t *testing.T) {
	t.Parallel()
	table := tableOf(t, csvOf("id,size,colour,zip,y", 40, func(i int) string {
		return fmt.Sprintf("n%d,%d.5,%s,%d,%s", i, i, []string{"red", "green", "-"}[i%3], 1000+i%3, []string{"no", "yes"}[i%2])
	}))
	s := forY()
	s.Drop, s.Categories = []string{"id"}, []string{"zip"}
	p, err := LoadTable(s, table)
	require.NoError(t, err)
	assert.Equal(t, []string{"id"}, p.Input.Dropped)
	assert.Equal(t, []string{"size", "colour", "zip"}, names(p.Input))
	assert.Equal(t, NumberColumn, p.Input.Columns[0].Kind)
	assert.Equal(t, []string{"-", "green", "red"}, p.Input.Columns[1].Values)
	assert.Equal(t, []string{"1000", "1001", "1002"}, p.Input.Columns[2].Values)
	assert.Equal(t, 7, p.Input.Features())
	assert.Equal(t, []string{"no", "yes"}, p.Input.Classes())
}

func TestMostCellsDecideWhatAColumnIs(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ cells, kind, err string }{
		{"1 2 3 4", NumberColumn, ""},
		{"a b a b", CategoryColumn, ""},
		{"1 2 a b", CategoryColumn, ""},
		{"a NA b ?", CategoryColumn, ""},
		{"NA NA NA NA", CategoryColumn, ""},
		{"a 1 inf 1e99", "", `t.csv:2: column "x": "a" is not a number`},
		{"1 a 2 3", "", `t.csv:3: column "x": "a" is not a number`},
		{"1 2 NA a", "", `t.csv:4: column "x": no number ("NA"), as in 1 of 4 rows`},
		{"1 NA NA -", "", `t.csv:3: column "x": no number ("NA"), as in 3 of 4 rows`},
	} {
		rows := strings.ReplaceAll(c.cells, " ", ",a\n") + ",b\n"
		p, err := LoadTable(Spec{Target: "y", Test: 0.2}, tableOf(t, "x,y\n"+rows))
		if c.err != "" {
			assert.ErrorContains(t, err, c.err, c.cells)
			continue
		}
		require.NoError(t, err, c.cells)
		assert.Equal(t, c.kind, p.Input.Columns[0].Kind, c.cells)
	}
}

// names returns the names of the input's columns.
func names(in *Input) []string {
	var names []string
	for _, c := range in.Columns {
		names = append(names, c.Name)
	}
	return names
}

func TestLoadTableSaysWhatIsWrongAndWhere(t *testing.T) {
	t.Parallel()
	// rows returns ten good rows, with one cell of column x replaced.
	rows := func(x string) string {
		return csvOf("x,y", 10, func(i int) string {
			if i == 6 {
				return x + ",a"
			}
			return fmt.Sprintf("%d,%c", i, 'a'+i%2)
		})
	}
	many := func(n int, cell string) string {
		return csvOf("x,y", n, func(i int) string { return fmt.Sprintf(cell+",%c", i, 'a'+i%2) })
	}
	const advice = `write numbers up to 3.4e38, with a decimal point and no other separators`
	for _, c := range []struct {
		text  string
		spoil func(s *Spec)
		want  string
	}{
		{"x,y\n", nil, `t.csv: rows below the header: 0; training and testing need one each`},
		{"x,y\n1,a\n", nil, `t.csv: rows below the header: 1; training and testing need one each`},
		{"x,y\n1,a\n2,b\n", nil, `t.csv: a test part of 1 of 2 rows leaves too few to hold out a validation part`},
		{rows("1"), func(s *Spec) { s.Target = "z" }, `t.csv: no column is called "z", the target: did you mean "x"? the columns are "x", "y"`},
		{rows("1"), func(s *Spec) { s.Target = "species" }, `t.csv: no column is called "species", the target: the columns are "x", "y"`},
		{rows("1"), func(s *Spec) { s.Categories = []string{"colour"} }, `t.csv: no column is called "colour", the category: the columns are "x", "y"`},
		{rows("1"), func(s *Spec) { s.Drop = []string{"\x1b"} }, `t.csv: no column is called "\x1b", the column to drop: did you mean "x"? the columns are "x", "y"`},
		{rows("1"), func(s *Spec) { s.Drop = []string{"y"} }, `t.csv: column "y" is both the target and dropped`},
		{rows("1"), func(s *Spec) { s.Drop = []string{"x"} }, `t.csv: no columns are left to predict "y" from`},
		{rows("1"), func(s *Spec) { s.Test = 0 }, `test is 0, but must be from 0.001 to 0.9`},
		{rows("1"), func(s *Spec) { s.Task = Regression }, `t.csv: column "y", the target, is of categories such as "a": a regression needs numbers`},
		{rows("abc"), nil, `t.csv:8: column "x": "abc" is not a number: correct it, or declare the column a category if its cells are names`},
		{rows(""), nil, `t.csv:8: column "x": no number (""), as in 1 of 10 rows: fill it in, leave such rows out or drop the column`},
		{rows("NaN"), nil, `t.csv:8: column "x": no number ("NaN"), as in 1 of 10 rows: fill it in, leave such rows out or drop the column`},
		{rows("Inf"), nil, `t.csv:8: column "x": "Inf" cannot be used: ` + advice},
		{rows("1e39"), nil, `t.csv:8: column "x": "1e39" cannot be used: ` + advice},
		{rows(`"1,5"`), nil, `t.csv:8: column "x": "1,5" cannot be used: ` + advice},
		{rows(strings.Repeat("9", 5000)), nil, `t.csv:8: column "x": "` + strings.Repeat("9", 40) + `" cannot be used: ` + advice},
		{rows("\x1b[2J"), nil, `t.csv:8: column "x": "\x1b[2J" is not a number: correct it, or declare the column a category if its cells are names`},
		{strings.ReplaceAll(rows("1"), "b", "a"), nil, `t.csv: column "y", the target, is "a" in every row: there is nothing to learn`},
		{strings.ReplaceAll(rows("1"), "b", ""), nil, `t.csv:3: column "y": the cell is empty: fill it in, leave the row out or predict another column`},
		{csvOf("x,y", 9, func(i int) string { return fmt.Sprintf(",%d", i) }), nil, `t.csv:2: column "x": the cell is empty: fill it in, leave the row out or drop the column`},
		{csvOf("x,y", 9, func(i int) string { return fmt.Sprintf("%d,7.0", i) }), nil, `t.csv: column "y", the target, is "7.0" in every row: there is nothing to learn`},
		{csvOf("x,y", 9, func(i int) string { return fmt.Sprintf("%d,%d", i, i) + strings.Repeat("?", i/8) }), nil, `t.csv:10: column "y": "8?" is not a number: correct it, or declare the column a category if its cells are names`},
		{csvOf("x,y", 1200, func(i int) string { return fmt.Sprintf("%d,%d", i%7, i) }), func(s *Spec) { s.Task = Classification }, `t.csv: column "y", the target, has more than 1000 classes: use it for a regression`},
		{csvOf("x,y", 1200, func(i int) string { return fmt.Sprintf("%d,c%d", i%7, i) }), nil, `t.csv: column "y" has more than 1000 categories: predict another column`},
		{many(2500, "c%d"), nil, `t.csv: column "x" has more than 1000 categories: drop the column`},
		{many(891, "Name %d"), nil, `t.csv: column "x" has 891 categories in 891 rows, too many to learn from: drop the column`},
		{many(21, "Name %d"), nil, `t.csv: column "x" has 21 categories in 21 rows, too many to learn from: drop the column`},
		{many(9, strings.Repeat("long", 257)+"%d"), nil, `t.csv:2: column "x": a category of 1029 bytes, but at most 1024 are allowed: drop the column`},
	} {
		s := forY()
		if c.spoil != nil {
			c.spoil(&s)
		}
		p, err := LoadTable(s, tableOf(t, c.text))
		assert.EqualError(t, err, c.want)
		assert.Nil(t, p)
	}
}

func TestTwentyCategoriesAreNeverTooMany(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		n, categories int
	}{{20, 20}, {42, 21}, {2000, 1000}} {
		p, err := LoadTable(Spec{Target: "y", Test: 0.001}, tableOf(t, csvOf("x,y", c.n, func(i int) string {
			return fmt.Sprintf("c%d,%d", i%c.categories, i%2)
		})))
		require.NoError(t, err)
		assert.InDelta(t, c.categories, p.Input.Features(), 2, "all but what only test rows have")
	}
}

func TestTargetDecidesTheTask(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		cell    func(i int) string
		spoil   func(s *Spec)
		classes []string
	}{
		"names":                   {func(i int) string { return []string{"b", "a", "B"}[i%3] }, nil, []string{"B", "a", "b"}},
		"whole numbers":           {func(i int) string { return fmt.Sprint(9 + i%3) }, nil, []string{"9", "10", "11"}},
		"equal numbers":           {func(i int) string { return []string{"1", "1.0", "-2", "+1e0", "-2.0"}[i%5] }, nil, []string{"-2", "1"}},
		"twenty numbers":          {func(i int) string { return fmt.Sprint(i % 20) }, nil, numbered("", 20)},
		"many numbers":            {func(i int) string { return fmt.Sprint(i % 21) }, nil, nil},
		"fractions":               {func(i int) string { return fmt.Sprint(float64(i%2) / 2) }, nil, nil},
		"fractions as classes":    {func(i int) string { return fmt.Sprint(float64(i%2) / 2) }, func(s *Spec) { s.Task = Classification }, []string{"0", "0.5"}},
		"many numbers as classes": {func(i int) string { return fmt.Sprint(i % 21) }, func(s *Spec) { s.Task = Classification }, numbered("", 21)},
		"whole numbers as values": {func(i int) string { return fmt.Sprint(i % 3) }, func(s *Spec) { s.Task = Regression }, nil},
		"numbers as names":        {func(i int) string { return []string{"1", "1.0", "10"}[i%3] }, func(s *Spec) { s.Categories = []string{"y"} }, []string{"1", "1.0", "10"}},
	} {
		s := forY()
		if c.spoil != nil {
			c.spoil(&s)
		}
		p, err := LoadTable(s, tableOf(t, csvOf("x,y", 100, func(i int) string { return fmt.Sprintf("%d,%s", i, c.cell(i)) })))
		require.NoError(t, err, name)
		assert.Equal(t, c.classes, p.Input.Classes(), name)
		assert.Equal(t, c.classes, p.Train.Classes, name)
		assert.Equal(t, c.classes == nil, p.Input.Regression(), name)
		if c.classes == nil {
			assert.Equal(t, []int{60, 1}, p.Train.Target.Shape(), name)
			assert.Equal(t, 1, p.Input.Outputs(), name)
		} else {
			assert.Len(t, p.Train.Y.Data, 60, name)
			assert.Equal(t, len(c.classes), p.Input.Outputs(), name)
		}
	}
}
