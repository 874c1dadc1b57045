package initializer

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// gains holds what PyTorch's torch.nn.init.calculate_gain returns; leaky_relu depends on its slope.
var gains = map[string]float64{
	"linear":  1,
	"conv1d":  1,
	"conv2d":  1,
	"conv3d":  1,
	"sigmoid": 1,
	"tanh":    5.0 / 3,
	"relu":    math.Sqrt2,
	"selu":    3.0 / 4,

	"conv_transpose1d": 1, "conv_transpose2d": 1, "conv_transpose3d": 1,
}

// Gain returns the recommended gain of a nonlinearity, as torch.nn.init.calculate_gain does: 1 for linear, conv and
// sigmoid, 5/3 for tanh, √2 for relu, sqrt(2/(1+slope²)) for leaky_relu, 3/4 for selu. The slope is used by leaky_relu
// only. The error lists the known names.
func Gain(nonlinearity string, slope float64) (float64, error) {
	if nonlinearity == "leaky_relu" {
		return math.Sqrt(2 / (1 + slope*slope)), nil
	}
	g, ok := gains[nonlinearity]
	if !ok {
		names := []string{"leaky_relu"}
		for n := range gains {
			names = append(names, n)
		}
		slices.Sort(names)
		return 0, fmt.Errorf("no gain is known for nonlinearity %q: use one of %s", nonlinearity, strings.Join(names, ", "))
	}
	return g, nil
}

// Option changes how a variance-scaling scheme is applied.
type Option func(*settings)

type settings struct {
	fanOut       bool
	nonlinearity string
	slope        float64
	gain         float64 // 0: from the nonlinearity
}

// FanOut keeps the variance of gradients instead of that of activations: the fan is fan_out (PyTorch's mode="fan_out").
func FanOut() Option { return func(s *settings) { s.fanOut = true } }

// For names the nonlinearity that follows the layer; see [Gain] for the names. An unknown one panics with a
// [*UsageError].
func For(nonlinearity string) Option { return func(s *settings) { s.nonlinearity = nonlinearity } }

// Slope is the negative slope of leaky_relu (PyTorch's a), and chooses that nonlinearity.
func Slope(a float64) Option {
	return func(s *settings) { s.nonlinearity, s.slope = "leaky_relu", a }
}

// WithGain sets the gain itself.
func WithGain(g float64) Option { return func(s *settings) { s.gain = g } }

// apply returns the settings, whose gain is known, and how they read as text.
func apply(nonlinearity string, opts []Option) (s settings, text string) {
	s.nonlinearity = nonlinearity
	for _, o := range opts {
		o(&s)
	}
	var parts []string
	if s.fanOut {
		parts = append(parts, "fan=out")
	}
	switch {
	case s.gain != 0:
		parts = append(parts, fmt.Sprintf("gain=%v", s.gain))
	default:
		g, err := Gain(s.nonlinearity, s.slope)
		if err != nil {
			panic(&UsageError{Reason: err.Error()})
		}
		s.gain = g
		if s.nonlinearity == "leaky_relu" {
			parts = append(parts, fmt.Sprintf("slope=%v", s.slope))
		} else if s.nonlinearity != nonlinearity {
			parts = append(parts, "for="+s.nonlinearity)
		}
	}
	if len(parts) > 0 {
		text = "(" + strings.Join(parts, ",") + ")"
	}
	return s, text
}
