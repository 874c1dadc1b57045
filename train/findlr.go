package train

import (
	"context"
	"encoding/csv"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/atomicfile"
)

// Names of the files of a learning-rate search.
const (
	LRFile     = "lr.csv"
	LRPlotFile = "lr.svg"
)

// The range that FindLR tries, and how.
const (
	lowestLR  = 1e-6
	highestLR = 10.0
	lrDecade  = 50 // steps
	lrSteps   = 7*lrDecade + 1
	lrSmooth  = 0.95 // share of the running mean that stays
	lrGiveUp  = 4    // stop when the loss is so many times the smallest
	lrNoise   = 0.05 // changes of the loss by less than this share say nothing
)

// LRCurve is the loss as the learning rate rises.
type LRCurve struct {
	Points    []LRPoint
	Suggested float64 // see FindLR
}

// LRPoint is one step.
type LRPoint struct {
	LR   float64
	Loss float64 // running mean, corrected for its start
}

// FindLR is the learning-rate range test (Smith 2015, arXiv:1506.01186): one training in which the rate rises from 1e-6 to
// 10, a step at a time, until the loss breaks away. It suggests a tenth of the rate at which the smoothed loss was
// smallest; where the loss never fell noticeably, a tenth of the highest rate that did not make it rise.
// If o.Out is given, the curve is left there as lr.csv and lr.svg.
//
// An average of the weights has no part in it, and c.EMA must be 0.
func FindLR(ctx context.Context, c Config, o Options) (*LRCurve, error) {
	if err := c.withoutAverage("a search for a learning rate"); err != nil {
		return nil, err
	}
	c.LR, c.Schedule = 1, "constant"
	l, err := loadLoop(c, o)
	if err != nil {
		return nil, err
	}
	if l.optimizer, err = c.newOptimizer(l.store, rising{}); err != nil {
		return nil, err
	}
	curve := &LRCurve{}
	smallest, mean := math.Inf(1), 0.0
	for b := range l.endless() {
		step := l.store.Step()
		if err := ctx.Err(); err != nil {
			return nil, &InterruptedError{Err: err}
		}
		if step == lrSteps {
			break
		}
		l.pass.Reset()
		b = l.task.change(b)
		loss := lossOf(l.task.forward(l.pass, b), b, c.LabelSmoothing)
		mean = lrSmooth*mean + (1-lrSmooth)*float64(loss.Item())
		smooth := mean / (1 - math.Pow(lrSmooth, float64(step+1)))
		if !(smooth <= lrGiveUp*smallest) { // true of NaN too
			break
		}
		curve.Points = append(curve.Points, LRPoint{l.optimizer.LR(), smooth})
		smallest = min(smallest, smooth)
		l.optimizer.Step(l.pass.Backward(loss))
	}
	if len(curve.Points) == 0 {
		return nil, fmt.Errorf("the loss is not finite before the first step: try another --init")
	}
	curve.suggest()
	if o.Out != "" {
		return curve, curve.save(o.Out)
	}
	return curve, nil
}

// withoutAverage returns an error where an average of the weights is asked of what never looks at one.
func (c Config) withoutAverage(check string) error {
	if c.EMA != 0 {
		return fmt.Errorf("ema is %v, but %s looks at the weights themselves: leave it out", c.EMA, check)
	}
	return nil
}

// suggest chooses a rate, as FindLR says.
func (c *LRCurve) suggest() {
	quiet := c.Points[:min(lrDecade, len(c.Points))] // rates too low to matter: the loss as it starts, and its noise
	var start float64
	for _, p := range quiet {
		start += p.Loss / float64(len(quiet))
	}
	best := quiet[len(quiet)-1]
	steady := best
	for _, p := range c.Points[len(quiet):] {
		if p.Loss < best.Loss {
			best = p
		}
		if p.Loss < start*(1+lrNoise) {
			steady = p
		}
	}
	if best.Loss < start*(1-lrNoise) {
		c.Suggested = best.LR / 10
	} else {
		c.Suggested = steady.LR / 10
	}
}

// rising is the schedule of the test.
type rising struct{}

func (rising) Factor(step int) float64 {
	return lowestLR * math.Pow(highestLR/lowestLR, float64(step)/(lrSteps-1))
}
func (rising) String() string { return "rising" }

// endless yields the batches of one epoch after another.
func (l *loop) endless() func(yield func(data.Batch) bool) {
	return func(yield func(data.Batch) bool) {
		for epoch := 0; ; epoch++ {
			for b := range l.task.batches(epoch) {
				if !yield(b) {
					return
				}
			}
		}
	}
}

func (c *LRCurve) save(dir string) error {
	f, err := openFolder(dir)
	if err != nil {
		return err
	}
	defer f.close()
	if err := atomicfile.Write(filepath.Join(dir, LRFile), c.writeCSV); err != nil {
		return err
	}
	return atomicfile.Write(filepath.Join(dir, LRPlotFile), c.writePlot)
}

func (c *LRCurve) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	out.Write([]string{"lr", "loss"}) // errors stay until Error
	for _, p := range c.Points {
		out.Write([]string{strconv.FormatFloat(p.LR, 'g', -1, 64), strconv.FormatFloat(p.Loss, 'g', -1, 64)})
	}
	out.Flush()
	return out.Error()
}

func (c *LRCurve) writePlot(w io.Writer) error {
	p := newPlot(fmt.Sprintf("learning rate: try %.1g", c.Suggested))
	p.X.Label.Text, p.Y.Label.Text = "learning rate", "loss (running mean)"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, decadeTicks{}
	points := make(plotter.XYs, len(c.Points))
	for i, at := range c.Points {
		points[i] = plotter.XY{X: at.LR, Y: at.Loss}
	}
	line, err := plotter.NewLine(points)
	if err != nil {
		return err
	}
	line.Width, line.Color = vg.Points(2), blue
	mark, err := plotter.NewLine(plotter.XYs{{X: c.Suggested, Y: 0}, {X: c.Suggested, Y: points[0].Y}})
	if err != nil {
		return err
	}
	mark.Color, mark.Dashes = orange, []vg.Length{vg.Points(4), vg.Points(3)}
	p.Add(line, mark)
	p.Legend.Add("loss", line)
	p.Legend.Add("suggested", mark)
	p.Y.Min = 0
	return writeSVG(w, p)
}
