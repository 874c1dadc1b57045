package paper

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

const hePaper = "He, Zhang, Ren, Sun 2015, Delving deep into rectifiers, arXiv:1502.01852, "

var (
	_ = register(Paper{
		Name: "he-start", Year: 2015,
		Title:  "22 and 30 layers of rectifiers, before training",
		Claim:  "A layer of rectifiers multiplies the mean square of the signal, and of the gradient on its way back, by n Var(w)/2. With the variance 2/n both stay as they are; with Xavier's, which is 1/n here, both are halved in every layer.",
		Source: hePaper + "section 2.2, equations 9 to 14",
		Setup:  "ReLU networks of width 256 and depth 22 and 30 on 32 samples of 256 standard normal numbers; the root mean square of the last hidden layer's activations over the first one's, and of the first one's gradients over the last one's, the mean squares averaged over 32 networks for each seed.",
		Rule:   "Xavier's ratio is within 15% of 2^(-(L-1)/2), He's from 0.4 to 2.5, up and down.",
		Run:    heStart{depths: []int{22, 30}, width: 256, samples: 32, nets: 32, near: 0.15}.run,
	})
	_ = register(Paper{
		Name: "he-training", Year: 2015,
		Title:  "30 layers of rectifiers, trained",
		Claim:  "A network of 30 layers that starts from Xavier's variance stalls, while with He's it learns; with few layers both learn.",
		Source: hePaper + "section 2.2, figures 2 and 3",
		Setup:  "ReLU networks of width 100 on Fashion-MNIST, SGD with learning rate 0.001 and momentum 0.9 in batches of 64 for 1,500 steps; the mean loss of the last 100 batches.",
		Rule:   "At depth 30 Xavier's loss is more than twice He's with every seed; at depth 5 the two are within 20% of each other on average.",
		Note:   "The paper's network, convolutions on ImageNet, stalls for good. This one, with momentum, is slow rather than stuck: some seeds are on their way after 1,500 steps.",
		Run: heTraining{
			setup: lab.Setup{
				Data: "fashion-mnist", Width: 100, Activation: "relu", Optimizer: "sgd", LR: 1e-3, Momentum: 0.9, Batch: 64, Steps: 1500,
			},
			deep: 30, shallow: 5, last: 100, apart: 2, near: 1.2,
		}.run,
	})
)

// heStarts are what the paper compares. Widths are equal here, so Xavier's variance is 1/n.
var heStarts = []struct {
	name, scheme string
	factor       float64 // of the mean square, from layer to layer
}{
	{"Xavier", "xavier-normal", 0.5},
	{"He", "kaiming-normal", 1},
}

// heStart is networks of rectifiers that are not trained.
type heStart struct {
	depths         []int
	width, samples int
	nets           int     // over which mean squares are averaged: those of a single one vary much
	near           float64 // how far Xavier's ratio may be from theory, as a share of it
}

// ratios are of mean squares: up is the last hidden layer's over the first one's, down the first one's over the last one's.
type ratios struct{ up, down float64 }

func (h heStart) run(ctx context.Context, c Config) (Outcome, error) {
	cells := len(h.depths) * len(heStarts)
	all, err := jobs(ctx, c, cells*c.Seeds*h.nets, func(k int) (ratios, error) {
		cell := k / h.nets / c.Seeds
		return h.measure(heStarts[cell%len(heStarts)].scheme, h.depths[cell/len(heStarts)], uint64(k%(h.nets*c.Seeds)+1))
	})
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	for cell := range cells {
		depth, start := h.depths[cell/len(heStarts)], heStarts[cell%len(heStarts)]
		theory := math.Pow(start.factor, float64(depth-1)/2)
		limits := within(1-h.near, 1+h.near)
		over := fmt.Sprintf(" / 2^(-%d/2)", depth-1)
		if start.factor == 1 {
			limits, over = within(0.4, 2.5), ""
		}
		for _, way := range []struct {
			name string
			of   func(r ratios) float64
		}{
			{"activations, last / first", func(r ratios) float64 { return r.up }},
			{"gradients, first / last", func(r ratios) float64 { return r.down }},
		} {
			row := Row{Label: fmt.Sprintf("%s, depth %d, %s%s", start.name, depth, way.name, over), Limits: limits}
			for seed := range c.Seeds {
				own := all[(cell*c.Seeds+seed)*h.nets:][:h.nets]
				row.Values = append(row.Values, math.Sqrt(stat.Mean(values(own, way.of), nil))/theory)
			}
			o.Rows = append(o.Rows, row)
		}
	}
	return o, nil
}

// measure draws one network.
func (h heStart) measure(scheme string, depth int, seed uint64) (ratios, error) {
	start, err := initializer.Parse(scheme)
	if err != nil {
		return ratios{}, err
	}
	const classes = 10
	s := nn.NewStore(seed, start)
	var widths []int
	for range depth + 1 {
		widths = append(widths, h.width)
	}
	m := nn.NewMLP(s.Root(), append(widths, classes)...)
	x, y := gaussian(s.Rand("samples"), h.samples, h.width, classes)
	hidden := lab.Measure(s, m, x, y).Of("relu")
	first, last := hidden[0], hidden[depth-1]
	return ratios{
		up:   last.Activation.SecondMoment / first.Activation.SecondMoment,
		down: first.Gradient.SecondMoment / last.Gradient.SecondMoment,
	}, nil
}

// heTraining trains a deep and a shallow network from both starts.
type heTraining struct {
	setup         lab.Setup // but for depth, scheme and seed
	deep, shallow int       // hidden layers
	last          int       // steps whose losses are averaged
	apart         float64   // Xavier's loss over He's is more than this when deep
	near          float64   // and no farther from 1 when shallow
}

func (h heTraining) run(ctx context.Context, c Config) (Outcome, error) {
	train, test, err := lab.Open(h.setup.Data)
	if err != nil {
		return Outcome{}, err
	}
	depths := []int{h.deep, h.shallow}
	cells := len(depths) * len(heStarts)
	losses, err := jobs(ctx, c, cells*c.Seeds, func(k int) (float64, error) {
		s, cell := h.setup, k%cells // a seed's networks one after another: deep and shallow ones take turns
		s.Depth, s.Scheme, s.Seed = depths[cell/len(heStarts)], heStarts[cell%len(heStarts)].scheme, uint64(k/cells+1)
		e, err := lab.NewOn(s, train, test)
		if err != nil {
			return 0, err
		}
		sum := 0.0
		for step := range s.Steps {
			if err := ctx.Err(); err != nil {
				return 0, err
			}
			if loss := e.Step(); step >= s.Steps-h.last {
				sum += loss
			}
		}
		return sum / float64(h.last), nil
	})
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	for d, limits := range []*Limits{above(h.apart).everySeed(), within(1/h.near, h.near)} {
		var of [2][]float64
		var over []float64
		for seed := range c.Seeds {
			own := losses[seed*cells+d*len(heStarts):]
			for i := range of {
				of[i] = append(of[i], own[i])
			}
			over = append(over, own[0]/own[1])
		}
		for i, start := range heStarts {
			o.Rows = append(o.Rows, Row{Label: fmt.Sprintf("depth %d, loss, %s", depths[d], start.name), Values: of[i]})
		}
		o.Rows = append(o.Rows, Row{Label: fmt.Sprintf("depth %d, loss, Xavier / He", depths[d]), Values: over, Limits: limits})
	}
	return o, nil
}
