package paper

import (
	"context"
	"fmt"
	"math"

	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

var _ = register(Paper{
	Name: "glorot-sigmoid", Year: 2010,
	Title:  "The last layer of a deep sigmoid network saturates",
	Claim:  "Very soon after training begins, all sigmoid units of the last hidden layer are pushed to their lower end, 0. The layers below have means about and above the middle, higher from layer to layer. The network stays there for long, and gets away slowly.",
	Source: glorotPaper + "section 3.1, figure 2",
	Setup:  "4 hidden layers of 200 sigmoid units from the standard initialization, on images of one or two geometric figures in 9 classes that are drawn without end, SGD with learning rate 1 in batches of 10 for 3,000 steps; every 50 steps the mean of what each hidden layer returns for 100 other images.",
	Rule:   "With every seed the last hidden layer has a mean above 0.4 at the start and then one below 0.02; when it is lowest, the layers below have means from 0.4 to 0.9 that rise from layer to layer. In the end the last layer's mean is more than twice that lowest one on average.",
	Run: glorotSigmoid{
		depth: 4, width: 200, batch: 10, steps: 3000, every: 50, rate: 1, probe: 100, lowest: below(0.02), escape: above(2),
	}.run,
})

// glorotSigmoid trains sigmoid networks on images of figures and watches their hidden layers.
type glorotSigmoid struct {
	depth, width, batch int
	steps, every        int // all, and from look to look
	rate                float64
	probe               int // images to look with
	lowest, escape      *Limits
}

// sigmoidRun is what was seen of a network: means of what each hidden layer returns for the probe.
type sigmoidRun struct {
	start, lowest, end []float64 // lowest is when the last layer's is
	step               float64   // of lowest
}

func (g glorotSigmoid) run(ctx context.Context, c Config) (Outcome, error) {
	seen, err := forSeeds(ctx, c, func(seed uint64) (sigmoidRun, error) { return g.watch(ctx, seed) })
	if err != nil {
		return Outcome{}, err
	}
	top := g.depth - 1
	var o Outcome
	row := func(label string, limits *Limits, of func(r sigmoidRun) float64) {
		o.Rows = append(o.Rows, Row{Label: label, Values: values(seen, of), Limits: limits})
	}
	row("last layer, mean at the start", above(0.4).everySeed(), func(r sigmoidRun) float64 { return r.start[top] })
	row("last layer, lowest mean", g.lowest.everySeed(), func(r sigmoidRun) float64 { return r.lowest[top] })
	row("step of that moment", nil, func(r sigmoidRun) float64 { return r.step })
	for layer := range top {
		label := fmt.Sprintf("layer %d, mean at that moment", layer+1)
		row(label, within(0.4, 0.9).everySeed(), func(r sigmoidRun) float64 { return r.lowest[layer] })
		if layer > 0 {
			label = fmt.Sprintf("layer %d less layer %d", layer+1, layer)
			row(label, above(0).everySeed(), func(r sigmoidRun) float64 { return r.lowest[layer] - r.lowest[layer-1] })
		}
	}
	row("last layer, mean in the end / lowest", g.escape, func(r sigmoidRun) float64 { return r.end[top] / r.lowest[top] })
	return o, nil
}

// watch trains one network.
func (g glorotSigmoid) watch(ctx context.Context, seed uint64) (sigmoidRun, error) {
	widths := []int{shapePixels}
	for range g.depth {
		widths = append(widths, g.width)
	}
	s := nn.NewStore(seed, glorotStarts[0].scheme)
	m := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: append(widths, len(shapeClasses)), Activation: "sigmoid"})
	opt := optim.NewSGD(s, g.rate)
	p := nn.NewPass(s, nn.Training)
	probe, images := shapes(g.probe, shapeStream(seed, 1)), shapeStream(seed, 0)
	var r sigmoidRun
	least := math.Inf(1)
	for step := 0; ; step++ {
		if err := ctx.Err(); err != nil {
			return r, err
		}
		if step%g.every == 0 {
			hidden := lab.Measure(s, m, probe.X, probe.Y).Of("sigmoid")
			means := values(hidden, func(l lab.Layer) float64 { return l.Activation.Mean })
			if step == 0 {
				r.start = means
			}
			if last := means[g.depth-1]; last < least {
				least, r.lowest, r.step = last, means, float64(step)
			}
			r.end = means
		}
		if step == g.steps {
			return r, nil
		}
		b := shapes(g.batch, images)
		p.Reset()
		opt.Step(p.Backward(m.Forward(p, p.Input(b.X)).CrossEntropy(b.Y)))
	}
}
