package report

import (
	"fmt"
	"math"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// symmetry shows all units of the first hidden layer while they learn: of the start whose units are most alike, and of the
// one that learned best.
func symmetry(f *lab.Findings, vs []verdict) (Section, bool) {
	if len(curveSteps(f)) < 2 || f.Setup.Width == 1 {
		return Section{}, false
	}
	alike, best := -1, 0
	for i, v := range vs {
		if alike < 0 || unitSpread(f.Runs[i][0]) < unitSpread(f.Runs[alike][0]) {
			alike = i
		}
		if v.loss < vs[best].loss || vs[best].loss != vs[best].loss {
			best = i
		}
	}
	panels := figure.Panels{}
	t := Table{Head: []string{"start", "largest difference of two units"}}
	all := Table{Head: []string{"start", "step", "unit", "mean activation"}}
	for i, c := range f.Cases {
		t.Rows = append(t.Rows, []any{c.Name, unitSpread(f.Runs[i][0])})
		if i != alike && i != best {
			continue
		}
		panels = append(panels, figure.Panel{Title: c.Name, Figure: units(f.Runs[i][0], i)})
		for _, p := range f.Runs[i][0].Curve {
			for k, u := range p.Units {
				all.Rows = append(all.Rows, []any{c.Name, p.Step, k + 1, u})
			}
		}
	}
	spread := unitSpread(f.Runs[alike][0])
	title := sentence(fmt.Sprintf("with %s the units of the first hidden layer differ: by up to %s", vs[alike].name, figure.Number(spread)))
	if spread == 0 {
		title = sentence(fmt.Sprintf("with %s every hidden unit of layer 1 stays the same for ever: in %d steps the largest difference of two of the %d is 0",
			vs[alike].name, f.Setup.Steps, f.Setup.Width))
		if best != alike {
			title = sentence(title[:len(title)-1], fmt.Sprintf("with %s it is %s", vs[best].name, figure.Number(unitSpread(f.Runs[best][0]))))
		}
	}
	return Section{
		Name: "symmetry", Title: title, Figure: panels, Table: t, Data: all,
		Detail: "Mean activation over the training part of every unit of the first hidden layer, one line each, of the first seed. Where all units are " +
			"alike, their lines are one.",
	}, true
}

// unitSpread is the largest difference of two units at any looked-at step; NaN counts as different.
func unitSpread(r lab.Run) float64 {
	most := 0.0
	for _, p := range r.Curve {
		s := (lab.Layer{UnitMeans: p.Units}).Spread()
		if s != s {
			return math.Inf(1)
		}
		most = math.Max(most, s)
	}
	return most
}

// units draws a line for every unit, as long as it is finite.
func units(r lab.Run, color int) figure.Lines {
	lines := figure.Lines{X: figure.Axis{Label: "steps", Whole: true}, Y: figure.Axis{Label: "mean activation of a unit"}, Height: 280}
	for k := range r.Curve[0].Units {
		s := figure.Series{Color: color, Thin: true}
		for _, p := range r.Curve {
			if v := p.Units[k]; v-v == 0 {
				s.X, s.Y = append(s.X, float64(p.Step)), append(s.Y, v)
			}
		}
		lines.Series = append(lines.Series, s)
	}
	return lines
}
