package train

import (
	"cmp"
	"errors"
	"fmt"
	"image/color"
	"io"
	"math"
	"path/filepath"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"github.com/heft-ml/heft/internal/atomicfile"
	"github.com/heft-ml/heft/internal/table"
)

// Lines are told apart by colour, and by dashes when there are more lines than colours.
var (
	lineColors = []color.Color{blue, orange, green, vermilion, purple, skyBlue, black}
	lineDashes = [][]vg.Length{nil, {6, 3}, {2, 2}, {8, 3, 2, 3}} // points
)

// crossover is how many times the smallest loss the largest must be for the axis to become logarithmic.
const crossover = 100

// curve is the loss of one run over its epochs.
type curve struct {
	name   string
	points plotter.XYs
}

// SavePlot draws the validation loss of every run over its epochs as SVG; of a run that held nothing out, the training
// loss. A loss that spans more than two decades has a logarithmic axis. It is an error when no run has done an epoch.
func (c *Comparison) SavePlot(path string) error {
	curves := c.curves()
	if len(curves) == 0 {
		return errors.New("nothing to draw: no run has done an epoch")
	}
	return atomicfile.Write(path, func(w io.Writer) error { return c.writePlot(w, curves) })
}

// curves returns the losses of the runs that have an epoch, named as shortly as keeps them apart. No training has losses
// beyond float32; a damaged file may, where gonum/plot would look for the ends of its axes for ever.
func (c *Comparison) curves() (curves []curve) {
	name := filepath.Base
	seen := map[string]bool{}
	for _, r := range c.Runs {
		base := filepath.Base(filepath.Clean(r.Run))
		if seen[base] {
			name = filepath.Clean
		}
		seen[base] = true
	}
	for _, r := range c.measured() {
		k := curve{name: shortened(table.Safe(name(r.Run)))}
		if r.Best == nil {
			k.name += " (training)"
		}
		for _, e := range r.history.Epochs {
			loss := e.Validation.Loss
			if r.Best == nil {
				loss = e.Train.Loss
			}
			k.points = append(k.points, plotter.XY{X: float64(e.Epoch), Y: min(max(loss, -math.MaxFloat32), math.MaxFloat32)})
		}
		curves = append(curves, k)
	}
	return curves
}

// longestName is how many characters of a run's name the legend has room for.
const longestName = 32

// shortened cuts the beginning of a long name: names differ in their ends.
func shortened(name string) string {
	if r := []rune(name); len(r) > longestName {
		return "…" + string(r[len(r)-longestName+1:])
	}
	return name
}

func (c *Comparison) writePlot(w io.Writer, curves []curve) error {
	p := newPlot(c.title())
	p.X.Label.Text, p.Y.Label.Text = "epoch", c.lossName()
	p.X.Tick.Marker = wholeTicks{}
	legend := plot.NewLegend()
	legend.TextStyle, legend.Padding = p.Legend.TextStyle, p.Legend.Padding
	legend.Top, legend.Left = true, true
	if lo, hi := lossRange(curves); lo > 0 && hi/crossover > lo {
		logarithms(curves)
		p.Y.Tick.Marker = exponentTicks{}
	} else {
		p.Y.Min = min(0, lo)
	}
	keys := make([]plot.Thumbnailer, len(curves))
	for i, k := range curves {
		key, err := addCurve(p, k, i)
		if err != nil {
			return err
		}
		keys[i] = key
	}
	for _, i := range byLastLoss(curves) {
		legend.Add(curves[i].name, keys[i])
	}
	const between, top = 12, 24
	box := legend.Rectangle(draw.Canvas{}).Size()
	beside := box.X * 5 / 4 // the reader's typeface may be wider
	height := max(figureHeight, box.Y+3*top)
	return writeFigure(w, figureWidth+beside, height, func(page draw.Canvas) {
		p.Draw(draw.Crop(page, 0, -beside-between, 0, 0))
		legend.Draw(draw.Crop(page, page.Max.X-page.Min.X-beside, 0, 0, -top))
	})
}

// addCurve adds the i-th curve to a plot: a line, or a point where there is one epoch only.
func addCurve(p *plot.Plot, k curve, i int) (key plot.Thumbnailer, err error) {
	line, err := plotter.NewLine(k.points)
	if err != nil {
		return nil, err
	}
	line.Width, line.Color = vg.Points(2), lineColors[i%len(lineColors)]
	line.Dashes = lineDashes[i/len(lineColors)%len(lineDashes)]
	p.Add(line)
	if len(k.points) > 1 {
		return line, nil
	}
	point, err := plotter.NewScatter(k.points)
	if err != nil {
		return nil, err
	}
	point.Shape, point.Radius, point.Color = draw.CircleGlyph{}, vg.Points(3), line.Color
	p.Add(point)
	return point, nil
}

// byLastLoss orders curves as their ends stand on the page: the highest first.
func byLastLoss(curves []curve) []int {
	order := make([]int, len(curves))
	for i := range order {
		order[i] = i
	}
	last := func(i int) float64 { return curves[i].points[len(curves[i].points)-1].Y }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(last(b), last(a)) })
	return order
}

func lossRange(curves []curve) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, k := range curves {
		for _, at := range k.points {
			lo, hi = min(lo, at.Y), max(hi, at.Y)
		}
	}
	return lo, hi
}

// logarithms puts the logarithm in the place of every loss. The axis itself stays linear: on a logarithmic one, gonum/plot
// leaves room for the middle of the label as if it stood near the end.
func logarithms(curves []curve) {
	for _, k := range curves {
		for i := range k.points {
			k.points[i].Y = math.Log10(k.points[i].Y)
		}
	}
}

// title names what all runs have in common: the data, if they do.
func (c *Comparison) title() string {
	name := c.Runs[0].Config.Spec.Name
	for _, r := range c.Runs {
		if r.Config.Spec.Name != name {
			return fmt.Sprintf("loss of %d runs", len(c.Runs))
		}
	}
	return fmt.Sprintf("%s: loss of %d runs", shortened(table.Safe(name)), len(c.Runs))
}

func (c *Comparison) lossName() string {
	part := "validation loss"
	if !c.validated() {
		part = "loss"
	}
	switch c.measure() {
	case accuracyMeasure:
		return part + ": cross entropy (nats)"
	case r2Measure:
		return part + ": squared error (standardized)"
	}
	return part
}
