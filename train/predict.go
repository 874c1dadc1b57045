package train

import (
	"fmt"
	"io"
	"os"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// Prediction is a model's answer for one sample: a class with its probability, or a value.
type Prediction struct {
	Source        string    // the file the sample came from
	Row           int       // of a table, from 1, the header not counted; 0 for an image
	Class         string    // classification: the most probable class
	Probability   float64   // of that class
	Probabilities []float64 // of all classes, by label
	Value         float64   // regression: in the target's own unit
}

// PredictFile answers for every row of a CSV file, or for an image: whichever the model was trained on. The path "-"
// reads stdin. Errors name the file and, in a table, line and column.
func (t *Trained) PredictFile(path string, stdin io.Reader) ([]Prediction, error) {
	in, name := stdin, "stdin"
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		in, name = f, path
	}
	if t.Input.Kind == data.ImageInput {
		pixels, err := t.Input.Image(in)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		answers := t.Predict(autograd.From(pixels, 1, len(pixels)))
		answers[0].Source, answers[0].Row = name, 0
		return answers, nil
	}
	table, err := data.ReadTable(name, in)
	if err != nil {
		return nil, err
	}
	x, err := t.Input.Encode(table)
	if err != nil {
		return nil, err
	}
	answers := t.Predict(x)
	for i := range answers {
		answers[i].Source = name
	}
	return answers, nil
}

// Predict answers for samples as the model's Input makes them.  x [n, features]
func (t *Trained) Predict(x *nn.Tensor) []Prediction {
	n := x.Dim(0)
	answers := make([]Prediction, 0, n)
	p := nn.NewPass(t.Store, nn.Inference)
	for from := 0; from < n; from += scoreBatch {
		p.Reset()
		out := t.Model.Forward(p, p.Input(x.Slice(0, from, min(from+scoreBatch, n))))
		if t.Input.Regression() {
			for _, v := range out.Data() {
				answers = append(answers, Prediction{Row: len(answers) + 1, Value: t.Input.Unscale(v)})
			}
			continue
		}
		probabilities, classes := out.Softmax(-1), out.ArgMax(-1).Data
		width := probabilities.Dim(-1)
		for i, class := range classes {
			a := Prediction{Row: len(answers) + 1, Class: t.Input.Target.Values[class]}
			for _, v := range probabilities.Data()[i*width : (i+1)*width] {
				a.Probabilities = append(a.Probabilities, float64(v))
			}
			a.Probability = a.Probabilities[class]
			answers = append(answers, a)
		}
	}
	return answers
}
