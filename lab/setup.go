package lab

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// Setup is everything that decides an experiment: the same setup gives the same bits.
type Setup struct {
	Data       string  `json:"data"`               // a set for classification, by its name in package data, or csv:PATH
	Depth      int     `json:"depth"`              // hidden layers
	Width      int     `json:"width"`              // units of each
	Activation string  `json:"activation"`         // see nn.ActivationNames
	Residual   string  `json:"residual,omitempty"` // makes residual blocks of the hidden layers: see [Residuals]; "" leaves them plain
	Scheme     string  `json:"scheme"`             // see initializer.Parse; or LSUVScheme
	Optimizer  string  `json:"optimizer"`          // see optim.OptimizerNames
	LR         float64 `json:"lr"`                 // learning rate
	Momentum   float64 `json:"momentum,omitempty"`
	Batch      int     `json:"batch"` // samples a step
	Steps      int     `json:"steps"` // of the optimizer
	Seed       uint64  `json:"seed"`  // of weights and batches, not of the data
}

// Bounds that keep a slip of the finger from taking all memory.
const (
	maxDepth  = 1000
	maxWidth  = 1 << 16
	maxValues = 1 << 27 // weights of the hidden layers together
	maxBatch  = 1 << 20
	maxSteps  = 1 << 30
)

// WithMomentum lists the optimizers that take a momentum.
func WithMomentum() []string { return []string{"sgd", "rmsprop", "muon"} }

// Default is the experiment of 'heft lab init': deep enough to see a signal die, small enough to train in a second.
func Default() Setup {
	return Setup{
		Data: "spiral", Depth: 20, Width: 64, Activation: "relu", Scheme: "kaiming-normal",
		Optimizer: "sgd", LR: 0.02, Batch: 64, Steps: 2000, Seed: 1,
	}
}

// Check returns an error that names the first field that cannot be used, its value and what it may be. It opens no file.
func (s Setup) Check() error {
	if err := checkData(s.Data); err != nil {
		return err
	}
	for _, f := range []struct {
		name      string
		value, hi int
	}{{"depth", s.Depth, maxDepth}, {"width", s.Width, maxWidth}, {"batch", s.Batch, maxBatch}} {
		if f.value < 1 || f.value > f.hi {
			return fmt.Errorf("%s is %d, but must be from 1 to %d", f.name, f.value, f.hi)
		}
	}
	layers := s.Depth
	if s.Residual != "" { // a block has two
		layers *= 2
	}
	if s.Width*s.Width > maxValues/layers {
		return fmt.Errorf("width is %d and depth %d: that makes more than %d weights", s.Width, s.Depth, maxValues)
	}
	if s.Steps < 0 || s.Steps > maxSteps {
		return fmt.Errorf("steps is %d, but must be from 0 to %d", s.Steps, maxSteps)
	}
	if err := nn.CheckActivation(s.Activation); err != nil {
		return fmt.Errorf("activation: %w", err)
	}
	if err := s.checkResidual(); err != nil {
		return err
	}
	if _, err := s.scheme(); err != nil {
		return fmt.Errorf("scheme: %w", err)
	}
	if !slices.Contains(optim.OptimizerNames(), s.Optimizer) {
		names := optim.OptimizerNames()
		return fmt.Errorf("optimizer is %q%s, but must be one of %s", s.Optimizer, suggest.For(s.Optimizer, names), strings.Join(names, ", "))
	}
	if !(s.LR > 0 && s.LR < math.Inf(1)) {
		return fmt.Errorf("lr is %v, but must be above 0", s.LR)
	}
	if !(s.Momentum >= 0 && s.Momentum < 1) {
		return fmt.Errorf("momentum is %v, but must be from 0 to below 1", s.Momentum)
	}
	if s.Momentum != 0 && !slices.Contains(WithMomentum(), s.Optimizer) {
		return fmt.Errorf("momentum is %v, but %s takes none: use sgd, rmsprop or muon, or no momentum", s.Momentum, s.Optimizer)
	}
	return nil
}

// CheckSeeds returns an error unless there are so many seeds from the setup's on.
func (s Setup) CheckSeeds(n int) error {
	if s.Seed > math.MaxUint64-uint64(n-1) {
		return fmt.Errorf("seed is %d: there are not %d seeds from there", s.Seed, n)
	}
	return nil
}

// String returns the command that makes the experiment.
func (s Setup) String() string { return s.command([]string{s.Scheme}, 1) }

// Flags returns the settings in which the setup differs from a usual one, as flags of a command.
func (s Setup) Flags(usual Setup) []string {
	var l commandLine
	l.setup(s, usual, "scheme", s.Scheme, s.Scheme != usual.Scheme)
	return l
}

// command returns the command that sets schemes side by side, with so many seeds from the setup's on. Settings that a
// default has are left out, so that the line is one to type.
func (s Setup) command(schemes []string, seeds int) string {
	d := Default()
	line := commandLine{"heft lab init"}
	line.setup(s, d, "schemes", strings.Join(schemes, ","), len(schemes) > 0)
	line.flag("seeds", strconv.Itoa(seeds), seeds != DefaultSeeds)
	return line.String()
}

// commandLine is a command to type, word by word.
type commandLine []string

// flag adds a flag with its value, if it is to be shown.
func (l *commandLine) flag(name, value string, shown bool) {
	if shown {
		*l = append(*l, "--"+name+" "+shell.Word(value))
	}
}

// setup adds the settings in which a setup differs from a default, but for its scheme, which has a flag of its own.
func (l *commandLine) setup(s, d Setup, flag, scheme string, shown bool) {
	l.flag("data", s.Data, s.Data != d.Data)
	l.flag("depth", strconv.Itoa(s.Depth), s.Depth != d.Depth)
	l.flag("width", strconv.Itoa(s.Width), s.Width != d.Width)
	l.flag("activation", s.Activation, s.Activation != d.Activation)
	l.flag("residual", s.Residual, s.Residual != d.Residual)
	l.flag(flag, scheme, shown)
	l.flag("optimizer", s.Optimizer, s.Optimizer != d.Optimizer)
	l.flag("lr", number(s.LR), s.LR != d.LR)
	l.flag("momentum", number(s.Momentum), s.Momentum != d.Momentum)
	l.flag("batch", strconv.Itoa(s.Batch), s.Batch != d.Batch)
	l.flag("steps", strconv.Itoa(s.Steps), s.Steps != d.Steps)
	l.flag("seed", strconv.FormatUint(s.Seed, 10), s.Seed != d.Seed)
}

func (l commandLine) String() string { return strings.Join(l, " ") }

// number writes a number for a command.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
