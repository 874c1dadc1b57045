package initializer

import (
	"fmt"
	"strings"
)

// Kind is the part a parameter plays. It drives initialization, weight decay, counts, quantization and pruning.
type Kind uint8

// The kinds of parameters.
const (
	Weight    Kind = iota // a matrix or kernel that multiplies
	Bias                  // a vector that is added
	Scale                 // a vector of gains, as in layer norm
	Embedding             // a table of vectors
	Buffer                // a value that no gradient moves, as batch norm's running mean
)

var kindNames = [...]string{"weight", "bias", "scale", "embedding", "buffer"}

// String returns the kind's name: weight, bias, scale, embedding or buffer.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return fmt.Sprintf("kind(%d)", uint8(k))
}

// MarshalText returns the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a kind's name. The error lists the names.
func (k *Kind) UnmarshalText(text []byte) error {
	for i, name := range kindNames {
		if name == string(text) {
			*k = Kind(i)
			return nil
		}
	}
	return fmt.Errorf("no kind of parameter is called %q: use one of %s", text, strings.Join(kindNames[:], ", "))
}

// Kinds lists all kinds.
func Kinds() []Kind { return []Kind{Weight, Bias, Scale, Embedding, Buffer} }

// Param describes a parameter to a scheme, which may set the multipliers. The layer that declares it states all the rest:
// see docs/initialization.md for what each layer states.
type Param struct {
	Name  string
	Kind  Kind
	Shape []int

	FanIn, FanOut int     // of one unit; 0 where it has no meaning
	PyTorchFan    int     // what PyTorch's default start takes for fan_in, where that is not fan_in; 0 where it is
	Start         float32 // where a buffer starts
	Parts         []Part  // the matrices along the first axis, in equal shares: groups, gates, or queries, keys and values; nil is one that is Plain
	Residual      bool    // the values write into a residual stream: the last weight of a branch, its last scale, or an embedding that opens the stream
	Depth         int     // residual branches in the whole network, for what is in a branch or is Residual; 0 otherwise
	Layers        int     // weights in a row in the branch, for those before the last
	Width         int     // the width of the network, for weights whose fan_in grows with it (muP); 0 otherwise

	Multiplier   float32 // the forward computes with Multiplier times the values; the Store starts it at 1
	LRMultiplier float32 // the optimizer's learning rate is multiplied by this; the Store starts it at 1
}

// UsageError is a mistake in code that declares or initializes a parameter. Schemes panic with it.
type UsageError struct {
	Param  string // its name; may be empty
	Reason string
}

// Error names the parameter and what is wrong.
func (e *UsageError) Error() string {
	if e.Param == "" {
		return "initializer: " + e.Reason
	}
	return fmt.Sprintf("initializer: %s: %s", e.Param, e.Reason)
}

// Mistake marks the error as one of the calling code: see autograd.Catch.
func (e *UsageError) Mistake() {}

func (p *Param) fail(format string, args ...any) {
	panic(&UsageError{p.Name, fmt.Sprintf(format, args...)})
}

// fan returns the fan in use, which must have been stated.
func (p *Param) fan(out bool) float64 {
	n, name := p.FanIn, "fan_in"
	if out {
		n, name = p.FanOut, "fan_out"
	}
	if n <= 0 {
		p.fail("the scheme needs %s, which its layer did not state", name)
	}
	return float64(n)
}
