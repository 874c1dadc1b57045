package report

import (
	"fmt"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// mapPoints is how many points are drawn on a map.
const mapPoints = 250

// typical returns the run whose accuracy is the median.
func typical(runs []lab.Run) lab.Run {
	wanted := middle(runs, func(r lab.Run) float64 { return r.Accuracy })
	for _, r := range runs {
		if r.Accuracy == wanted {
			return r
		}
	}
	return runs[0]
}

// boundary shows what trained networks make of the plane.
func boundary(f *lab.Findings, vs []verdict) (Section, bool) {
	first := f.Runs[0][0].Map
	if first == nil {
		return Section{}, false
	}
	m := figure.Maps{Lo: first.Lo, Hi: first.Hi}
	x := f.Train.X.Data()
	for i := range min(mapPoints, f.Train.Len()) {
		m.Points = append(m.Points, figure.Point{X: float64(x[2*i]), Y: float64(x[2*i+1]), Class: int(f.Train.Y.Data[i])})
	}
	t := Table{Head: []string{"start", "test accuracy", "least", "most"}}
	all := Table{Head: []string{"start", "x", "y", "probability of " + f.Train.Classes[1]}}
	best, worst := 0, 0
	for i, c := range f.Cases {
		r := typical(f.Runs[i])
		m.Maps = append(m.Maps, figure.Map{Name: c.Name, Note: figure.Percent(r.Accuracy) + " right", Side: r.Map.Side, P: r.Map.P})
		b := over(f.Runs[i], 1, func(r lab.Run, _ int) float64 { return r.Accuracy })
		t.Rows = append(t.Rows, []any{c.Name, b.mid[0], b.lo[0], b.hi[0]})
		if vs[i].accuracy > vs[best].accuracy {
			best = i
		}
		if vs[i].accuracy < vs[worst].accuracy {
			worst = i
		}
		for k, p := range r.Map.P {
			at := func(axis, i int) float64 {
				return r.Map.Lo[axis] + (r.Map.Hi[axis]-r.Map.Lo[axis])*float64(i)/float64(r.Map.Side-1)
			}
			all.Rows = append(all.Rows, []any{c.Name, at(0, k%r.Map.Side), at(1, k/r.Map.Side), float64(p)})
		}
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
		Detail: fmt.Sprintf("What %s thinks of every place, of the seed whose accuracy is the median: blue is class %q, orange class %q, white undecided, gray "+
			"not a number. Dots are training points.", network, f.Train.Classes[0], f.Train.Classes[1]),
	}, true
}
