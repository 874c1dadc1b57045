package data

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
)

// fewClasses is how many different whole numbers a target column may have to be taken for classes.
const fewClasses = 20

// classes returns the classes of the target, a column of the given kind, in the order of their labels, nil for regression. Without a task, cells
// that are names make classes, and so do up to 20 different numbers if all are whole; other numbers make a regression.
func (t *Table) classes(column int, kind, task string) ([]string, error) {
	if kind == CategoryColumn && task == Regression {
		return nil, fmt.Errorf("%s: column %s, the target, is of categories such as %s: a regression needs numbers",
			printable(t.Name), quote(t.Header[column]), quote(t.Cell(0, column)))
	}
	distinct := map[string]bool{}
	whole := true
	for row := range t.rows {
		class := t.Cell(row, column)
		if kind == NumberColumn {
			v, _ := number(class)
			class, whole = canonical(v), whole && v == math.Trunc(v)
		}
		if distinct[class] = true; len(distinct) > maxValues {
			break
		}
	}
	if len(distinct) == 1 {
		return nil, fmt.Errorf("%s: column %s, the target, is %s in every row: there is nothing to learn",
			printable(t.Name), quote(t.Header[column]), quote(t.Cell(0, column)))
	}
	if task == Regression || task == "" && kind == NumberColumn && !(whole && len(distinct) <= fewClasses) {
		return nil, nil
	}
	if len(distinct) > maxValues {
		return nil, fmt.Errorf("%s: column %s, the target, has more than %d classes: use it for a regression",
			printable(t.Name), quote(t.Header[column]), maxValues)
	}
	return sortedClasses(distinct, kind), nil
}

// sortedClasses returns copies of the classes, numbers by size and names by their bytes.
func sortedClasses(distinct map[string]bool, kind string) []string {
	var classes []string
	for class := range distinct {
		classes = append(classes, strings.Clone(class))
	}
	slices.SortFunc(classes, func(a, b string) int {
		if kind == NumberColumn {
			x, _ := number(a)
			y, _ := number(b)
			return cmp.Compare(x, y)
		}
		return cmp.Compare(a, b)
	})
	return classes
}

// labels returns the label of every row. Each has one, since the classes are those of all rows.
func (t *Table) labels(column int, classes []string) []int32 {
	index := indexOf(classes)
	labels := make([]int32, t.Len())
	for row := range labels {
		label, _ := classOf(index, t.Cell(row, column))
		labels[row] = int32(label)
	}
	return labels
}

// classOf looks a target cell up among the classes: as it is or, if it is a number, in its shortest form.
func classOf(index map[string]int, cell string) (int, bool) {
	label, ok := index[cell]
	if v, isNumber := number(cell); !ok && isNumber {
		label, ok = index[canonical(v)]
	}
	return label, ok
}

// indexOf returns the place of each name.
func indexOf(names []string) map[string]int {
	index := make(map[string]int, len(names))
	for i, name := range names {
		index[name] = i
	}
	return index
}
