package initializer

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Option changes how a scheme is applied. One that the scheme does not take panics with a [*UsageError] that lists those
// it takes, and so does a value out of range.
type Option func(*settings)

// settings is what options set. given has the keys of those that were given.
type settings struct {
	usual        string // the nonlinearity that the scheme has without options
	nonlinearity string
	fanOut       bool
	slope        float64
	gain         float64 // 0: from the nonlinearity
	truncate     float64 // 0: no end
	zero         []Part
	given        []string
}

func (s *settings) take(key string) { s.given = append(s.given, key) }

// FanOut keeps the variance of gradients instead of that of activations: the fan is fan_out (PyTorch's mode="fan_out").
func FanOut() Option { return fanOption(true) }

func fanOption(out bool) Option {
	return func(s *settings) {
		s.take("fan")
		s.fanOut = out
	}
}

// For names the nonlinearity that follows the layer; see [Gain] for the names. An unknown one panics with a
// [*UsageError].
func For(nonlinearity string) Option {
	return func(s *settings) {
		s.take("for")
		s.nonlinearity = nonlinearity
	}
}

// Slope is the negative slope of leaky_relu (PyTorch's a), and chooses that nonlinearity.
func Slope(a float64) Option {
	return func(s *settings) {
		s.take("slope")
		s.nonlinearity, s.slope = "leaky_relu", a
	}
}

// WithGain sets the gain itself, above 0.
func WithGain(g float64) Option {
	return func(s *settings) {
		s.take("gain")
		s.gain = g
	}
}

// Truncate draws a normal scheme's values within a times their standard deviation before the cut, and makes up for the
// variance that the cut takes: Keras's and JAX's normal schemes, where a is 2 and the factor 1/0.87962566.
func Truncate(a float64) Option {
	return func(s *settings) {
		s.take("truncate")
		s.truncate = a
	}
}

// ZeroHead starts the [Head] of the network at 0, so that its first output is 0.
func ZeroHead() Option { return zeroOption(Head) }

// ZeroQueries starts the queries of attention at 0, so that every position first looks at all it sees alike.
func ZeroQueries() Option { return zeroOption(Query) }

func zeroOption(part Part) Option {
	return func(s *settings) {
		s.take("zero")
		if !slices.Contains(s.zero, part) {
			s.zero = append(s.zero, part)
			slices.Sort(s.zero)
		}
	}
}

// apply returns the settings, whose gain is known. The scheme of that name takes options with the accepted keys.
func apply(scheme, nonlinearity string, opts []Option, accepted ...string) settings {
	s := settings{usual: nonlinearity, nonlinearity: nonlinearity}
	for _, o := range opts {
		o(&s)
	}
	for _, key := range s.given {
		if !slices.Contains(accepted, key) {
			misuse("%s takes no %s: use %s", scheme, key, strings.Join(accepted, ", "))
		}
		switch {
		case key == "gain" && !(s.gain > 0 && s.gain < math.Inf(1)):
			misuse("gain is %v, but must be above 0", s.gain)
		case key == "truncate" && !(s.truncate >= leastTruncate && s.truncate < math.Inf(1)):
			misuse("truncate is %v, but must be %v or more", s.truncate, leastTruncate)
		case key == "slope" && s.slope-s.slope != 0:
			misuse("slope is %v, but must be finite", s.slope)
		}
	}
	if s.gain == 0 {
		g, err := Gain(s.nonlinearity, s.slope)
		if err != nil {
			misuse("%s", err)
		}
		s.gain = g
	} else {
		s.nonlinearity = "" // the gain was given
	}
	return s
}

// text returns a scheme as [Parse] reads it: its name, its numbers, and the options that say something.
func (s settings) text(name string, numbers ...float64) string {
	var parts []string
	for _, n := range numbers {
		parts = append(parts, fmt.Sprint(n))
	}
	if s.fanOut {
		parts = append(parts, "fan=out")
	}
	switch s.nonlinearity {
	case s.usual:
	case "":
		parts = append(parts, fmt.Sprintf("gain=%v", s.gain))
	case "leaky_relu":
		parts = append(parts, fmt.Sprintf("slope=%v", s.slope))
	default:
		parts = append(parts, "for="+s.nonlinearity)
	}
	if s.truncate != 0 {
		parts = append(parts, fmt.Sprintf("truncate=%v", s.truncate))
	}
	for _, part := range s.zero {
		parts = append(parts, "zero="+zeroNames[part])
	}
	if len(parts) == 0 {
		return name
	}
	return name + "(" + strings.Join(parts, ",") + ")"
}

// zeroNames is how the parts that can start at 0 are written.
var zeroNames = map[Part]string{Head: "head", Query: "query"}

func misuse(format string, args ...any) {
	panic(&UsageError{Reason: fmt.Sprintf(format, args...)})
}
