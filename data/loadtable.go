package data

import "fmt"

// LoadTable divides a table and makes data sets of its parts. s.Name is not looked at.
//
// The rows are divided as text, before anything is learned from them, so nothing of the held-out parts reaches what the
// training part is scaled with. Rows count from 0 below the header, blank lines left out. Of the rows of each class (in
// regression, of all rows) those are tested with that come first by the SHA-256 of "csv/test/SEED:ROW", as many as
// [Set.Split] would put into a first part of the share s.Test. Of the others those are held out as validation part that
// come first by the SHA-256 of "csv/validation/SEED:ROW". All parts keep the order of the table.
//
// All rows tell what a column is: of numbers or of categories, and which classes the target has. The training part
// alone tells the means, the standard deviations and the categories of the other columns. A category that only held-out
// rows have becomes zeros, none of the known ones, and a note says so.
//
// The package documentation says how columns are understood. Errors name the file and the column, and the line where
// there is one.
func LoadTable(s Spec, t *Table) (*Parts, error) {
	if err := s.checkTable(); err != nil {
		return nil, err
	}
	if t.Len() < 2 {
		return nil, fmt.Errorf("%s: rows below the header: %d; training and testing need one each", printable(t.Name), t.Len())
	}
	sch, err := t.schema(s)
	if err != nil {
		return nil, err
	}
	train, validation, test, err := t.divide(sch, s)
	if err != nil {
		return nil, err
	}
	in := t.learn(sch, train)
	if err := in.seal(); err != nil {
		return nil, fmt.Errorf("%s: %w", printable(t.Name), err)
	}
	e, err := in.encoder(t)
	if err != nil {
		return nil, err
	}
	unseen := make([]unseenNote, len(t.Header))
	e.unseen = func(row, column int, _ []string) error {
		unseen[column].add(row)
		return nil
	}
	p := &Parts{Input: in}
	part := func(name string, rows []int) (*Set, error) { return e.set("/"+name, rows) }
	if err := p.fill(train, validation, test, part); err != nil {
		return nil, err
	}
	p.Notes = t.notes(p, unseen)
	return p, nil
}

// divide returns the rows of the parts.
func (t *Table) divide(sch *schema, s Spec) (train, validation, test []int, err error) {
	strata := [][]int{t.allRows()}
	labels := make([]int32, t.Len())
	if sch.classes != nil {
		labels = t.labels(sch.target, sch.classes)
		strata = byLabel(labels, t.allRows(), len(sch.classes))
	}
	test, train = divide(strata, s.Test, fmt.Sprintf("csv/test/%d", s.Seed))
	if s.Validation > 0 {
		if len(train) < 2 {
			return nil, nil, nil, fmt.Errorf("%s: a test part of %d of %d rows leaves too few to hold out a validation part", printable(t.Name), len(test), t.Len())
		}
		strata = byLabel(labels, train, len(strata))
		validation, train = divide(strata, s.Validation, fmt.Sprintf("csv/validation/%d", s.Seed))
	}
	return train, validation, test, nil
}

// byLabel returns the rows of each label, in the order given.
func byLabel(labels []int32, rows []int, classes int) [][]int {
	strata := make([][]int, classes)
	for _, row := range rows {
		strata[labels[row]] = append(strata[labels[row]], row)
	}
	return strata
}

// unseenNote counts the held-out cells of a column that have a category of their own.
type unseenNote struct{ rows, first int }

func (u *unseenNote) add(row int) {
	if u.rows == 0 {
		u.first = row
	}
	u.rows++
}

// notes tells what is odd about the parts.
func (t *Table) notes(p *Parts, unseen []unseenNote) []string {
	var notes []string
	for column, u := range unseen {
		if u.rows > 0 {
			notes = append(notes, t.cellError(u.first, column, "%s is a category that no training row has; rows held out with such: %d; they count as none of the known ones",
				quote(t.Cell(u.first, column)), u.rows).Error())
		}
	}
	for label, n := range p.Train.Counts() {
		if n == 0 {
			notes = append(notes, fmt.Sprintf("%s: no training row is of class %s", printable(t.Name), quote(p.Train.Classes[label])))
		}
	}
	return notes
}
