package paper

import (
	"context"
	"fmt"
	"math/rand/v2"

	"gonum.org/v1/gonum/stat"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

var _ = register(Paper{
	Name: "glorot-table", Year: 2010,
	Title:  "Glorot and Bengio's test errors on Shapeset",
	Claim:  "On images of geometric figures a deep tanh network with the normalized initialization ends with far fewer errors than with the standard one: 15.60% against 27.15%.",
	Source: glorotPaper + "table 1, Tanh N and Tanh on Shapeset",
	Setup:  "5 hidden layers of 100 tanh units on figures drawn without end, SGD in batches of 10 for 10,000 steps; the learning rate of each initialization is the best of 0.003, 0.01, 0.03 and 0.1 by the mean error over all seeds on 2,000 other images; 5,000 more to test with.",
	Rule:   "The mean error of the standard initialization is the higher one.",
	Note:   "The paper's networks are ten times as wide and see far more images: errors here are those of the beginning of such a training.",
	Run: glorotTable{
		layers: 5, width: 100, batch: 10, steps: 10_000, rates: []float64{0.003, 0.01, 0.03, 0.1}, validation: 2000, test: 5000,
	}.run,
})

// glorotTable trains tanh networks on images of figures, each initialization with its best learning rate.
type glorotTable struct {
	layers, width, batch, steps int
	rates                       []float64 // to choose from
	validation, test            int       // images
}

// glorotStarts are the initializations that the paper compares. The standard one is U(-1/√n_in, 1/√n_in) with biases at 0:
// PyTorch's but for the biases.
var glorotStarts = []struct {
	name   string
	scheme initializer.Scheme
}{
	{"standard", initializer.Override(initializer.PyTorchDefault(), initializer.Rule{Pattern: "*.bias", Scheme: initializer.Zeros()})},
	{"normalized", initializer.XavierUniform()},
}

// percentWrong are shares of images that are put in the wrong class.
type percentWrong struct{ validation, test float64 }

func (g glorotTable) run(ctx context.Context, c Config) (Outcome, error) {
	validation, test := shapes(g.validation, shapeStream(0, 1)), shapes(g.test, shapeStream(0, 2))
	trained, err := jobs(ctx, c, len(glorotStarts)*len(g.rates)*c.Seeds, func(k int) (percentWrong, error) {
		cell, seed := k/c.Seeds, uint64(k%c.Seeds+1)
		s := nn.NewStore(seed, glorotStarts[cell/len(g.rates)].scheme)
		m, err := g.train(ctx, s, g.rates[cell%len(g.rates)])
		if err != nil {
			return percentWrong{}, err
		}
		wrong := func(b data.Batch) float64 { return 100 * (1 - nn.Accuracy(s, m, b.X, b.Y)) }
		return percentWrong{wrong(validation), wrong(test)}, nil
	})
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	more := make([]float64, c.Seeds)
	for i, start := range glorotStarts {
		rate, tested := g.best(trained[i*len(g.rates)*c.Seeds:], c.Seeds)
		label := fmt.Sprintf("test error in %%, %s (rate %v)", start.name, rate)
		o.Rows = append(o.Rows, Row{Label: label, Values: tested})
		for seed, e := range tested {
			more[seed] += float64(1-2*i) * e
		}
	}
	o.Rows = append(o.Rows, Row{Label: "standard less normalized, in points", Values: more, Limits: above(0)})
	return o, nil
}

// best returns the rate of the least mean error in validation, and its seeds' errors in test. trained begins with those of
// the first rate, by seed.
func (g glorotTable) best(trained []percentWrong, seeds int) (rate float64, tested []float64) {
	var least float64
	for i, r := range g.rates {
		own := trained[i*seeds : (i+1)*seeds]
		mean := stat.Mean(values(own, func(e percentWrong) float64 { return e.validation }), nil)
		if i == 0 || mean < least {
			least, rate = mean, r
			tested = values(own, func(e percentWrong) float64 { return e.test })
		}
	}
	return rate, tested
}

// train declares a network and trains it on images that no other seed sees.
func (g glorotTable) train(ctx context.Context, s *nn.Store, rate float64) (*nn.MLP, error) {
	widths := []int{shapePixels}
	for range g.layers {
		widths = append(widths, g.width)
	}
	m := nn.NewMLPOf(s.Root(), nn.MLPConfig{Widths: append(widths, len(shapeClasses)), Activation: "tanh"})
	opt := optim.NewSGD(s, rate)
	p := nn.NewPass(s, nn.Training)
	r := shapeStream(s.Seed(), 0)
	for range g.steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b := shapes(g.batch, r)
		p.Reset()
		opt.Step(p.Backward(m.Forward(p, p.Input(b.X)).CrossEntropy(b.Y)))
	}
	return m, nil
}

// shapeStream is that of the images of a seed, for a part of the data.
func shapeStream(seed, part uint64) *rand.Rand { return rand.New(rand.NewPCG(seed, part)) }
