package train

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// Assessment is a score in detail: for classification, class by class.
type Assessment struct {
	Score
	Classes   []ClassScore `json:"classes,omitempty"`
	MacroF1   float64      `json:"macro_f1,omitempty"`  // mean of the classes' F1
	Confusion [][]int      `json:"confusion,omitempty"` // samples by true class (row) and answer (column)
}

// ClassScore tells how one class is recognized.
type ClassScore struct {
	Name      string  `json:"name"`
	Precision float64 `json:"precision"` // of the answers "this class", the share that is right
	Recall    float64 `json:"recall"`    // of the samples of this class, the share that is found
	F1        float64 `json:"f1"`        // harmonic mean of the two (van Rijsbergen 1979); 0 where nothing is right
	Samples   int     `json:"samples"`
}

// Assess scores a model on a set in detail. unit is as for [Evaluate].
func Assess(s *nn.Store, m nn.Layer, set *data.Set, unit float64) Assessment {
	a := Assessment{Score: Evaluate(s, m, set, unit)}
	if set.Target != nil {
		return a
	}
	a.Confusion = make([][]int, len(set.Classes))
	for i := range a.Confusion {
		a.Confusion[i] = make([]int, len(set.Classes))
	}
	each(s, m, set, func(out *nn.Tensor, b data.Batch) {
		for i, answer := range out.ArgMax(-1).Data {
			a.Confusion[b.Y.Data[i]][answer]++
		}
	})
	for class, name := range set.Classes {
		c := classScore(a.Confusion, class)
		c.Name = name
		a.Classes = append(a.Classes, c)
		a.MacroF1 += c.F1 / float64(len(set.Classes))
	}
	return a
}

func classScore(confusion [][]int, class int) (c ClassScore) {
	answered := 0
	for truth, row := range confusion {
		answered += row[class]
		if truth == class {
			for _, n := range row {
				c.Samples += n
			}
		}
	}
	if right := float64(confusion[class][class]); right > 0 {
		c.Precision = right / float64(answered)
		c.Recall = right / float64(c.Samples)
		c.F1 = 2 * c.Precision * c.Recall / (c.Precision + c.Recall)
	}
	return c
}

// widestConfusion is how many classes a confusion matrix is printed for.
const widestConfusion = 20

// Write prints the classes and, if there are not too many, the confusion matrix.
func (a Assessment) Write(w io.Writer) error {
	if len(a.Classes) == 0 {
		return nil
	}
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(t, "class\tprecision\trecall\tF1\tsamples\t")
	for _, c := range a.Classes {
		fmt.Fprintf(t, "%s\t%.3f\t%.3f\t%.3f\t%d\t\n", short(c.Name), c.Precision, c.Recall, c.F1, c.Samples)
	}
	fmt.Fprintf(t, "mean\t\t\t%.3f\t%d\t\n", a.MacroF1, a.Samples)
	if err := t.Flush(); err != nil || len(a.Classes) > widestConfusion {
		return err
	}
	fmt.Fprint(t, "\ntrue \\ answer\t")
	for _, c := range a.Classes {
		fmt.Fprintf(t, "%s\t", short(c.Name))
	}
	fmt.Fprintln(t)
	for i, row := range a.Confusion {
		fmt.Fprintf(t, "%s\t", short(a.Classes[i].Name))
		for _, n := range row {
			if n == 0 {
				fmt.Fprint(t, "·\t")
			} else {
				fmt.Fprintf(t, "%d\t", n)
			}
		}
		fmt.Fprintln(t)
	}
	return t.Flush()
}

// short keeps a class's name from widening a table, and its control characters from the terminal.
func short(name string) string {
	text := fmt.Sprintf("%.16q", name)
	return text[1 : len(text)-1]
}
