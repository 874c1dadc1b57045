package main

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/heft-ml/heft/train"
)

func newPredict() *cobra.Command {
	var asJSON, all bool
	cmd := &cobra.Command{
		Use:   "predict RUN INPUT...",
		Short: "Answer for new samples",
		Long: `Answer for new samples with the model of a run's folder, or of a weights file that heft trained.

INPUT is a CSV file with the columns that the model was trained on, in any order, or images (PNG, JPEG) for a model of
images; - reads either from a pipe. Answers go to stdout as CSV, one line a sample, or with --json as one JSON object
a line. The file alone is enough: what turns a sample into numbers is kept in it.`,
		Example: `  heft predict runs/houses-1 new.csv
  cat new.csv | heft predict runs/houses-1 - --json
  heft predict runs/digits-1 seven.png --probabilities`,
		RunE: func(cmd *cobra.Command, args []string) error {
			m, err := train.Open(args[0])
			if err != nil {
				return notOfRun(args[0], err)
			}
			w := newAnswers(cmd.OutOrStdout(), m, asJSON, all)
			for _, path := range args[1:] {
				answers, err := m.PredictFile(path, cmd.InOrStdin())
				if err != nil {
					return err
				}
				for _, a := range answers {
					if err := w.write(a); err != nil {
						return err
					}
				}
			}
			return w.flush()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object a line")
	cmd.Flags().BoolVar(&all, "probabilities", false, "CSV: a column for the probability of every class (JSON has them anyway)")
	return cmd
}

// answers writes predictions as CSV or JSON lines.
type answers struct {
	model *train.Trained
	all   bool
	csv   *csv.Writer
	json  *json.Encoder // nil: CSV
	begun bool
}

func newAnswers(w io.Writer, m *train.Trained, asJSON, all bool) *answers {
	if asJSON {
		return &answers{model: m, json: json.NewEncoder(w)}
	}
	return &answers{model: m, all: all, csv: csv.NewWriter(w)}
}

func (w *answers) write(a train.Prediction) error {
	if w.json != nil {
		return w.json.Encode(w.object(a))
	}
	if !w.begun {
		w.begun = true
		if err := w.csv.Write(w.header()); err != nil {
			return err
		}
	}
	line := []string{a.Source, strconv.Itoa(a.Row)}
	if w.model.Input.Regression() {
		return w.csv.Write(append(line, number(a.Value)))
	}
	line = append(line, a.Class, number(a.Probability))
	if w.all {
		for _, p := range a.Probabilities {
			line = append(line, number(p))
		}
	}
	return w.csv.Write(line)
}

func (w *answers) header() []string {
	line := []string{"input", "row", w.model.Input.Target.Name}
	if w.model.Input.Regression() {
		return line
	}
	line = append(line, "probability")
	if w.all {
		for _, class := range w.model.Input.Target.Values {
			line = append(line, fmt.Sprintf("p(%s)", class))
		}
	}
	return line
}

func (w *answers) object(a train.Prediction) map[string]any {
	o := map[string]any{"input": a.Source, "row": a.Row}
	if w.model.Input.Regression() {
		o["prediction"] = a.Value
		return o
	}
	all := map[string]float64{}
	for i, p := range a.Probabilities {
		all[w.model.Input.Target.Values[i]] = p
	}
	o["prediction"], o["probability"], o["probabilities"] = a.Class, a.Probability, all
	return o
}

func (w *answers) flush() error {
	if w.csv == nil {
		return nil
	}
	w.csv.Flush()
	return w.csv.Error()
}

// number writes a value as short as float32 precision allows: the model has no more.
func number(v float64) string { return strconv.FormatFloat(v, 'g', 7, 64) }
