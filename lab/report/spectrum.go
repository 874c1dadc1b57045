package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// spectrum shows the singular values of a hidden weight, and of all hidden layers together, before training.
func spectrum(f *lab.Findings, vs []verdict) (Section, bool) {
	if shape := f.Runs[0][0].WeightShape; f.Setup.Width == 1 || !lab.Decomposable(shape[0], shape[1]) {
		return Section{}, false
	}
	layer := f.Runs[0][0].WeightLayer
	weight := func(r lab.Run) []float64 { return r.WeightValues }
	whole := func(r lab.Run) []float64 { return r.JacobianValues }
	panels := figure.Panels{{Title: fmt.Sprintf("weight of layer %d", layer), Figure: ranked(f, weight)}}
	if f.Setup.Depth > 1 {
		panels = append(panels, figure.Panel{Title: fmt.Sprintf("Jacobian from layer 1 to layer %d", f.Setup.Depth), Figure: ranked(f, whole)})
	}
	if i := independent(f); i >= 0 {
		panels = append(panels, figure.Panel{Title: f.Cases[i].Name + " and Marchenko-Pastur", Figure: marchenkoPastur(f, i)})
	}
	t := Table{Head: []string{"start", "matrix", "rank", "singular value"}}
	for i, c := range f.Cases {
		r := f.Runs[i][0]
		for _, m := range []struct {
			name   string
			values []float64
		}{{fmt.Sprintf("weight of layer %d", layer), weight(r)}, {fmt.Sprintf("Jacobian from layer 1 to layer %d", f.Setup.Depth), whole(r)}} {
			for k, v := range m.values {
				t.Rows = append(t.Rows, []any{c.Name, m.name, k + 1, v})
			}
		}
	}
	return Section{
		Name: "spectrum", Title: spectrumSentence(f, vs), Figure: panels, Table: t,
		Detail: "Singular values before training, the largest first, of the first seed. The Jacobian is that of the last hidden layer with respect " +
			"to the first, at one sample. The curve is the density that a large matrix of independent numbers has, the area what was measured, over all seeds.",
	}, true
}

// spectrumSentence says which starts keep every direction in a weight, and how many pass all layers.
func spectrumSentence(f *lab.Findings, vs []verdict) string {
	var flat, broken []string
	var passed groups
	fall := ""
	drawn := independent(f)
	for i, v := range vs {
		r := f.Runs[i][0]
		w := r.WeightValues
		if len(w) == 0 || w[0] == 0 {
			continue
		}
		if last := w[len(w)-1]; last > 0.99*w[0] {
			flat = append(flat, fmt.Sprintf("%s keeps every direction (all %d singular values of a hidden weight are %s)", v.name, len(w), figure.Number(w[0])))
		} else if i == drawn || fall == "" {
			fall = fmt.Sprintf("singular values fall from %s to %s with %s", figure.Number(w[0]), figure.Number(last), v.name)
		}
		if f.Setup.Depth > 1 && r.JacobianValues == nil {
			broken = append(broken, v.name)
		} else if f.Setup.Depth > 1 {
			n := len(nonzero(r.JacobianValues))
			reach := "reach"
			if n == 1 {
				reach = "reaches"
			}
			passed.add(fmt.Sprintf("%d %s layer %d", n, reach, f.Setup.Depth), v.name)
		}
	}
	title := sentence(enumerated(flat), fall, clause(fmt.Sprintf("of %s in layer 1,", many(f.Setup.Width, "direction")), passed.said()),
		clause("the Jacobian is not finite with", broken))
	if title == "" {
		return "No start here has a direction to keep."
	}
	return title
}

// nonzero returns the singular values that are not 0.
func nonzero(values []float64) []float64 {
	n := len(values)
	for n > 0 && values[n-1] == 0 {
		n--
	}
	return values[:n]
}

// ranked draws the singular values of every case by rank.
func ranked(f *lab.Findings, of func(r lab.Run) []float64) figure.Lines {
	lines := figure.Lines{X: figure.Axis{Label: "rank", Whole: true}, Y: figure.Axis{Label: "singular value", Log: true}, Height: 320}
	for i, c := range f.Cases {
		values := of(f.Runs[i][0])
		if kept := nonzero(values); len(kept) > 0 {
			values = kept
		}
		if len(values) > 0 {
			lines.Series = append(lines.Series, figure.Series{Name: c.Name, Color: i, X: counted(len(values)), Y: values})
		}
	}
	return lines
}

// independent returns the last case whose weights are independent numbers that are not all alike, or -1.
func independent(f *lab.Findings) int {
	for i, c := range slices.Backward(f.Cases) {
		drawn := strings.Contains(c.Scheme, "normal") || strings.Contains(c.Scheme, "uniform")
		if w := f.Runs[i][0].WeightValues; drawn && len(w) > 8 && w[0] > 0 {
			return i
		}
	}
	return -1
}

// marchenkoPastur draws the density of a case's singular values beside the one that theory has.
func marchenkoPastur(f *lab.Findings, i int) figure.Lines {
	var values []float64
	for _, r := range f.Runs[i] {
		values = append(values, r.WeightValues...)
	}
	shape := f.Runs[i][0].WeightShape
	std := middle(f.Runs[i], func(r lab.Run) float64 { return r.WeightStd })
	d := lab.NewMarchenkoPastur(shape[0], shape[1], std)
	hi := math.Max(d.Hi, slices.Max(values))
	const bins, points = 16, 120
	counts := make([]float64, bins)
	for _, v := range values {
		counts[min(bins-1, int(v/hi*bins))]++
	}
	seen := figure.Series{Color: i, Filled: true}
	for b, n := range counts {
		density := n / float64(len(values)) / (hi / bins)
		seen.X = append(seen.X, float64(b)*hi/bins, float64(b+1)*hi/bins)
		seen.Y = append(seen.Y, density, density)
	}
	theory := figure.Series{Color: figure.Gray}
	for k := 1; k <= points; k++ {
		s := hi * float64(k) / points
		theory.X, theory.Y = append(theory.X, s), append(theory.Y, d.Density(s))
	}
	return figure.Lines{
		X: figure.Axis{Label: "singular value"}, Y: figure.Axis{Label: "density"},
		Series: []figure.Series{seen, theory}, Height: 320,
	}
}
