package train

import (
	"bytes"
	"image/color"
	"io"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"

	"github.com/heft-ml/heft/lab/figure"
)

// Colours that stay apart for colour-blind eyes (Okabe & Ito 2008), but for yellow, which is too pale for a line.
var (
	black     = color.RGBA{A: 0xff}
	orange    = color.RGBA{R: 0xe6, G: 0x9f, B: 0x00, A: 0xff}
	skyBlue   = color.RGBA{R: 0x56, G: 0xb4, B: 0xe9, A: 0xff}
	green     = color.RGBA{R: 0x00, G: 0x9e, B: 0x73, A: 0xff}
	blue      = color.RGBA{R: 0x00, G: 0x72, B: 0xb2, A: 0xff}
	vermilion = color.RGBA{R: 0xd5, G: 0x5e, B: 0x00, A: 0xff}
	purple    = color.RGBA{R: 0xcc, G: 0x79, B: 0xa7, A: 0xff}
	faint     = color.RGBA{R: 0xdd, G: 0xdd, B: 0xdd, A: 0xff}
)

// Size of a figure, if nothing asks for more.
const (
	figureWidth  = 17 * vg.Centimeter
	figureHeight = 10 * vg.Centimeter
)

// writeSVG draws a plot with a margin.
func writeSVG(w io.Writer, p *plot.Plot) error {
	return writeFigure(w, figureWidth, figureHeight, func(c draw.Canvas) { p.Draw(c) })
}

// writeFigure draws on a white page with a margin, in whatever sans typeface the reader has.
func writeFigure(w io.Writer, width, height vg.Length, paint func(c draw.Canvas)) error {
	const margin = 12
	canvas := vgsvg.New(width, height)
	page := draw.New(canvas)
	page.SetColor(color.White)
	page.Fill(page.Rectangle.Path())
	paint(draw.Crop(page, margin, -margin, margin, -margin))
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
	for e := math.Ceil(math.Log10(lo) - 1e-9); e <= math.Log10(hi)+1e-9; e++ {
		ticks = append(ticks, plot.Tick{Value: math.Pow(10, e), Label: figure.PowerOfTen(int(e))})
	}
	return ticks
}

// exponentTicks marks an axis of decimal logarithms at whole ones, with the powers of ten that they stand for.
type exponentTicks struct{}

// Ticks returns the marks between lo and hi.
func (exponentTicks) Ticks(lo, hi float64) (ticks []plot.Tick) {
	for _, at := range (wholeTicks{}).Ticks(lo, hi) {
		ticks = append(ticks, plot.Tick{Value: at.Value, Label: figure.PowerOfTen(int(at.Value))})
	}
	return ticks
}
