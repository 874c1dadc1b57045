package lab

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/heft-ml/heft/data"
)

// tablePrefix begins the name of a set that is a table in a file: csv:PATH.
const tablePrefix = "csv:"

// OpenTable reads a set for classification from CSV text, whose last column is the class, divides it and scales it as [Open]
// does with every set. name stands for the file in messages. The errors are those of [data.ReadTable] and of
// [data.LoadTable].
func OpenTable(name string, r io.Reader) (train, test *data.Set, err error) {
	t, err := data.ReadTable(name, r)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	if len(t.Header) < 2 {
		return nil, nil, fmt.Errorf("data: %s has one column: numbers and a class are needed", name)
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
	return fmt.Errorf("data is %q, but must be one of %s, or csv:PATH", name, strings.Join(data.Names(), ", "))
}
