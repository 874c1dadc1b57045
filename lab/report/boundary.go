package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// mapPoints is how many points are drawn on a map.
const mapPoints = 250

// typical returns the run whose accuracy is nearest to the median.
func typical(runs []lab.Run) lab.Run {
	wanted, _, _ := accuracy(runs)
	return slices.MinFunc(runs, func(a, b lab.Run) int {
		return cmp.Compare(math.Abs(a.Accuracy-wanted), math.Abs(b.Accuracy-wanted))
	})
}

// pointsOf returns some points of a set in the plane.
func pointsOf(set *data.Set) (points []figure.Point) {
	x := set.X.Data()
	for i := range min(mapPoints, set.Len()) {
		points = append(points, figure.Point{X: float64(x[2*i]), Y: float64(x[2*i+1]), Class: int(set.Y.Data[i])})
	}
	return points
}

// mapRows returns every place of a map with its probability.
func mapRows(name string, m lab.Map) (rows [][]any) {
	at := func(axis, i int) float64 {
		return m.Lo[axis] + (m.Hi[axis]-m.Lo[axis])*float64(i)/float64(m.Side-1)
	}
	for k, p := range m.P {
		rows = append(rows, []any{name, at(0, k%m.Side), at(1, k/m.Side), float64(p)})
	}
	return rows
}

// boundary shows what trained networks make of the plane.
func boundary(f *lab.Findings, vs []verdict) (Section, bool) {
	first := f.Runs[0][0].Map
	if first == nil {
		return Section{}, false
	}
	m := figure.Maps{Lo: first.Lo, Hi: first.Hi, Points: pointsOf(f.Train)}
	t := Table{Head: []string{"start", "test accuracy", "least", "most", "seeds that overflowed"}}
	all := Table{Head: []string{"start", "x", "y", "probability of " + f.Train.Classes[1]}}
	best, worst := 0, 0
	for i, c := range f.Cases {
		r := typical(f.Runs[i])
		m.Maps = append(m.Maps, figure.Map{Name: c.Name, Note: figure.Percent(r.Accuracy) + " right" + vs[i].someOverflow(), Side: r.Map.Side, P: r.Map.P})
		mid, least, most := accuracy(f.Runs[i])
		t.Rows = append(t.Rows, []any{c.Name, mid, least, most, overflowed(f.Runs[i])})
		if vs[i].accuracy > vs[best].accuracy {
			best = i
		}
		if vs[i].accuracy < vs[worst].accuracy {
			worst = i
		}
		all.Rows = append(all.Rows, mapRows(c.Name, *r.Map)...)
	}
	title := sentence("same network, same data, only the start differs")
	if best != worst {
		title = sentence(fmt.Sprintf("same network, same data, only the start differs: %s puts %s of the test points in their class, %s %s",
			vs[best].name, figure.Percent(vs[best].accuracy), vs[worst].name, figure.Percent(vs[worst].accuracy)))
	}
	network := "a trained network"
	if f.Setup.Steps == 0 {
		network = "the network before training"
	}
	return Section{
		Name: "boundary", Title: title, Figure: m, Table: t, Data: all,
		Detail: fmt.Sprintf("What %s thinks of every place, of the seed whose accuracy is nearest to the median: blue is class %q, orange class %q, white undecided, gray "+
			"not a number. Dots are training points.", network, f.Train.Classes[0], f.Train.Classes[1]),
	}, true
}
