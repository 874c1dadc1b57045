package lab

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/nn"
)

// Format is how the numbers of a training are kept.
type Format struct {
	Name   string
	DType  dtype.DType // of weights, activations and gradients
	Scaled bool        // the loss is multiplied by a factor before going back, and gradients divided by it afterwards
	Master bool        // weights have a copy in float32, which takes the updates; their rounded values compute
}

// Formats returns the ways that a precision study compares: float32, bfloat16 and half precision, which is then given what
// mixed-precision training has against its limits (Micikevicius et al. 2018, arXiv:1710.03740): loss scaling, and weights in
// float32.
func Formats() []Format {
	return []Format{
		{Name: "fp32", DType: dtype.F32},
		{Name: "bf16", DType: dtype.BF16},
		{Name: "fp16", DType: dtype.F16},
		{Name: "fp16, loss scaled", DType: dtype.F16, Scaled: true},
		{Name: "fp16, loss scaled, fp32 weights", DType: dtype.F16, Scaled: true, Master: true},
	}
}

// Dynamic loss scaling, with the numbers of PyTorch's torch.amp.GradScaler.
const (
	firstScale   = 1 << 16
	scaleGrowth  = 2    // after so many steps without an overflow:
	scalePatient = 2000 //
	scaleBackoff = 0.5  // after an overflow, whose step is left out
)

// Precision trains one network with its weights, activations and gradients rounded to each of the formats, over several seeds.
type Precision struct {
	Setup Setup // of every run, but for its seed, which counts from the setup's
	Seeds int
}

// DefaultPrecision is the network of 'heft lab init', with Kaiming's start, trained half as long.
func DefaultPrecision() Precision {
	p := Precision{Setup: Default(), Seeds: 3}
	p.Setup.Steps = 1000
	return p
}

// Check returns an error that names the first field that cannot be used.
func (p Precision) Check() error {
	if p.Setup.Residual != "" {
		return fmt.Errorf("residual is %q, but numbers are rounded in plain networks alone: leave it empty", p.Setup.Residual)
	}
	return Study{Setup: p.Setup, Cases: []Case{{p.Setup.Scheme, p.Setup.Scheme}}, Seeds: p.Seeds}.Check()
}

// Command returns the command that makes the study again.
func (p Precision) Command() string {
	d, line := DefaultPrecision(), commandLine{"heft lab precision"}
	line.setup(p.Setup, d.Setup, "scheme", p.Setup.Scheme, p.Setup.Scheme != d.Setup.Scheme)
	line.flag("seeds", strconv.Itoa(p.Seeds), p.Seeds != d.Seeds)
	return line.String()
}

// PrecisionFindings is what came of a precision study.
type PrecisionFindings struct {
	Precision
	Train    *data.Set
	Guessing float64          // the loss of a network that knows nothing
	Runs     [][]PrecisionRun // by format, in the order of Formats, and by seed
}

// PrecisionRun is one training. Tallies are of all its steps together.
type PrecisionRun struct {
	Format      Format
	Curve       []Point
	Accuracy    float64 // of the test part, in the end
	Activations Tally   // with the inputs
	Gradients   Tally   // with respect to what layers return, times the scale of the loss
	Weights     Tally   // as they are stored after each step
	WeightGrads Tally   // times the scale of the loss
	Updates     int     // of single weights, whose gradient was not 0
	Lost        int     // of these, left no trace: less than half of the distance to the next number
	Left        int     // steps that were left out because a scaled gradient overflowed
	Dead        int     // looked-at step from which on a layer below the outputs returns 0 for every sample, or -1
	Scale       float64 // of the loss, in the end; 1 without scaling
}

// Final returns the loss in the end.
func (r PrecisionRun) Final() float64 { return r.Curve[len(r.Curve)-1].Loss }

// Run trains in every format with every seed, jobs of them at once, and tells progress how many of all steps are done.
// Findings do not depend on jobs. The errors are those of [New], and ctx's when it ends.
func (p Precision) Run(ctx context.Context, jobs int, progress func(done, total int)) (*PrecisionFindings, error) {
	if err := p.Check(); err != nil {
		return nil, err
	}
	train, test, err := Open(p.Setup.Data)
	if err != nil {
		return nil, err
	}
	formats := Formats()
	f := &PrecisionFindings{Precision: p, Train: train, Guessing: guessing(train), Runs: make([][]PrecisionRun, len(formats))}
	for i := range f.Runs {
		f.Runs[i] = make([]PrecisionRun, p.Seeds)
	}
	count := counter{total: len(formats) * p.Seeds * p.Setup.Steps, progress: progress}
	err = Each(ctx, len(formats)*p.Seeds, jobs, func(k int) (err error) {
		i, seed := k%len(formats), k/len(formats)
		s := p.Setup
		s.Seed += uint64(seed)
		f.Runs[i][seed], err = trainIn(ctx, formats[i], s, train, test, &count)
		return err
	}, nil)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// rounded is a network in training whose numbers are kept in a format.
type rounded struct {
	*Experiment
	run    PrecisionRun
	by     rounder
	master [][]float32 // by parameter, or nil
	good   int         // steps since the scale changed
	silent []bool      // by layer: see roundedLayer
}

func newRounded(f Format, s Setup, train, test *data.Set) (*rounded, error) {
	e, err := NewOn(s, train, test)
	if err != nil {
		return nil, err
	}
	r := &rounded{Experiment: e, run: PrecisionRun{Format: f, Scale: 1}, by: rounder{to: f.DType}}
	r.run.Dead = -1
	if f.Scaled {
		r.run.Scale = firstScale
	}
	layers := e.Model.(*nn.MLP).Layers
	r.silent = make([]bool, len(layers))
	for i, l := range layers {
		layers[i] = roundedLayer{l, &r.by, i == 0, &r.run.Activations, &r.run.Gradients, &r.silent[i]}
	}
	for _, p := range e.Store.Params() {
		if f.Master {
			r.master = append(r.master, slices.Clone(p.Data))
		}
		r.by.round(p.Data, &r.run.Weights)
	}
	return r, nil
}

// step trains on the next batch.
func (r *rounded) step() {
	r.by.counting = true
	r.by.broken = slices.ContainsFunc(r.Store.Params(), func(p *nn.Param) bool { return !finite(p.Data) })
	defer func() { r.by.counting = false }()
	b := r.next()
	r.pass.Reset()
	loss := r.Model.Forward(r.pass, r.pass.Input(flat(b.X))).CrossEntropy(b.Y)
	grads := r.pass.Backward(loss.MulScalar(float32(r.run.Scale)))
	overflow := false
	for _, p := range r.Store.Params() {
		g := grads.Of(p)
		r.by.round(g, &r.run.WeightGrads)
		overflow = overflow || !finite(g)
	}
	if r.run.Format.Scaled {
		if overflow {
			r.run.Left++
			r.run.Scale, r.good = r.run.Scale*scaleBackoff, 0
			return
		}
		grads.Scale(float32(1 / r.run.Scale))
	}
	before := make([][]float32, len(r.Store.Params()))
	gradient := make([][]float32, len(before))
	for i, p := range r.Store.Params() {
		if r.master != nil {
			copy(p.Data, r.master[i])
		}
		before[i], gradient[i] = slices.Clone(p.Data), slices.Clone(grads.Of(p))
	}
	r.Optimizer.Step(grads)
	for i, p := range r.Store.Params() {
		kept := p.Data
		if r.master != nil {
			copy(r.master[i], p.Data)
			kept = r.master[i]
		}
		r.by.round(p.Data, &r.run.Weights)
		for k, g := range gradient[i] {
			if g != 0 {
				r.run.Updates++
				if kept[k] == before[i][k] {
					r.run.Lost++
				}
			}
		}
	}
	if r.good++; r.run.Format.Scaled && r.good == scalePatient {
		r.run.Scale, r.good = r.run.Scale*scaleGrowth, 0
	}
}

// look sees the network as it is after some steps.
func (r *rounded) look(step int) {
	at := r.point()
	at.Step = step
	r.run.Curve = append(r.run.Curve, at)
	switch dead := slices.Contains(r.silent[:len(r.silent)-1], true); {
	case !dead:
		r.run.Dead = -1
	case r.run.Dead < 0:
		r.run.Dead = step
	}
}

// trainIn makes one run.
func trainIn(ctx context.Context, f Format, s Setup, train, test *data.Set, c *counter) (PrecisionRun, error) {
	r, err := newRounded(f, s, train, test)
	if err != nil {
		return PrecisionRun{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	every := max(1, s.Steps/curvePoints)
	counted := 0
	for step := 0; step < s.Steps; step++ {
		if err := ctx.Err(); err != nil {
			return PrecisionRun{}, err
		}
		if step%every == 0 {
			r.look(step)
			if loss := r.run.Final(); step > 0 && loss-loss != 0 { // nothing comes back from NaN, but what overflows is counted
				r.step()
				break
			}
			c.add(step - counted)
			counted = step
		}
		r.step()
	}
	r.look(s.Steps)
	c.add(s.Steps - counted)
	r.run.Accuracy = r.Accuracy()
	return r.run, nil
}
