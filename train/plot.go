package train

import (
	"fmt"
	"image/color"
	"io"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
)

// writePlot draws the losses over the epochs as SVG.
func (r *Result) writePlot(w io.Writer) error {
	train := make(plotter.XYs, len(r.Epochs))
	var validation plotter.XYs
	for i, e := range r.Epochs {
		x := float64(e.Epoch)
		train[i] = plotter.XY{X: x, Y: e.Train.Loss}
		if e.Validation.Samples > 0 {
			validation = append(validation, plotter.XY{X: x, Y: e.Validation.Loss})
		}
	}
	result, loss := fmt.Sprintf("test accuracy %.1f%%", 100*r.Test.Accuracy), "cross entropy (nats)"
	if r.Parts != nil && r.Parts.Test.Target != nil {
		result, loss = fmt.Sprintf("test R² %.3f", r.Test.R2), "squared error (standardized)"
	}
	p := newPlot(fmt.Sprintf("%s, %s, %s: %s", r.Config.Spec.Name, r.Config.Model, r.Config.Init, result))
	p.X.Label.Text, p.Y.Label.Text = r.Config.roundName(), loss
	p.X.Tick.Marker = wholeTicks{}
	for _, curve := range []struct {
		name   string
		points plotter.XYs
		color  color.Color
	}{{"training", train, blue}, {"validation", validation, orange}} {
		if len(curve.points) == 0 {
			continue
		}
		line, err := plotter.NewLine(curve.points)
		if err != nil {
			return err
		}
		line.Width, line.Color = vg.Points(2), curve.color
		p.Add(line)
		p.Legend.Add(curve.name, line)
	}
	p.Y.Min = 0
	return writeSVG(w, p)
}
