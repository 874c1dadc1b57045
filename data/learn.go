package data

import (
	"math"
	"slices"
	"strings"
)

// learn returns the input of a table: the schema, with what the rows of the training part tell of each column.
func (t *Table) learn(sch *schema, rows []int) *Input {
	in := &Input{Kind: TableInput, Dropped: sch.dropped}
	for i, column := range sch.features {
		if sch.kinds[i] == NumberColumn {
			in.Columns = append(in.Columns, t.learnNumbers(column, rows))
		} else {
			in.Columns = append(in.Columns, t.learnCategories(column, rows))
		}
	}
	if sch.classes != nil {
		in.Target = Column{Name: t.Header[sch.target], Kind: CategoryColumn, Values: sch.classes}
	} else {
		in.Target = t.learnNumbers(sch.target, rows)
	}
	return in
}

// learnNumbers returns the column with its mean and standard deviation over the rows. Products that are added to
// something are converted: that forbids the compiler to fuse the two, which would change bits on some processors.
func (t *Table) learnNumbers(column int, rows []int) Column {
	values := make([]float64, len(rows))
	sum := 0.0
	for i, row := range rows {
		values[i], _ = number(t.Cell(row, column))
		sum += values[i]
	}
	n := float64(len(rows))
	mean := min(max(sum/n, slices.Min(values)), slices.Max(values)) // rounding must not carry it out of the data, or make a constant vary
	squares := 0.0
	for _, v := range values {
		squares += float64((v - mean) * (v - mean))
	}
	std := math.Sqrt(squares / n)
	if std == 0 {
		std = 1
	}
	return Column{Name: t.Header[column], Kind: NumberColumn, Mean: mean, Std: std}
}

// learnCategories returns the column with the categories of the rows.
func (t *Table) learnCategories(column int, rows []int) Column {
	seen := map[string]bool{}
	c := Column{Name: t.Header[column], Kind: CategoryColumn}
	for _, row := range rows {
		if cell := t.Cell(row, column); !seen[cell] {
			seen[cell] = true
			c.Values = append(c.Values, strings.Clone(cell))
		}
	}
	slices.Sort(c.Values)
	return c
}
