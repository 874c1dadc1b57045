package paper

import (
	"context"
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/lab/figure"
	"github.com/heft-ml/heft/models"
	"github.com/heft-ml/heft/nn"
)

var _ = register(Paper{
	Name: "gpt2-residual", Year: 2019,
	Title:  "GPT-2's scale of residual weights",
	Claim:  "Every layer adds to the residual stream, so that it grows with the depth of the model. Weights that write into it, scaled at initialization by 1/√N for N residual branches, make up for that.",
	Source: "Radford, Wu, Child, Luan, Amodei, Sutskever 2019, Language models are unsupervised multitask learners, section 2.3",
	Setup:  "GPTs of 2, 3, 4, 6, 8, 12, 16, 24, 32 and 48 blocks of width 128 with 4 heads, at initialization with N(0, 0.02²), on 4 texts of 32 tokens at random; σ is the standard deviation of what leaves the last block.",
	Rule:   "The slope of log σ over the logarithm of the blocks is within 0.1 of 1/2 without the scale, and within 0.1 of 0 with it.",
	Note:   "Without the scale the slope is a little above 1/2: the deeper, the more alike are the tokens of a text, and the larger the averages over them, which is what attention takes at initialization.",
	Run:    gptResidual{depths: []int{2, 3, 4, 6, 8, 12, 16, 24, 32, 48}, width: 128, heads: 4}.run,
})

// gptResidual is GPTs of several depths that are not trained.
type gptResidual struct {
	depths       []int // in blocks, of two residual branches each
	width, heads int
}

// What the GPTs read.
const (
	residualTexts, residualTokens = 4, 32
	residualVocabulary            = 256
)

func (g gptResidual) run(ctx context.Context, c Config) (Outcome, error) {
	starts := []struct {
		name   string
		scheme initializer.Scheme
		limits *Limits
	}{
		{"without the scale", initializer.Normal(0, 0.02), within(0.4, 0.6)},
		{"with it", initializer.GPT2(0.02), within(-0.1, 0.1)},
	}
	var depths []float64
	for _, d := range g.depths {
		depths = append(depths, float64(d))
	}
	ends, err := jobs(ctx, c, len(starts)*c.Seeds, func(k int) (sigma []float64, err error) {
		for _, depth := range g.depths {
			stream := g.stream(starts[k/c.Seeds].scheme, depth, uint64(k%c.Seeds+1))
			sigma = append(sigma, stream[depth-1])
		}
		return sigma, ctx.Err()
	})
	if err != nil {
		return Outcome{}, err
	}
	var o Outcome
	lines := figure.Lines{X: figure.Axis{Label: "blocks", Whole: true}, Y: figure.Axis{Label: "σ of the residual stream"}}
	for i, start := range starts {
		own := ends[i*c.Seeds : (i+1)*c.Seeds]
		for _, at := range []int{0, len(g.depths) - 1} {
			label := fmt.Sprintf("σ after %d blocks, %s", g.depths[at], start.name)
			o.Rows = append(o.Rows, Row{Label: label, Values: values(own, func(sigma []float64) float64 { return sigma[at] })})
		}
		slopes := values(own, func(sigma []float64) float64 { return exponent(depths, sigma) })
		o.Rows = append(o.Rows, Row{Label: "slope of log σ, " + start.name, Values: slopes, Limits: start.limits})
		lines.Series = append(lines.Series, banded(start.name, i, depths, own))
	}
	o.Picture = &Picture{
		Title:  "How the residual stream of a GPT grows with its depth",
		Detail: "Standard deviation of the residual stream after the last block over the number of blocks, at initialization without and with the scale 1/√N: mean and range of the seeds.",
		figure: lines,
	}
	return o, nil
}

// stream returns the standard deviation of the residual stream after each block of a GPT.
func (g gptResidual) stream(scheme initializer.Scheme, depth int, seed uint64) (stds []float64) {
	s := nn.NewStore(seed, scheme)
	config := models.NewGPTConfig()
	config.Vocabulary, config.Positions = residualVocabulary, residualTokens
	config.Width, config.Heads, config.Layers = g.width, g.heads, depth
	m := models.NewGPT(s.Root(), config)
	ids, r := make([]int32, residualTexts*residualTokens), s.Rand("ids")
	for i := range ids {
		ids[i] = int32(r.IntN(residualVocabulary))
	}
	p := nn.NewPass(s, nn.Inference)
	x := m.Positions.Forward(p, m.Tokens.Forward(p, autograd.LabelsOf(ids, residualTexts, residualTokens)))
	for _, b := range m.Blocks {
		x = b.Forward(p, x)
		stds = append(stds, lab.StatsOf(x.Data(), 1).Std)
	}
	return stds
}

// exponent returns the e of y ~ x^e: the slope of a line of least squares through the logarithms.
func exponent(x, y []float64) float64 {
	logs := func(v []float64) (l []float64) {
		for _, one := range v {
			l = append(l, math.Log(one))
		}
		return l
	}
	_, slope := stat.LinearRegression(logs(x), logs(y), nil, false)
	return slope
}
