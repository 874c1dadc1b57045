package main

import (
	"fmt"
	"io"
	"math"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/heft-ml/heft/benchmarks/peers/protocol"
)

// report is what a run has found.
type report struct {
	rounds   int
	about    map[string]string // what the contestants said of themselves, by key
	sections []done
	starts   []beginning
}

// done is a section with its outcomes.
type done struct {
	section
	outcomes []outcome
}

// write writes the report in Markdown.
func (r report) write(w io.Writer) {
	fmt.Fprintf(w, "Measured on %s in one run of %d rounds: %s, %s/%s.\n", time.Now().Format("2 January 2006"), r.rounds,
		machine(), runtime.GOOS, runtime.GOARCH)
	if load := busy(); load != "" {
		fmt.Fprintf(w, "%s\n", load)
	}
	fmt.Fprintln(w)
	for _, p := range peers {
		if about := r.about[p.key]; about != "" {
			fmt.Fprintf(w, "- `%s`: %s\n", p.key, about)
		}
	}
	r.writeAims(w)
	for _, s := range r.sections {
		if len(s.outcomes) > 0 {
			fmt.Fprintf(w, "\n### %s\n", s.title)
			s.write(w, s.outcomes)
		}
	}
	if len(r.starts) > 0 {
		fmt.Fprintf(w, "\n### %s\n", startTitle)
		for _, b := range r.starts {
			b.write(w)
		}
	}
}

// number writes three digits, and nothing for NaN.
func number(v float64) string {
	switch {
	case math.IsNaN(v):
		return ""
	case math.Abs(v) >= 100:
		return fmt.Sprintf("%.0f", v)
	}
	return fmt.Sprintf("%.3g", v)
}

// spread writes a median and the quartiles.
func spread(values []float64) string {
	if math.IsNaN(median(values)) {
		return ""
	}
	return fmt.Sprintf("%s (%s to %s)", number(median(values)), number(quantile(values, 0.25)), number(quantile(values, 0.75)))
}

// writeSteps writes one table for each work load: the time of a step, and what the common steps came to.
func writeSteps(w io.Writer, outcomes []outcome) {
	for _, o := range outcomes {
		what := "sum of the last row"
		if o.work.Training() {
			what = fmt.Sprintf("loss after %d steps", common(o.work))
		}
		fmt.Fprintf(w, "\n| %s | ms | x %s's (quartiles) | %s |\n|---|--:|--:|--:|\n", o.work.Name, o.results[0].name, what)
		for i, r := range o.results {
			if r.left != "" {
				fmt.Fprintf(w, "| %s | left out: %s | | |\n", r.name, r.left)
				continue
			}
			value := ""
			if r.value != nil {
				value = fmt.Sprintf("%.5f", *r.value)
			}
			fmt.Fprintf(w, "| %s | %s | %s | %s |\n", r.name, number(1e3*r.median()), spread(o.ratios(i)), value)
		}
	}
}

// writeProducts writes one table with a line for each shape, over its transposes.
func writeProducts(w io.Writer, outcomes []outcome) {
	writeHead(w, "M x K x N", "GFLOP/s", outcomes[0].results)
	for _, group := range byShape(outcomes) {
		writeGroup(w, shape(group[0].work), group)
	}
	writeGroup(w, "geometric mean from 64 up", large(outcomes))
}

// writeGrowth writes one table with a line for each work load.
func writeGrowth(w io.Writer, outcomes []outcome) {
	writeHead(w, "training step", "ms", outcomes[0].results)
	for _, o := range outcomes {
		fmt.Fprintf(w, "| %s | %s |", o.work.Name, number(1e3*o.results[0].median()))
		for i, r := range o.results[1:] {
			fmt.Fprintf(w, " %s%s |", spread(o.ratios(i+1)), r.left)
		}
		fmt.Fprintln(w)
	}
}

// writeHead begins a table that compares the others with the first contestant, of which a unit is given.
func writeHead(w io.Writer, what, unit string, results []result) {
	fmt.Fprintf(w, "\n| %s | %s, %s |", what, results[0].name, unit)
	for _, r := range results[1:] {
		fmt.Fprintf(w, " %s |", r.name)
	}
	fmt.Fprintf(w, "\n|---|--:|%s\n", strings.Repeat("--:|", len(results)-1))
}

func shape(w protocol.Work) string { return fmt.Sprintf("%dx%dx%d", w.M, w.K, w.N) }

func byShape(outcomes []outcome) (groups [][]outcome) {
	for _, o := range outcomes {
		if last := len(groups) - 1; last >= 0 && shape(groups[last][0].work) == shape(o.work) {
			groups[last] = append(groups[last], o)
		} else {
			groups = append(groups, []outcome{o})
		}
	}
	return groups
}

// large returns the products whose sizes are 64 or more.
func large(outcomes []outcome) []outcome {
	return slices.DeleteFunc(slices.Clone(outcomes), func(o outcome) bool { return min(o.work.M, o.work.K, o.work.N) < 64 })
}

// writeGroup writes the first contestant's speed and the others' times in proportion to its, as geometric means over some
// work loads.
func writeGroup(w io.Writer, name string, group []outcome) {
	if len(group) == 0 {
		return
	}
	var speeds []float64
	for _, o := range group {
		speeds = append(speeds, o.work.FLOPs()/o.results[0].median()/1e9)
	}
	fmt.Fprintf(w, "| %s | %.0f |", name, geometricMean(speeds))
	for i := range group[0].results[1:] {
		fmt.Fprintf(w, " %s |", spread(meanRatios(group, i+1)))
	}
	fmt.Fprintln(w)
}

// meanRatios returns, by round, the geometric mean over work loads of the times of results[i] in proportion to the first
// contestant's. A round in which it sat out at some of the work loads is NaN: its mean would be over others.
func meanRatios(group []outcome, i int) []float64 {
	means := make([]float64, len(group[0].results[0].seconds))
	for round := range means {
		var ratios []float64
		for _, o := range group {
			if all := o.ratios(i); round < len(all) {
				ratios = append(ratios, all[round])
			}
		}
		means[round] = geometricMean(ratios)
	}
	return means
}
