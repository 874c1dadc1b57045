package data

import "fmt"

// fewCategories is how many categories a column may have in any number of rows. Of more, each needs two rows on average.
const fewCategories = 20

// kind tells whether a column is of numbers or of categories, and checks its cells. It is of numbers if more of its
// cells are numbers than are other text, cells for missing numbers not counted; then each must be a number.
// n counts the cells; errors advise to do otherwise where nothing else helps.
func (t *Table) kind(column int, forced bool, n tally, otherwise string) (string, error) {
	if forced || n[numberCell]+n[misfitCell] <= n[characterCell] {
		return CategoryColumn, t.checkCategories(column, otherwise)
	}
	if n[numberCell] < t.Len() {
		return NumberColumn, t.checkNumbers(column, n[missingCell], otherwise)
	}
	return NumberColumn, nil
}

// tally counts the cells of a column by class.
type tally [characterCell + 1]int

// tallies counts the cells of every column, row after row, as they lie in memory.
func (t *Table) tallies() []tally {
	counts := make([]tally, len(t.Header))
	for row := range t.rows {
		for column := range t.Header {
			counts[column][classify(t.Cell(row, column))]++
		}
	}
	return counts
}

func (t *Table) checkNumbers(column, missing int, otherwise string) error {
	for row := range t.rows {
		cell := t.Cell(row, column)
		switch classify(cell) {
		case missingCell:
			return t.cellError(row, column, "no number (%s), as in %d of %d rows: fill it in, leave such rows out or %s",
				quote(cell), missing, t.Len(), otherwise)
		case misfitCell:
			return t.cellError(row, column, "%w", misfit(cell))
		case characterCell:
			return t.cellError(row, column, "%s is not a number: correct it, or declare the column a category if its cells are names", quote(cell))
		}
	}
	return nil
}

// misfit says what is wrong with a cell that is meant as a number.
func misfit(cell string) error {
	return fmt.Errorf("%s cannot be used: write numbers up to 3.4e38, with a decimal point and no other separators", quote(cell))
}

// checkCategories checks that a column has few different cells, none of them empty or very long.
func (t *Table) checkCategories(column int, otherwise string) error {
	seen := map[string]bool{}
	for row := range t.rows {
		cell := t.Cell(row, column)
		seen[cell] = true
		switch {
		case cell == "":
			return t.cellError(row, column, "the cell is empty: fill it in, leave the row out or %s", otherwise)
		case len(cell) > maxName:
			return t.cellError(row, column, "a category of %d bytes, but at most %d are allowed: %s", len(cell), maxName, otherwise)
		case len(seen) > maxValues:
			return fmt.Errorf("%s: column %s has more than %d categories: %s", printable(t.Name), quote(t.Header[column]), maxValues, otherwise)
		}
	}
	if n := t.Len(); len(seen) > fewCategories && len(seen) > n/2 {
		return fmt.Errorf("%s: column %s has %d categories in %d rows, too many to learn from: %s",
			printable(t.Name), quote(t.Header[column]), len(seen), n, otherwise)
	}
	return nil
}
