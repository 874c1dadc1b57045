package inspect

import (
	"slices"

	"github.com/dustin/go-humanize"

	"github.com/heft-ml/heft/internal/table"
)

// values are the columns that the statistics tell; none when no tensor has any. NaN and infinities have columns when there
// are some.
func (p *page) values() sheet {
	var sum Stats
	measured := false
	for _, t := range p.Tensors {
		if s := t.Stats; s != nil {
			measured = true
			sum.NaN, sum.PosInf, sum.NegInf = sum.NaN+s.NaN, sum.PosInf+s.PosInf, sum.NegInf+s.NegInf
		}
	}
	if !measured {
		return nil
	}
	t := sheet{
		{Title: "min", Right: true, Expend: 4}, {Title: "1%", Right: true, Expend: 8}, {Title: "50%", Right: true, Expend: 7},
		{Title: "99%", Right: true, Expend: 8}, {Title: "max", Right: true, Expend: 3}, {Title: "mean", Right: true, Expend: 6},
		{Title: "std", Right: true}, {Title: "zeros", Right: true, Expend: 2}, {Title: "outlier", Right: true, Expend: 5},
		{Title: "spectral", Right: true, Expend: 5},
	}
	if sum.NaN > 0 {
		t = append(t, table.Column{Title: "nan", Right: true})
	}
	if sum.PosInf+sum.NegInf > 0 {
		t = append(t, table.Column{Title: "inf", Right: true})
	}
	t = append(t, table.Column{Title: "histogram", Expend: 1})
	for _, tensor := range p.Tensors {
		t.append(p.row(tensor.Stats, sum)...)
	}
	return t
}

// row are the cells of one tensor, which may have no statistics. sum tells which columns there are.
func (p *page) row(s *Stats, sum Stats) []string {
	nan, inf, histogram := "-", "-", ""
	cells := slices.Repeat([]string{"-"}, 10)
	if s != nil {
		cells = []string{
			short(s.Min), short(s.Percentiles.P1), short(s.Percentiles.P50), short(s.Percentiles.P99), short(s.Max), short(s.Mean),
			short(s.Std), share(s.Zeros, s.Finite), short(s.Outlier), short(s.Spectral),
		}
		nan, inf, histogram = humanize.Comma(int64(s.NaN)), humanize.Comma(int64(s.PosInf+s.NegInf)), p.bars(s.Histogram)
	}
	if sum.NaN > 0 {
		cells = append(cells, nan)
	}
	if sum.PosInf+sum.NegInf > 0 {
		cells = append(cells, inf)
	}
	return append(cells, histogram)
}

// share writes a part of n in percent.
func share(part, n int) string {
	if n == 0 {
		return "-"
	}
	return short(Number(100*float64(part)/float64(n))) + "%"
}
