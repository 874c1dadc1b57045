package data

import (
	"fmt"
	"math"
	"path/filepath"

	"github.com/heft-ml/heft/autograd"
)

// maxEncoded is how many numbers a table may become: 1 GiB.
const maxEncoded = 1 << 28

// Encode returns the rows of a table as samples, for a model to predict from.
//
// The table has the input's columns, in any order. It may have the target column, which is not looked at, and the
// dropped ones. A column that is missing or unknown is an error, as is a cell that is no number where one is needed, or
// a category that the training part did not have.
//
// result: [n, f]
func (in *Input) Encode(t *Table) (*Tensor, error) {
	e, err := in.encoder(t)
	if err != nil {
		return nil, err
	}
	return e.samples(t.allRows())
}

// EncodeSet returns the rows of a table as a data set, to evaluate a model with. The table needs the target column; the
// rest is as in [Input.Encode]. A target that is no class of the input is an error.
func (in *Input) EncodeSet(t *Table) (*Set, error) {
	e, err := in.encoder(t)
	if err != nil {
		return nil, err
	}
	if e.target < 0 {
		return nil, fmt.Errorf("%s: no column %s: to evaluate, the table needs what is to be predicted", printable(t.Name), quote(in.Target.Name))
	}
	return e.set("", t.allRows())
}

// encoder makes numbers of the rows of one table.
type encoder struct {
	*Input
	table   *Table
	columns []int            // where the table has each of the input's columns
	index   []map[string]int // the place of each category; nil for numbers
	target  int              // where the table has the target, or -1

	// unseen is told of a category that is not known. Unless it returns an error, the cell is none of the known ones.
	unseen func(row, column int, known []string) error
}

// encoder returns an encoder of the table, which must have the input's columns and no unknown ones.
func (in *Input) encoder(t *Table) (*encoder, error) {
	if in.Kind != TableInput {
		return nil, fmt.Errorf("%s: the samples of this model are of kind %s, not rows of a table", printable(t.Name), in.Kind)
	}
	e := &encoder{Input: in, table: t, target: t.column(in.Target.Name)}
	e.unseen = func(row, column int, known []string) error {
		return t.cellError(row, column, "%s is a category that the training data do not have: known are %s", quote(t.Cell(row, column)), listing(known))
	}
	place, known := indexOf(t.Header), map[string]bool{in.Target.Name: true}
	var names, missing, extra []string
	for i := range in.Columns {
		c := &in.Columns[i]
		column, ok := place[c.Name]
		if !ok {
			missing = append(missing, c.Name)
		}
		e.columns, e.index = append(e.columns, column), append(e.index, indexOf(c.Values))
		names, known[c.Name] = append(names, c.Name), true
	}
	for _, name := range in.Dropped {
		known[name] = true
	}
	for _, name := range t.Header {
		if !known[name] {
			extra = append(extra, name)
		}
	}
	switch {
	case missing != nil:
		return nil, fmt.Errorf("%s: no column %s: the model needs %s", printable(t.Name), listing(missing), listing(names))
	case extra != nil:
		return nil, fmt.Errorf("%s: the model does not know column %s: leave it out; it needs %s", printable(t.Name), listing(extra), listing(names))
	case t.Len() == 0:
		return nil, fmt.Errorf("%s: no rows below the header", printable(t.Name))
	}
	return e, nil
}

// samples returns some rows of the table as samples.  result: [b, f]
func (e *encoder) samples(rows []int) (*Tensor, error) {
	f := e.Features()
	if len(rows) > maxEncoded/f {
		return nil, fmt.Errorf("%s: %d rows of %d numbers are too much, at most %d numbers are allowed: use fewer rows or drop columns",
			printable(e.table.Name), len(rows), f, maxEncoded)
	}
	x := make([]float32, len(rows)*f)
	for i, row := range rows {
		if err := e.encode(x[i*f:(i+1)*f], row); err != nil {
			return nil, err
		}
	}
	return autograd.From(x, len(rows), f), nil
}

// encode makes one row of X, which is all zeros before.
func (e *encoder) encode(x []float32, row int) error {
	for i := range e.Columns {
		c := &e.Columns[i]
		if c.Kind == NumberColumn {
			v, err := e.scaled(row, e.columns[i], c)
			if err != nil {
				return err
			}
			x[0] = v
		} else if place, ok := e.index[i][e.table.Cell(row, e.columns[i])]; ok {
			x[place] = 1
		} else if err := e.unseen(row, e.columns[i], c.Values); err != nil {
			return err
		}
		x = x[c.width():]
	}
	return nil
}

// scaled returns the number of a cell, less the column's mean and divided by its standard deviation.
func (e *encoder) scaled(row, column int, c *Column) (float32, error) {
	cell := e.table.Cell(row, column)
	v, ok := number(cell)
	if !ok {
		return 0, e.noNumber(row, column, cell)
	}
	scaled := float32((v - c.Mean) / c.Std)
	if math.IsInf(float64(scaled), 0) {
		return 0, e.table.cellError(row, column, "%s is too far from the numbers of the training part: their mean is %g, their std %g", quote(cell), c.Mean, c.Std)
	}
	return scaled, nil
}

// noNumber says what a cell is that is no number.
func (e *encoder) noNumber(row, column int, cell string) error {
	switch classify(cell) {
	case missingCell:
		return e.table.cellError(row, column, "no number (%s): fill it in or leave the row out", quote(cell))
	case misfitCell:
		return e.table.cellError(row, column, "%w", misfit(cell))
	}
	return e.table.cellError(row, column, "%s is not a number", quote(cell))
}

// set returns some rows of the table, with what is to be predicted, as a data set. It is named after the file, with
// the part behind.
func (e *encoder) set(part string, rows []int) (*Set, error) {
	name := filepath.Base(e.table.Name) + part
	x, err := e.samples(rows)
	if err != nil {
		return nil, err
	}
	var s *Set
	if e.Regression() {
		target := make([]float32, len(rows))
		for i, row := range rows {
			if target[i], err = e.scaled(row, e.target, &e.Target); err != nil {
				return nil, err
			}
		}
		s, err = NewRegression(name, x, autograd.From(target, len(rows), 1))
	} else {
		labels, index := make([]int32, len(rows)), indexOf(e.Target.Values)
		for i, row := range rows {
			cell := e.table.Cell(row, e.target)
			label, ok := classOf(index, cell)
			if !ok {
				return nil, e.table.cellError(row, e.target, "%s is no class of the model: its classes are %s", quote(cell), listing(e.Target.Values))
			}
			labels[i] = int32(label)
		}
		s, err = New(name, x, autograd.LabelsOf(labels), e.Classes())
	}
	if err != nil {
		return nil, err
	}
	s.Source = e.table.Name
	return s, nil
}

// allRows returns the number of every row, in order.
func (t *Table) allRows() []int {
	rows := make([]int, t.Len())
	for i := range rows {
		rows[i] = i
	}
	return rows
}
