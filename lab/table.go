package lab

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/suggest"
)

// tablePrefix begins the name of a set that is a table in a file: csv:PATH.
const tablePrefix = "csv:"

// OpenTable reads a set for classification from CSV text, whose last column is the class, divides it and scales it as [Open]
// does with every set. name stands for the file in messages. The errors are those of [data.ReadTable] and of
// [data.LoadTable]; a first line that names no columns, but is a row like the others, is one.
func OpenTable(name string, r io.Reader) (train, test *data.Set, err error) {
	t, err := data.ReadTable(name, r)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	if len(t.Header) < 2 {
		return nil, nil, fmt.Errorf("data: %s has one column: numbers and a class are needed", name)
	}
	if headless(t) {
		return nil, nil, fmt.Errorf("data: %s: %.100q is the name of the last column, and one of its classes: the first line must name the columns", name, t.Header[len(t.Header)-1])
	}
	p, err := data.LoadTable(data.Spec{Target: t.Header[len(t.Header)-1], Task: data.Classification, Test: data.DefaultTest, Seed: dataSeed}, t)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	if StatsOf(p.Train.X.Data(), 1).Std == 0 {
		return nil, nil, fmt.Errorf("data: the samples of %s are all alike: no network can tell them apart", name)
	}
	train, test = standardized(p.Train, p.Test)
	return train, test, nil
}

// headless tells whether the first line of a table is a row of it and no header, as far as one can see: the last column has a
// class for its name, and another one a number. 'heft train' is told the target by its name, and need not guess.
func headless(t *data.Table) bool {
	last := len(t.Header) - 1
	if !slices.ContainsFunc(t.Header[:last], func(name string) bool { _, err := strconv.ParseFloat(name, 64); return err == nil }) {
		return false
	}
	for row := range t.Len() {
		if t.Cell(row, last) == t.Header[last] {
			return true
		}
	}
	return false
}

func openTableFile(path string) (train, test *data.Set, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	defer f.Close()
	return OpenTable(path, f)
}

// checkData returns an error unless the name is one of a set that may be there.
func checkData(name string) error {
	if path, table := strings.CutPrefix(name, tablePrefix); table && path != "" || slices.Contains(data.Names(), name) {
		return nil
	}
	return fmt.Errorf("data is %q%s, but must be one of %s, or csv:PATH", name, suggest.For(name, data.Names()), strings.Join(data.Names(), ", "))
}
