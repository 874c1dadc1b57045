package lab

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"

	"gonum.org/v1/gonum/stat"
	"gonum.org/v1/gonum/stat/distuv"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/nn"
)

// Theory sets what networks do before training beside what mean-field theory says they do: see [MeanField].
type Theory struct {
	Setup Setup // of the networks, but for the scheme, and for the seed, which counts from the setup's; nothing is trained
	Cases []Case
	Nets  int // networks of every case
}

// theorySamples is how many samples a network is measured with.
const theorySamples = 32

// Bounds of the networks of a case: fewer than 30 have no standard error that one may trust.
const (
	leastNets = 30
	MostNets  = 100_000
)

// DefaultTheory returns the theory of an activation, with [Theory.Classic].
func DefaultTheory(activation string) Theory {
	s := Default()
	s.Data, s.Activation, s.Depth, s.Width = "digits", activation, 10, 128
	return Theory{Setup: s, Nets: 200}.Classic()
}

// Classic returns the theory with those of the classic cases of its network that promise a variance.
func (t Theory) Classic() Theory {
	t.Cases = t.Setup.predictable()
	return t
}

// predictable returns the classic cases of a network that promise a variance.
func (s Setup) predictable() (cases []Case) {
	for _, c := range s.Classic() {
		if CanPredict(c.Scheme) {
			cases = append(cases, c)
		}
	}
	return cases
}

// Check returns an error that names the first field that cannot be used.
func (t Theory) Check() error {
	if t.Nets < leastNets || t.Nets > MostNets {
		return fmt.Errorf("nets is %d, but must be from %d to %d", t.Nets, leastNets, MostNets)
	}
	if err := (Study{Setup: t.Setup, Cases: t.Cases, Seeds: 1}).Check(); err != nil {
		return err
	}
	if err := t.Setup.CheckSeeds(t.Nets); err != nil {
		return err
	}
	for _, c := range t.Cases {
		if !CanPredict(c.Scheme) {
			return fmt.Errorf("scheme %s promises no variance, so there is nothing to predict", c.Scheme)
		}
	}
	return nil
}

// Command returns the command that makes the comparison again.
func (t Theory) Command() string {
	s, d := t.Setup, DefaultTheory(t.Setup.Activation)
	var schemes, usual []string
	for _, c := range t.Cases {
		schemes = append(schemes, c.Scheme)
	}
	for _, c := range s.predictable() {
		usual = append(usual, c.Scheme)
	}
	line := commandLine{"heft lab theory"}
	d.Setup.Activation = Default().Activation
	line.setup(s, d.Setup, "schemes", strings.Join(schemes, ","), strings.Join(schemes, ",") != strings.Join(usual, ","))
	line.flag("nets", strconv.Itoa(t.Nets), t.Nets != d.Nets)
	return line.String()
}

// TheoryFindings is what was measured and predicted.
type TheoryFindings struct {
	Theory
	Train     *data.Set
	Results   []TheoryCase // in the order of the cases
	Tolerance float64      // standard errors: see Beyond
}

// TheoryCase is one scheme.
type TheoryCase struct {
	Case
	Activation, Gradient []Compared // of every hidden layer
}

// Compared is a second moment, measured and predicted.
type Compared struct {
	Measured  float64 // mean over networks
	Error     float64 // its standard error
	Predicted float64 // with the terms of 1/N
	Limit     float64 // for infinite width
	Scatter   float64 // variance over networks of the logarithm of the mean square in one: see [Compared.Needs]
}

// Deviation is how far the measured value is from the predicted one, in standard errors.
func (c Compared) Deviation() float64 {
	if c.Measured == c.Predicted {
		return 0
	}
	return (c.Measured - c.Predicted) / c.Error
}

// OutOfRange tells whether there is nothing to compare: the prediction or what was measured is not finite.
func (c Compared) OutOfRange() bool { return c.Unpredicted() || c.Measured-c.Measured != 0 }

// Unpredicted tells whether the prediction is not finite.
func (c Compared) Unpredicted() bool {
	return c.Predicted-c.Predicted != 0 || c.Limit-c.Limit != 0
}

// Interval returns the ends of the 95% confidence interval of what was measured over so many networks.
func (c Compared) Interval(nets int) (lo, hi float64) {
	reach := student(nets).Quantile(0.975) * c.Error
	return c.Measured - reach, c.Measured + reach
}

// student is how a deviation in standard errors is distributed if theory is right.
func student(nets int) distuv.StudentsT {
	return distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(nets - 1)}
}

// Beyond returns how many of all comparisons deviate by more than the tolerance: three standard errors or, rather, the
// quantile of Student's distribution that leaves the same chance of 0.27% that any of so many comparisons is beyond it
// (Bonferroni). What is out of range is no comparison, nor what there are too few networks for: see [TheoryFindings.Decided].
func (f *TheoryFindings) Beyond() (beyond, all int) {
	for _, x := range f.inRange() {
		if !f.Decided(x) {
			continue
		}
		all++
		if !(math.Abs(x.Deviation()) <= f.Tolerance) {
			beyond++
		}
	}
	return beyond, all
}

// tolerance for so many comparisons of means over so many networks.
func tolerance(comparisons, nets int) float64 {
	chance := 2 * distuv.UnitNormal.CDF(-3)
	return student(nets).Quantile(1 - chance/float64(2*comparisons))
}

// Run draws and measures every network, jobs of them at once, and tells progress how many of all are done. Findings do not
// depend on jobs. The errors are those of [New], and ctx's when it ends.
func (t Theory) Run(ctx context.Context, jobs int, progress func(done, total int)) (*TheoryFindings, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	train, _, err := Open(t.Setup.Data)
	if err != nil {
		return nil, err
	}
	f := &TheoryFindings{Theory: t, Train: train, Tolerance: tolerance(2*len(t.Cases)*t.Setup.Depth, t.Nets)}
	predictions := make([]MeanField, len(t.Cases))
	for i, c := range t.Cases { // before anything is measured: a scheme may promise less than its name does
		if predictions[i], err = t.predict(c, train); err != nil {
			return nil, err
		}
	}
	seen := make([]seconds, len(t.Cases)*t.Nets)
	err = Each(ctx, len(seen), jobs, func(k int) (err error) {
		seen[k], err = t.measure(k/t.Nets, k%t.Nets, train)
		return err
	}, func(done int) {
		if progress != nil {
			progress(done, len(seen))
		}
	})
	if err != nil {
		return nil, err
	}
	for i, c := range t.Cases {
		f.Results = append(f.Results, compare(c, predictions[i], seen[i*t.Nets:(i+1)*t.Nets]))
	}
	return f, nil
}

// experiment returns a network of a case.
func (t Theory) experiment(c Case, net int, train *data.Set) (*Experiment, error) {
	return NewOn(Study{Setup: t.Setup}.setup(c, net), train, nil)
}

func (t Theory) predict(c Case, train *data.Set) (MeanField, error) {
	e, err := t.experiment(c, 0, train)
	if err != nil {
		return MeanField{}, err
	}
	second, fourth := squares(head(train, theorySamples).X)
	n := newNonlinearity(t.Setup.Activation)
	if t.Setup.Residual != "" {
		return e.predictResidual(n, second)
	}
	all, err := e.stages()
	if err != nil {
		return MeanField{}, err
	}
	return predict(all, n, second, fourth), nil
}

// seconds are the second moments of a network's hidden layers.
type seconds struct{ up, down []float64 }

func (t Theory) measure(i, net int, train *data.Set) (s seconds, err error) {
	e, err := t.experiment(t.Cases[i], net, train)
	if err != nil {
		return s, err
	}
	x := head(train, theorySamples).X
	signs := randomSigns(e.Store, x.Dim(0), len(train.Classes))
	p := MeasureLoss(e.Store, x.Dim(0), func(p *nn.Pass) *nn.Tensor {
		y := e.Model.Forward(p, p.Input(x))
		return y.Mul(p.Input(signs)).Sum().MulScalar(1 / float32(x.Dim(0)))
	})
	for _, l := range e.Hidden(p) {
		s.up = append(s.up, l.Activation.SecondMoment)
		s.down = append(s.down, l.Gradient.SecondMoment)
	}
	return s, nil
}

func compare(c Case, predicted MeanField, seen []seconds) TheoryCase {
	result := TheoryCase{Case: c}
	for l := range predicted.Activation {
		up, down := make([]float64, len(seen)), make([]float64, len(seen))
		for k, s := range seen {
			up[k], down[k] = s.up[l], s.down[l]
		}
		of := func(values []float64, predicted, limit, scatter float64) Compared {
			mean, std := stat.MeanStdDev(values, nil)
			return Compared{Measured: mean, Error: stat.StdErr(std, float64(len(values))), Predicted: predicted, Limit: limit, Scatter: scatter}
		}
		result.Activation = append(result.Activation, of(up, predicted.Activation[l], predicted.ActivationLimit[l], predicted.ActivationScatter[l]))
		result.Gradient = append(result.Gradient, of(down, predicted.Gradient[l], predicted.GradientLimit[l], predicted.GradientScatter[l]))
	}
	return result
}
