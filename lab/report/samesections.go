package report

import (
	"fmt"
	"math"
	"slices"

	"github.com/heft-ml/heft/lab/figure"
	"github.com/heft-ml/heft/lab/same"
)

// sameMaps shows what both networks make of the plane.
func sameMaps(f *same.Findings) (Section, bool) {
	b := f.Behaviour
	if b == nil || b.Maps[0] == nil {
		return Section{}, false
	}
	var panels figure.Panels
	t := Table{Head: []string{"network", "right on its own test part"}}
	all := Table{Head: []string{"network", "x", "y", "probability of the second class"}}
	for i, name := range f.Names {
		m := b.Maps[i]
		note := figure.Percent(b.Accuracy[i][i]) + " right"
		maps := figure.Maps{Lo: m.Lo, Hi: m.Hi, Maps: []figure.Map{{Note: note, Side: m.Side, P: m.P}}, Points: pointsOf(f.Shown[i])}
		panels = append(panels, figure.Panel{Title: name, Figure: maps})
		t.Rows = append(t.Rows, []any{name, b.Accuracy[i][i]})
		all.Rows = append(all.Rows, mapRows(name, *m)...)
	}
	boundary := "another"
	if slices.Equal(b.Maps[0].P, b.Maps[1].P) {
		boundary = "the same"
	}
	return Section{
		Name: "boundary", Figure: panels, Table: t, Data: all,
		Title:  sentence(fmt.Sprintf("the same network in every name and shape, and %s boundary: the two agree on %s of the same inputs", boundary, figure.Percent(b.Agreement))),
		Detail: "What each network thinks of every place of the same part of the plane: blue is the first class, orange the second, white undecided. Dots are training points of its own.",
	}, true
}

// sameOutputs shows how right each network is on the data of both.
func sameOutputs(f *same.Findings) (Section, bool) {
	b := f.Behaviour
	if b == nil {
		return Section{}, false
	}
	tests := b.Tests[:]
	if b.Shared {
		tests = tests[:1]
	}
	strip := figure.Strip{Label: "right on the test part of"}
	t := Table{Head: []string{"network", "test part of", "accuracy"}}
	for k, test := range tests {
		strip.Columns = append(strip.Columns, test)
		for i, name := range f.Names {
			t.Rows = append(t.Rows, []any{name, test, b.Accuracy[i][k]})
		}
	}
	for i, name := range f.Names {
		strip.Rows, strip.Shares = append(strip.Rows, name), append(strip.Shares, b.Accuracy[i][:len(tests)])
	}
	t.Rows = append(t.Rows, []any{"both", "the same class", b.Agreement}, []any{"both", "distance of probabilities", b.Distance})
	return Section{
		Name: "outputs", Figure: strip, Table: t,
		Title: sentence(fmt.Sprintf("on the same %d inputs the two agree on %s", b.Probe, figure.Percent(b.Agreement)),
			fmt.Sprintf("their probabilities are %s apart, where 1 is as far as can be", figure.Number(b.Distance))),
		Detail: fmt.Sprintf("Share of test samples that each network puts in its class; guessing has %s. The inputs are test samples, as many of the one data set as of the other; "+
			"the distance is the mean of half the sum of absolute differences.", figure.Percent(b.Chance)),
	}, true
}

// lettered is a network's name in a figure whose sentence calls it A or B.
func lettered(f *same.Findings, i int) string { return string(rune('A'+i)) + ": " + f.Names[i] }

// sameWeights shows how alike weights of one name are.
func sameWeights(f *same.Findings) (Section, bool) {
	matrices := f.Matrices()
	if len(matrices) == 0 {
		return Section{}, false
	}
	cosines := figure.Series{Color: 0, X: counted(len(matrices)), Dots: true}
	norms := [2]figure.Series{}
	for i := range norms {
		norms[i] = figure.Series{Name: lettered(f, i), Color: 1 + i, X: counted(len(matrices))}
	}
	for _, p := range matrices {
		cosines.Y = append(cosines.Y, math.Max(-1, math.Min(1, p.Cosine)))
		for i := range norms {
			norms[i].Y = append(norms[i].Y, p.Norm[i])
		}
	}
	t := Table{Head: []string{"tensor", "shape", "norm of A", "norm of B", "cosine", "norm of the difference, over the root of both norms"}}
	for _, p := range f.Params {
		t.Rows = append(t.Rows, []any{p.Name, fmt.Sprint(p.Shape), p.Norm[0], p.Norm[1], p.Cosine, p.Difference})
	}
	x := figure.Axis{Label: "weight, in the order of the file", Whole: true}
	return Section{
		Name: "weights", Table: t, Title: sentence(weightsSaid(f)),
		Figure: figure.Panels{
			{Title: "cosine between A and B", Figure: figure.Lines{X: x, Y: figure.Axis{Label: "cosine", Lo: -1, Hi: 1}, Series: []figure.Series{cosines}, Rules: []figure.Rule{{Name: "0", Value: 0}}, Height: 280}},
			{Title: "norms", Figure: figure.Lines{X: x, Y: figure.Axis{Label: "Euclidean norm", Log: true}, Series: norms[:], Height: 280}},
		},
		Detail: "Weights of one name as vectors: 1 is the same direction, 0 none in common, which is what two random vectors have. Two networks that begin from one " +
			"start keep some of it. The table has all tensors.",
	}, true
}

// mostSpectra is how many weights have their singular values drawn.
const mostSpectra = 3

// sameSpectra shows the singular values of some weights.
func sameSpectra(f *same.Findings) (Section, bool) {
	var drawn []same.Param
	t := Table{Head: []string{"network", "weight", "rank", "singular value"}}
	for _, p := range f.Matrices() {
		if len(p.Spectrum[0]) == 0 || len(p.Spectrum[1]) == 0 {
			continue
		}
		drawn = append(drawn, p)
		for i, name := range f.Names {
			for k, v := range p.Spectrum[i] {
				t.Rows = append(t.Rows, []any{name, p.Name, k + 1, v})
			}
		}
	}
	if len(drawn) == 0 {
		return Section{}, false
	}
	var panels figure.Panels
	most, where := 0.0, ""
	for _, p := range drawn {
		if r := math.Abs(math.Log(p.Spectrum[0][0] / p.Spectrum[1][0])); r >= most {
			most, where = r, fmt.Sprintf("the largest singular value of %s is %s in A and %s in B", p.Name, figure.Number(p.Spectrum[0][0]), figure.Number(p.Spectrum[1][0]))
		}
	}
	for _, k := range figure.Spaced(len(drawn), mostSpectra) {
		lines := figure.Lines{X: figure.Axis{Label: "rank", Whole: true}, Y: figure.Axis{Label: "singular value", Log: true}, Height: 300}
		for i, name := range []string{"A", "B"} {
			values := drawn[k].Spectrum[i]
			lines.Series = append(lines.Series, figure.Series{Name: name, Color: 1 + i, X: counted(len(values)), Y: values})
		}
		panels = append(panels, figure.Panel{Title: drawn[k].Name, Figure: lines})
	}
	return Section{
		Name: "spectrum", Figure: panels, Table: t, Title: sentence(where),
		Detail: "Singular values of weights, the largest first: how strongly each stretches its inputs, whatever the directions. The sentence is about the weight whose largest ones differ most.",
	}, true
}

// sameModules shows how alike what the modules make of the same inputs is.
func sameModules(f *same.Findings) (Section, bool) {
	b := f.Behaviour
	if b == nil {
		return Section{}, false
	}
	line := figure.Series{Color: 0, X: counted(len(b.Modules))}
	t := Table{Head: []string{"module", "kind", "linear CKA"}}
	for _, m := range b.Modules {
		line.Y = append(line.Y, m.CKA)
		t.Rows = append(t.Rows, []any{m.Path, m.Type, m.CKA})
	}
	first, last := b.Modules[0], b.Modules[len(b.Modules)-1]
	return Section{
		Name: "representations", Table: t,
		Title: sentence(fmt.Sprintf("linear CKA of what A and B make of the same inputs is %s after the first module and %s after the last", figure.Number(first.CKA), figure.Number(last.CKA))),
		Figure: figure.Lines{
			X: figure.Axis{Label: "module, in the order in which they compute", Whole: true}, Y: figure.Axis{Label: "linear CKA", Hi: 1},
			Series: []figure.Series{line}, Height: 280,
		},
		Detail: fmt.Sprintf("Linear centered kernel alignment of what each module of A and of B returns for the same %d inputs: 1 if one is a rotation of the other times a number, "+
			"whatever the order of the units, 0 if they have nothing in common.", b.Probe),
	}, true
}

// sameSwaps shows what becomes of each network with one layer of the other.
func sameSwaps(f *same.Findings) (Section, bool) {
	b := f.Behaviour
	if b == nil || len(b.Swaps) == 0 {
		return Section{}, false
	}
	lines := figure.Lines{
		X: figure.Axis{Label: "layer that is exchanged; 0: none", Whole: true}, Y: figure.Axis{Label: "right on its own test part", Hi: 1},
		Rules: []figure.Rule{{Name: "guessing", Value: b.Chance}}, Height: 300,
	}
	t := Table{Head: []string{"exchanged layer", "A", "B"}, Rows: [][]any{{"none", b.Accuracy[0][0], b.Accuracy[1][1]}}}
	for i := range f.Names {
		s := figure.Series{Name: lettered(f, i), Color: 1 + i, X: []float64{0}, Y: []float64{b.Accuracy[i][i]}}
		for k, swap := range b.Swaps {
			s.X, s.Y = append(s.X, float64(k+1)), append(s.Y, swap.Accuracy[i])
		}
		lines.Series = append(lines.Series, s)
	}
	var layers []string
	for _, s := range b.Swaps {
		t.Rows = append(t.Rows, []any{s.Layer, s.Accuracy[0], s.Accuracy[1]})
		layers = append(layers, "“"+s.Layer+"”")
	}
	return Section{
		Name: "swaps", Figure: lines, Table: t, Title: sentence(swapsSaid(f)),
		Detail: "Each network on its own test part after one layer, its weight with its bias, was exchanged for the other's. The layers fit, since the blueprint is the same; " +
			"what they say to each other does not. From 1 on these are " + enumerated(layers) + ".",
	}, true
}
