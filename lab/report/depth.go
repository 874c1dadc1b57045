package report

import (
	"fmt"
	"slices"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
)

// gone is the size, next to 1, at which a signal counts as dead, and faded and grown the changes that count as such; mostly is
// the share of a layer from which on it is said of the layer.
const (
	gone   = 1e-3
	faded  = 0.1
	grown  = 10
	mostly = 0.5
)

// throughDepth is a figure of one number of every hidden layer, at the start.
func throughDepth(f *lab.Findings, label string, of func(l lab.Layer) float64) (figure.Lines, Table) {
	lines := figure.Lines{
		X: figure.Axis{Label: "hidden layer", Whole: true}, Y: figure.Axis{Label: label, Log: true},
	}
	t := Table{Head: []string{"hidden layer"}}
	for k := range f.Setup.Depth {
		t.Rows = append(t.Rows, []any{k + 1})
	}
	for i, c := range f.Cases {
		b := over(f.Runs[i], f.Setup.Depth, func(r lab.Run, k int) float64 { return of(r.Hidden[k]) })
		lines.Series = append(lines.Series, figure.Series{
			Name: c.Name, Color: i, X: counted(f.Setup.Depth), Y: b.mid, Lo: b.lo, Hi: b.hi,
		})
		t.Head = append(t.Head, c.Name, "least", "most")
		for k := range t.Rows {
			t.Rows[k] = append(t.Rows[k], b.mid[k], b.lo[k], b.hi[k])
		}
	}
	return lines, t
}

// signal shows how large activations are from layer to layer.
func signal(f *lab.Findings, vs []verdict) (Section, bool) {
	lines, t := throughDepth(f, "standard deviation of activations", func(l lab.Layer) float64 { return l.Activation.Std })
	lines.Rules = []figure.Rule{{Name: "1", Value: 1}}
	var dies, fades, stays, grows, overflows []string
	for i, v := range vs {
		y := lines.Series[i].Y
		switch at := firstBelow(y, gone); {
		case !finite(v.last):
			first := slices.IndexFunc(y, func(std float64) bool { return !finite(std) })
			overflows = append(overflows, fmt.Sprintf("by layer %d with %s", first+1, v.name))
		case at > 0:
			dies = append(dies, fmt.Sprintf("by layer %d with %s", at, v.name))
		case !(v.last <= grown*v.first):
			grows = append(grows, fmt.Sprintf("to %s with %s", figure.Number(v.last), v.name))
		case v.last < faded*v.first:
			fades = append(fades, fmt.Sprintf("to %s with %s", figure.Number(v.last), v.name))
		default:
			stays = append(stays, fmt.Sprintf("%s with %s", figure.Number(v.last), v.name))
		}
	}
	subject := "the signal"
	said := slices.DeleteFunc([]string{clause("dies", dies), clause("fades", fades), clause("grows", grows),
		clause("overflows", overflows)},
		func(c string) bool { return c == "" })
	if len(said) > 0 {
		said[0], subject = subject+" "+said[0], "it"
	}
	return Section{
		Name:  "signal",
		Title: sentence(append(said, clause(fmt.Sprintf("at layer %d %s is", f.Setup.Depth, subject), stays))...),
		Detail: "Standard deviation of what each hidden layer returns for one batch before training: the median over seeds, " +
			"and a band from the least to the most. Below the powers of ten is a line for 0.",
		Figure: lines, Table: t,
	}, true
}

// finite tells whether a size is a number that float32 holds.
func finite(size float64) bool { return size-size == 0 }

// clause joins a verb and what it is said of.
func clause(verb string, of []string) string {
	if len(of) == 0 {
		return ""
	}
	return verb + " " + enumerated(of)
}

// firstBelow returns the place, which counts from 1, from which on all numbers are below a limit, or 0.
func firstBelow(y []float64, limit float64) int {
	from := 0
	for i := len(y) - 1; i >= 0 && y[i] < limit; i-- {
		from = i + 1
	}
	return from
}

// gradient shows how large gradients are from layer to layer.
func gradient(f *lab.Findings, vs []verdict) (Section, bool) {
	lines, t := throughDepth(f, "standard deviation of gradients, of each sample's loss", func(l lab.Layer) float64 { return l.Gradient.Std })
	var nothing, rest, broken []string
	for _, v := range vs {
		switch {
		case v.gradient == 0:
			nothing = append(nothing, v.name)
		case !finite(v.gradient) || !finite(v.top):
			broken = append(broken, v.name)
		default:
			rest = append(rest, fmt.Sprintf("%s with %s", figure.Number(v.gradient/v.top), v.name))
		}
	}
	said := ""
	if len(rest) > 0 && f.Setup.Depth > 1 {
		said = fmt.Sprintf("from layer %d to layer 1 the gradient changes by a factor of %s", f.Setup.Depth, enumerated(rest))
	}
	if len(nothing) > 0 {
		nothing = []string{"with " + enumerated(nothing)}
	} else if said == "" && len(broken) == 0 {
		said = "a gradient reaches the layer with every start"
	}
	return Section{
		Name: "gradient",
		Title: sentence(clause("in the first step nothing reaches the first layer", nothing), said,
			clause("at layer 1 the gradient is not finite with", broken)),
		Detail: "Standard deviation of the gradient of each sample's loss with respect to what each hidden layer returns, before " +
			"training: it comes from the right. The median over seeds, and a band from the least to the most.",
		Figure: lines, Table: t,
	}, true
}
