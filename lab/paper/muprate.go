package paper

import (
	"context"
	"fmt"
	"math"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

var _ = register(Paper{
	Name: "mup-rate", Year: 2022,
	Title:  "The best learning rate at every width",
	Claim:  "In the standard parametrization the best learning rate of Adam falls as a network gets wider; in the maximal update parametrization, muP, it stays, so that it can be tuned on a narrow network.",
	Source: mupSource + ", figures 1 and 3",
	Setup:  "3 hidden layers of 64, 128, 256, 512 and 1024 ReLU units and a head that starts at 0, on the digits, 100 steps of Adam in batches of 64 with each rate from 2⁻¹¹ to 2⁻⁵ in octaves; the best one has the least mean loss over the last 50 steps.",
	Rule:   "On average over the seeds, the best rate of each width is within half an octave of that of width 64 in muP, so that the mean is nearest to the same rate of the grid; that of width 1024 is lower by two octaves or more in the standard parametrization.",
	Note:   "The mean losses, in the picture, put the best rate of width 1024 three octaves below that of width 64 in the standard parametrization. The interval is wide because one seed's wide network does best, by chance, at the rate of the narrow one.",
	Run:    mupRate{widths: []int{64, 128, 256, 512, 1024}, steps: 100, least: -11, most: -5}.run,
})

// mupRate trains perceptrons of several widths with several rates.
type mupRate struct {
	widths      []int // the first is the base
	steps       int
	least, most int // powers of two
}

const (
	mupLayers = 3 // hidden ones
	mupBatch  = 64
	mupLast   = 50 // steps whose losses are averaged
)

func (m mupRate) run(ctx context.Context, c Config) (Outcome, error) {
	digits, _, err := lab.Open("digits")
	if err != nil {
		return Outcome{}, err
	}
	cells := len(parametrizations) * len(m.widths)
	curves, err := jobs(ctx, c, cells*c.Seeds, func(k int) ([]float64, error) {
		cell := k / c.Seeds
		width := m.widths[cell%len(m.widths)]
		var losses []float64
		for power := m.least; power <= m.most; power++ {
			s := nn.NewStore(uint64(k%c.Seeds+1), parametrized(parametrizations[cell/len(m.widths)].base(width)))
			loss, err := trainMup(ctx, s, width, digits, m.steps, math.Ldexp(1, power))
			if err != nil {
				return nil, err
			}
			losses = append(losses, loss)
		}
		return losses, nil
	})
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	var drawn []figure.Lines
	for i, p := range parametrizations {
		own := curves[i*len(m.widths)*c.Seeds : (i+1)*len(m.widths)*c.Seeds]
		o.Rows = append(o.Rows, m.rows(p.name, own, c.Seeds)...)
		drawn = append(drawn, m.lines(own, c.Seeds))
	}
	var panels figure.Panels
	for i, l := range onOneScale(drawn) {
		panels = append(panels, figure.Panel{Title: parametrizations[i].name, Figure: l})
	}
	o.Picture = &Picture{
		Title:  "Loss at every learning rate, from narrow to wide",
		Detail: "Mean training loss over the base-2 logarithm of the learning rate, a line for each width; on the left in the standard parametrization, on the right in muP.",
		figure: panels,
	}
	return o, nil
}

// rows are about one parametrization: the best rate at the base, how far that of each other width is from it, and what the
// widest network makes of the base's. curves are by width and by seed.
func (m mupRate) rows(name string, curves [][]float64, seeds int) []Row {
	best := values(curves, func(losses []float64) float64 { return float64(m.least + lowest(losses)) })
	rows := []Row{{Label: fmt.Sprintf("%s, log₂ of the best rate at width %d", name, m.widths[0]), Values: best[:seeds]}}
	last := len(m.widths) - 1
	for w := 1; w <= last; w++ {
		r := Row{Label: fmt.Sprintf("%s, octaves from there to width %d", name, m.widths[w])}
		for seed, rate := range best[w*seeds : (w+1)*seeds] {
			r.Values = append(r.Values, rate-best[seed])
		}
		switch {
		case name == mupName:
			r.Limits = within(-0.5, 0.5)
		case w == last:
			r.Limits = within(math.Inf(-1), -2)
		}
		rows = append(rows, r)
	}
	wide := Row{Label: fmt.Sprintf("%s, loss with the best rate of width %d, width %d / %d", name, m.widths[0], m.widths[last], m.widths[0])}
	for seed := range seeds {
		at := lowest(curves[seed])
		wide.Values = append(wide.Values, curves[last*seeds+seed][at]/curves[seed][at])
	}
	return append(rows, wide)
}

// lines draws the mean losses of each width.
func (m mupRate) lines(curves [][]float64, seeds int) figure.Lines {
	var powers []float64
	for power := m.least; power <= m.most; power++ {
		powers = append(powers, float64(power))
	}
	l := figure.Lines{X: figure.Axis{Label: "log₂ of the learning rate", Whole: true}, Y: figure.Axis{Label: "loss", Log: true}}
	for w, width := range m.widths {
		s := banded(fmt.Sprint(width), w, powers, curves[w*seeds:(w+1)*seeds])
		s.Lo, s.Hi = nil, nil // bands of so many lines hide each other
		l.Series = append(l.Series, s)
	}
	return l
}

// lowest returns where the least loss is. One that is not a number is the highest.
func lowest(losses []float64) int {
	at := 0
	for i, l := range losses {
		if l < losses[at] || math.IsNaN(losses[at]) {
			at = i
		}
	}
	return at
}

// newMupNet declares the perceptron whose width is varied.
func newMupNet(s *nn.Store, set *data.Set, width int) *nn.MLP {
	widths := []int{set.Features()}
	for range mupLayers {
		widths = append(widths, width)
	}
	return nn.NewMLP(s.Root(), append(widths, len(set.Classes))...)
}

// trainMup trains one with Adam and returns the mean loss of the last batches.
func trainMup(ctx context.Context, s *nn.Store, width int, set *data.Set, steps int, rate float64) (float64, error) {
	m, p := newMupNet(s, set, width), nn.NewPass(s, nn.Training)
	opt := optim.NewAdam(s, rate)
	sum, last := 0.0, min(mupLast, steps)
	for epoch := 0; s.Step() < steps; epoch++ {
		for b := range set.Batches(mupBatch, s.Rand("batches", epoch)) {
			if s.Step() == steps {
				break
			}
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			p.Reset()
			loss := m.Forward(p, p.Input(b.X.Flatten(1))).CrossEntropy(b.Y)
			if s.Step() >= steps-last {
				sum += float64(loss.Item())
			}
			opt.Step(p.Backward(loss))
		}
	}
	return sum / float64(last), nil
}
