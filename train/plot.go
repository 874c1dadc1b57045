package train

import (
	"bytes"
	"fmt"
	"image/color"
	"io"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// Colours that stay apart for colour-blind eyes (Okabe & Ito).
var (
	blue   = color.RGBA{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}
	orange = color.RGBA{R: 0xe6, G: 0x9f, B: 0x00, A: 0xff}
	faint  = color.RGBA{R: 0xdd, G: 0xdd, B: 0xdd, A: 0xff}
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
	if r.Parts.Test.Target != nil {
		result, loss = fmt.Sprintf("test R² %.3f", r.Test.R2), "squared error (standardized)"
	}
	p := newPlot(fmt.Sprintf("%s, %s, %s: %s", r.Config.Spec.Name, r.Config.Model, r.Config.Init, result))
	p.X.Label.Text, p.Y.Label.Text = "epoch", loss
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

// writeSVG draws a plot with a margin, in whatever sans typeface the reader has.
func writeSVG(w io.Writer, p *plot.Plot) error {
	const margin = 12
	canvas := vgsvg.New(17*vg.Centimeter, 10*vg.Centimeter)
	page := draw.New(canvas)
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())
	p.Draw(draw.Crop(page, margin, -margin, margin, -margin))
	var svg bytes.Buffer
	if _, err := canvas.WriteTo(&svg); err != nil {
		return err
	}
	_, err := w.Write(bytes.ReplaceAll(svg.Bytes(), []byte("font-family:Liberation Sans"), []byte("font-family:system-ui,Helvetica,Arial,sans-serif")))
	return err
}

// newPlot returns an empty plot in the house's style: one sans typeface, faint grid, room around the legend.
func newPlot(title string) *plot.Plot {
	p := plot.New()
	for _, style := range []*text.Style{
		&p.Title.TextStyle, &p.X.Label.TextStyle, &p.Y.Label.TextStyle, &p.X.Tick.Label, &p.Y.Tick.Label, &p.Legend.TextStyle,
	} {
		style.Font.Variant = "Sans"
		style.Font.Size = vg.Points(10)
	}
	p.Title.Text, p.Title.Padding = title, vg.Points(10)
	p.Title.TextStyle.Font.Size = vg.Points(11)
	p.Legend.Top, p.Legend.Left = true, true // lines before names, which may be wider in the reader's typeface
	p.Legend.XOffs, p.Legend.Padding = 11*vg.Centimeter, vg.Points(3)
	grid := plotter.NewGrid()
	grid.Vertical.Color, grid.Horizontal.Color = faint, faint
	p.Add(grid)
	return p
}

// wholeTicks marks an axis of whole numbers at multiples of 1, 2 or 5 times a power of ten: at most about eight of them.
type wholeTicks struct{}

// Ticks returns the marks between lo and hi.
func (wholeTicks) Ticks(lo, hi float64) (ticks []plot.Tick) {
	step := 1.0
	for _, next := range []float64{2, 2.5, 2} {
		if (hi-lo)/step > 8 {
			step *= next
		}
	}
	for (hi-lo)/step > 8 {
		step *= 10
	}
	for v := math.Ceil(lo/step) * step; v <= hi; v += step {
		ticks = append(ticks, plot.Tick{Value: v, Label: strconv.Itoa(int(v))})
	}
	return ticks
}

// decadeTicks marks a logarithmic axis at the powers of ten.
type decadeTicks struct{}

// Ticks returns the marks between lo and hi.
func (decadeTicks) Ticks(lo, hi float64) (ticks []plot.Tick) {
	digits := strings.NewReplacer("-", "⁻", "0", "⁰", "1", "¹", "2", "²", "3", "³", "4", "⁴", "5", "⁵", "6", "⁶", "7", "⁷", "8", "⁸", "9", "⁹")
	for e := math.Ceil(math.Log10(lo) - 1e-9); e <= math.Log10(hi)+1e-9; e++ {
		ticks = append(ticks, plot.Tick{Value: math.Pow(10, e), Label: "10" + digits.Replace(strconv.Itoa(int(e)))})
	}
	return ticks
}
