package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// histograms shows how activations are distributed in each layer, of the first seed.
func histograms(f *lab.Findings, vs []verdict) (Section, bool) {
	h := figure.Histograms{Columns: layerNames(f.Setup.Depth)}
	t := Table{Head: []string{"start", "hidden layer", "mean", "standard deviation", "least", "2nd percentile", "98th percentile", "most", "zero", "not finite"}}
	all := Table{Head: []string{"start", "hidden layer", "from", "to", "count"}}
	for i, c := range f.Cases {
		row := figure.HistogramRow{Name: c.Name, Color: i}
		for k, l := range f.Runs[i][0].Hidden {
			a := l.Activation
			row.Cells = append(row.Cells, figure.HistogramCell{
				Lo: a.Min, Hi: a.Max, Density: a.Histogram.Density(), Mean: a.Mean, Zero: a.Zero, Broken: a.NonFinite > 0,
			})
			t.Rows = append(t.Rows, []any{c.Name, k + 1, a.Mean, a.Std, a.Min, l.Low, l.High, a.Max, a.Zero, a.NonFinite})
			bin := (a.Histogram.Hi - a.Histogram.Lo) / float64(max(1, len(a.Histogram.Counts)))
			for b, n := range a.Histogram.Counts {
				from := a.Histogram.Lo + float64(b)*bin
				all.Rows = append(all.Rows, []any{c.Name, k + 1, from, from + bin, n})
			}
		}
		h.Rows = append(h.Rows, row)
	}
	return Section{
		Name: "histograms", Title: histogramSentence(f, vs), Figure: h, Table: t, Data: all,
		Detail: "Densities of what hidden layers return before training, of the first seed. Each row has one range, written beside " +
			"its name, and each cell its own height; the tick is the mean. Where many values are exactly 0, a gray bar stands for " +
			"them, with their share.",
	}, true
}

// histogramSentence says what is seen in the last layer.
func histogramSentence(f *lab.Findings, vs []verdict) string {
	var spikes, widths, broken []string
	var ends groups
	for _, v := range vs {
		switch {
		case v.last == 0:
			spikes = append(spikes, v.name)
		case v.saturated > mostly:
			ends.add(fmt.Sprintf("%s of layer %d lies at the ends", figure.Percent(v.saturated), f.Setup.Depth), v.name)
		case !finite(v.last):
			broken = append(broken, v.name)
		default:
			widths = append(widths, fmt.Sprintf("%s with %s", figure.Number(v.last/v.first), v.name))
		}
	}
	var said []string
	if len(spikes) > 0 {
		said = append(said, enumerated(spikes)+": one spike")
	}
	said = append(said, ends.said()...)
	if len(widths) > 0 && f.Setup.Depth > 1 {
		said = append(said, fmt.Sprintf("from layer 1 to layer %d the width changes by a factor of %s", f.Setup.Depth, enumerated(widths)))
	}
	if len(broken) > 0 {
		said = append(said, fmt.Sprintf("what layer %d returns is not finite with %s", f.Setup.Depth, enumerated(broken)))
	}
	if len(said) == 0 {
		return "What the hidden layer returns."
	}
	return sentence(said...)
}

func layerNames(depth int) []string {
	names := make([]string, depth)
	for i := range names {
		names[i] = fmt.Sprint(i + 1)
	}
	return names
}

// silent shows which share of each layer is saturated, where the activation has two ends, and else which never fires.
func silent(f *lab.Findings, vs []verdict) (Section, bool) {
	if f.Setup.Residual != "" { // a stream has no ends, and a sum never stays at 0
		return Section{}, false
	}
	s := figure.Strip{Columns: layerNames(f.Setup.Depth), Label: "hidden layer"}
	t := Table{Head: []string{"start", "hidden layer", "never fires", "saturated", "zero"}}
	bounded := f.Setup.Activation == "tanh" || f.Setup.Activation == "sigmoid"
	var worst groups
	for i, c := range f.Cases {
		row := make([]float64, f.Setup.Depth)
		most, at := 0.0, 0
		for k := range row {
			dead := middle(f.Runs[i], func(r lab.Run) float64 { return r.Hidden[k].Dead })
			saturated := middle(f.Runs[i], func(r lab.Run) float64 { return r.Hidden[k].Saturated })
			zero := middle(f.Runs[i], func(r lab.Run) float64 { return r.Hidden[k].Activation.Zero })
			row[k] = dead
			if bounded {
				row[k] = saturated
			}
			if middle(f.Runs[i], func(r lab.Run) float64 { return r.Hidden[k].Activation.NonFinite }) > 0 {
				row[k] = math.NaN()
			}
			if row[k] > most {
				most, at = row[k], k+1
			}
			t.Rows = append(t.Rows, []any{c.Name, k + 1, dead, saturated, zero})
		}
		if most > 0 {
			where := fmt.Sprintf("layer %d", at)
			if len(row) > 1 && slices.Min(row) == most {
				where = "every layer"
			}
			worst.add(fmt.Sprintf("%s of %s", figure.Percent(most), where), vs[i].name)
		}
		s.Rows, s.Shares = append(s.Rows, c.Name), append(s.Shares, row)
	}
	title := "units that never fire, at worst"
	detail := "Share of units that are exactly 0 for all samples of one batch"
	if bounded {
		title = "saturated at worst"
		detail = "Share of values within a hundredth of the range from an end of the activation"
	}
	title += ": " + strings.Join(worst.said(), "; ")
	if len(worst) == 0 {
		title += "none"
	}
	return Section{
		Name: "silent", Title: sentence(title), Figure: s, Table: t,
		Detail: detail + ", in percent, before training: the median over seeds. Dark is none, yellow is all.",
	}, true
}
