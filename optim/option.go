package optim

import (
	"math"
	"regexp"
	"slices"
	"strings"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
)

// settings is every number an optimizer may need, for one parameter.
type settings struct {
	lr, decay           float64
	momentum, dampening float64
	nesterov, centered  bool
	beta1, beta2, eps   float64
	alpha               float64
	momentumDecay       float64
	decoupled           bool
	byAdamW             bool // in Muon: not orthogonalized
	original            bool // in Muon: sizes of steps as its author has them
	schedule            Schedule
	groups              []group
}

type group struct {
	match Match
	opts  []Option
}

// Option changes a setting of an optimizer. One that the optimizer does not have panics with an
// [*autograd.UsageError] that lists those it has, and so does a value out of range: rates, decay and eps are finite and
// not negative, as is NAdam's momentum decay; momentum, dampening, betas and alpha are from 0 to below 1.
type Option struct {
	name string
	set  func(*settings)
}

func (s *settings) apply(optimizer string, opts []Option, accepted []string) {
	for _, o := range opts {
		if !slices.Contains(accepted, o.name) {
			misuse(optimizer, "there is no %s here: use %s", o.name, strings.Join(accepted, ", "))
		}
		o.set(s)
	}
}

// check panics when a setting is out of its range, or does not go with another.
func (s *settings) check(optimizer string) {
	for _, n := range []struct {
		name         string
		value, below float64
	}{
		{"the learning rate", s.lr, math.Inf(1)},
		{"WeightDecay", s.decay, math.Inf(1)},
		{"Eps", s.eps, math.Inf(1)},
		{"Momentum", s.momentum, 1},
		{"Dampening", s.dampening, 1},
		{"the first of Betas", s.beta1, 1},
		{"the second of Betas", s.beta2, 1},
		{"Alpha", s.alpha, 1},
		{"MomentumDecay", s.momentumDecay, math.Inf(1)},
	} {
		if !(n.value >= 0 && n.value < n.below) {
			misuse(optimizer, "%s is %v, but must be from 0 to below %v", n.name, n.value, n.below)
		}
	}
	if s.nesterov && (s.momentum == 0 || s.dampening != 0) {
		misuse(optimizer, "Nesterov needs Momentum and no Dampening")
	}
}

// LR is a group's own learning rate, in place of the optimizer's.
func LR(lr float64) Option { return Option{"LR", func(s *settings) { s.lr = lr }} }

// WeightDecay pulls values towards 0. AdamW, Lion, Muon and a [Decoupled] NAdam take it from the values themselves, times
// the learning rate; the others add it to the gradient.
func WeightDecay(d float64) Option { return Option{"WeightDecay", func(s *settings) { s.decay = d }} }

// Momentum is the share of the last step that goes on.
func Momentum(m float64) Option { return Option{"Momentum", func(s *settings) { s.momentum = m }} }

// Dampening takes its share from what each gradient adds to the momentum.
func Dampening(d float64) Option { return Option{"Dampening", func(s *settings) { s.dampening = d }} }

// Nesterov looks ahead along the momentum, which must be set.
func Nesterov() Option { return Option{"Nesterov", func(s *settings) { s.nesterov = true }} }

// Betas are the decay rates of the averages of the gradient and of its square.
func Betas(beta1, beta2 float64) Option {
	return Option{"Betas", func(s *settings) { s.beta1, s.beta2 = beta1, beta2 }}
}

// Alpha is the decay rate of RMSprop's averages.
func Alpha(a float64) Option { return Option{"Alpha", func(s *settings) { s.alpha = a }} }

// Eps is added to the denominator.
func Eps(e float64) Option { return Option{"Eps", func(s *settings) { s.eps = e }} }

// Centered divides by the standard deviation of the gradient instead of its root mean square.
func Centered() Option { return Option{"Centered", func(s *settings) { s.centered = true }} }

// Decoupled takes NAdam's weight decay from the values, as AdamW does, instead of adding it to the gradient.
func Decoupled() Option { return Option{"Decoupled", func(s *settings) { s.decoupled = true }} }

// MomentumDecay is how fast NAdam's momentum nears the first of its Betas.
func MomentumDecay(d float64) Option {
	return Option{"MomentumDecay", func(s *settings) { s.momentumDecay = d }}
}

// ByAdamW has Muon move parameters as AdamW does; given in a [Group] for those matrices that are no hidden layer's, as
// the head's.
func ByAdamW() Option { return Option{"ByAdamW", func(s *settings) { s.byAdamW = true }} }

// OriginalScale sizes Muon's steps as its author does: see [NewMuon].
func OriginalScale() Option { return Option{"OriginalScale", func(s *settings) { s.original = true }} }

// Scheduled multiplies the learning rate, step by step.
func Scheduled(sched Schedule) Option {
	return Option{"Scheduled", func(s *settings) { s.schedule = sched }}
}

// Group gives the parameters that match settings of their own. Later groups win.
func Group(match Match, opts ...Option) Option {
	return Option{"Group", func(s *settings) { s.groups = append(s.groups, group{match, opts}) }}
}

// Match chooses parameters.
type Match func(p *nn.Param) bool

// Kinds chooses parameters of the given kinds.
func Kinds(kinds ...initializer.Kind) Match {
	return func(p *nn.Param) bool { return slices.Contains(kinds, p.Kind) }
}

// Names chooses parameters whose names the pattern matches.
func Names(pattern *regexp.Regexp) Match {
	return func(p *nn.Param) bool { return pattern.MatchString(p.Name) }
}

// All chooses all parameters.
func All() Match { return func(*nn.Param) bool { return true } }
