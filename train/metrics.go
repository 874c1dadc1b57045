package train

import (
	"encoding/csv"
	"io"
	"strconv"
)

// measures are the columns of a score beside its loss.
func measures(regression bool) []string {
	if regression {
		return []string{"r2", "mae"}
	}
	return []string{"accuracy"}
}

// metricsHeader returns the columns of metrics.csv.
func metricsHeader(regression bool) []string {
	header := []string{"epoch", "step"}
	for _, part := range []string{"train_", "val_"} {
		for _, m := range append([]string{"loss"}, measures(regression)...) {
			header = append(header, part+m)
		}
	}
	return append(header, "lr", "grad_norm", "seconds")
}

// cells are the numbers of a score in the order of its columns.
func (s *Score) cells(regression bool) []*float64 {
	if regression {
		return []*float64{&s.Loss, &s.R2, &s.MAE}
	}
	return []*float64{&s.Loss, &s.Accuracy}
}

// writeMetrics writes a row an epoch. Numbers are the shortest text that reads back as the same value; seconds, the only
// column that differs between two equal runs, is the last.
func writeMetrics(w io.Writer, rows []Epoch, regression bool) error {
	out := csv.NewWriter(w)
	out.Write(metricsHeader(regression)) // errors stay until Error
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	for _, e := range rows {
		line := []string{strconv.Itoa(e.Epoch), strconv.Itoa(e.Step)}
		for _, s := range []Score{e.Train, e.Validation} {
			for _, v := range s.cells(regression) {
				text := ""
				if s.Samples > 0 {
					text = number(*v)
				}
				line = append(line, text)
			}
		}
		out.Write(append(line, number(e.LR), number(e.GradNorm), strconv.FormatFloat(e.Elapsed.Seconds(), 'f', 3, 64)))
	}
	out.Flush()
	return out.Error()
}
