package paper

import (
	"context"
	"fmt"
	"math"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

var _ = register(Paper{
	Name: "mup-coordinates", Year: 2022,
	Title:  "The coordinate check",
	Claim:  "In the maximal update parametrization the numbers that each layer returns are, after every step, of the same size at every width; in the standard one they grow with the width.",
	Source: mupSource + ", appendix D.1; README of microsoft/mup",
	Setup:  "a perceptron of 3 hidden ReLU layers on 64 digits and a GPT of 2 blocks with heads of 16 numbers on 4 texts of 16 tokens at random, of widths 64, 128, 256, 512 and 1024; 5 steps of Adam on the same batch, rate 0.004; heads and queries start at 0, as the authors recommend; after each step the mean absolute value of what every layer returns, averaged over 4 networks for each seed, and the slope of its logarithm over that of the width.",
	Rule:   "The slope whose mean over the seeds is the steepest, of all layers and steps, is within 0.1 of 0 in muP, and above 0.3 in the standard parametrization.",
	Run:    mupCoordinates{widths: []int{64, 128, 256, 512, 1024}, steps: 5, rate: 0.004, nets: 4}.run,
})

// mupCoordinates looks at the numbers in networks of several widths.
type mupCoordinates struct {
	widths []int
	steps  int
	rate   float64
	nets   int // over which sizes are averaged: outputs of narrow ones vary
}

// learner is a network of some width that is to learn a batch by heart.
type learner struct {
	name    string
	declare func(s *nn.Store, width int) (loss func(p *nn.Pass) *nn.Tensor)
}

func (m mupCoordinates) run(ctx context.Context, c Config) (Outcome, error) {
	digits, _, err := lab.Open("digits")
	if err != nil {
		return Outcome{}, err
	}
	x, y := digits.X.Slice(0, 0, mupBatch).Flatten(1), autograd.LabelsOf(digits.Y.Data[:mupBatch])
	learners := []learner{
		{"perceptron", func(s *nn.Store, width int) func(p *nn.Pass) *nn.Tensor {
			net := newMupNet(s, digits, width)
			return func(p *nn.Pass) *nn.Tensor { return net.Forward(p, p.Input(x)).CrossEntropy(y) }
		}},
		{"GPT", learningGPT},
	}
	cells := len(parametrizations) * len(learners)
	seen, err := jobs(ctx, c, cells*c.Seeds, func(k int) ([]coordinate, error) {
		cell := k / c.Seeds
		return m.slopes(ctx, learners[cell%len(learners)], parametrizations[cell/len(learners)].base, k%c.Seeds+1)
	})
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	for cell := range cells {
		r := steepest(seen[cell*c.Seeds : (cell+1)*c.Seeds])
		p := parametrizations[cell/len(learners)].name
		r.Label = fmt.Sprintf("%s, %s, steepest slope (%s)", p, learners[cell%len(learners)].name, r.Label)
		r.Limits = above(0.3)
		if p == mupName {
			r.Limits = within(-0.1, 0.1)
		}
		o.Rows = append(o.Rows, r)
	}
	return o, nil
}

// coordinate is a layer after a step.
type coordinate struct {
	layer string
	step  int
	sizes []float64 // mean absolute value, by width
	slope float64
}

// slopes returns that of every layer after every step, for one seed: in the same order for each.
func (m mupCoordinates) slopes(ctx context.Context, l learner, base func(width int) int, seed int) (seen []coordinate, err error) {
	var widths []float64
	for i, width := range m.widths {
		widths = append(widths, float64(width))
		for net := range m.nets {
			s := nn.NewStore(uint64((seed-1)*m.nets+net+1), parametrized(base(width)))
			at := 0
			err := m.learn(ctx, s, l.declare(s, width), func(layer string, step int, size float64) {
				if at == len(seen) {
					seen = append(seen, coordinate{layer: layer, step: step, sizes: make([]float64, len(m.widths))})
				}
				seen[at].sizes[i] += size / float64(m.nets)
				at++
			})
			if err != nil {
				return nil, err
			}
		}
	}
	for i := range seen {
		seen[i].slope = exponent(widths, seen[i].sizes)
	}
	return seen, nil
}

// learn trains a network and tells of every layer after every step how large the numbers are that it returns.
func (m mupCoordinates) learn(ctx context.Context, s *nn.Store, loss func(p *nn.Pass) *nn.Tensor, tell func(layer string, step int, size float64)) error {
	opt := optim.NewAdam(s, m.rate)
	p := nn.NewPass(s, nn.Training)
	opt.Step(p.Backward(loss(p)))
	p.Probe = lab.Upward(func(m nn.Module, y *nn.Tensor) { tell(m.Path(), s.Step(), lab.StatsOf(y.Data(), 1).MeanAbs) })
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		p.Reset()
		now := loss(p)
		if s.Step() == m.steps {
			return nil
		}
		opt.Step(p.Backward(now))
	}
}

// steepest returns the row of the layer and the step whose mean slope is the largest, up or down. seen is by seed.
func steepest(seen [][]coordinate) (most Row) {
	for i, one := range seen[0] {
		r := Row{Label: fmt.Sprintf("layer %s after step %d", one.layer, one.step)}
		r.Values = values(seen, func(of []coordinate) float64 { return of[i].slope })
		if most.Values == nil || math.Abs(r.Mean()) > math.Abs(most.Mean()) || math.IsNaN(r.Mean()) {
			most = r
		}
	}
	return most
}

// learningGPT declares a GPT that is to learn what token follows which, at random. Its heads are of one width, so that
// products of queries and keys need no factor of their own.
func learningGPT(s *nn.Store, width int) func(p *nn.Pass) *nn.Tensor {
	const texts, tokens, vocabulary = 4, 16, 64
	config := models.NewGPTConfig()
	config.Vocabulary, config.Positions, config.Tied = vocabulary, tokens, false
	config.Width, config.Heads, config.Layers = width, width/16, 2
	config.ResidDrop, config.EmbdDrop, config.AttnDrop = 0, 0, 0
	m := models.NewGPT(s.Root(), config)
	r := s.Rand("text")
	ids := func() autograd.Labels {
		all := make([]int32, texts*tokens)
		for i := range all {
			all[i] = int32(r.IntN(vocabulary))
		}
		return autograd.LabelsOf(all, texts, tokens)
	}
	in, next := ids(), ids()
	return func(p *nn.Pass) *nn.Tensor { return m.Forward(p, in).CrossEntropy(next) }
}
