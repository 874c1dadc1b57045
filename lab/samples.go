package lab

import (
	"fmt"
	"strings"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// dataSeed is of generated points and of the division: experiments of any seed see the same data.
const dataSeed = 1

// Open returns a set for classification by its name in package data, or that of csv:PATH (see [OpenTable]), scaled: one
// mean is subtracted from all numbers, and all are divided by one standard deviation, both of the training part. The mean
// square of what enters a network is then 1, as theory likes it. The errors are those of [data.Open].
func Open(name string) (train, test *data.Set, err error) {
	if path, table := strings.CutPrefix(name, tablePrefix); table {
		return openTableFile(path)
	}
	train, test, err = data.Open(name, dataSeed)
	if err != nil {
		return nil, nil, fmt.Errorf("data: %w", err)
	}
	if train.Target != nil {
		return nil, nil, fmt.Errorf("data is %q, but must have classes", name)
	}
	train, test = standardized(train, test)
	return train, test, nil
}

// standardized scales both parts by the numbers of the training part.
func standardized(train, test *data.Set) (a, b *data.Set) {
	s := StatsOf(train.X.Data(), 1)
	return scaled(train, s), scaled(test, s)
}

// scaled returns the set with other numbers.
func scaled(set *data.Set, by Stats) *data.Set {
	x := make([]float32, set.X.Len())
	for i, v := range set.X.Data() {
		x[i] = float32((float64(v) - by.Mean) / by.Std)
	}
	own := *set
	own.X = autograd.From(x, set.X.Shape()...)
	return &own
}

// head returns the first samples of a set.
func head(set *data.Set, n int) data.Batch {
	n = min(n, set.Len())
	return data.Batch{X: flat(set.X.Slice(0, 0, n)), Y: autograd.LabelsOf(set.Y.Data[:n])}
}

// flat makes one axis of all of a sample.  x: [n, ...], result: [n, in]
func flat(x *nn.Tensor) *nn.Tensor { return x.Flatten(1) }
