package same

import (
	"context"
	"fmt"
	"slices"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/lab"
)

// Findings is what two networks have in common, and what not.
type Findings struct {
	Names     [2]string
	Why       string // behaviour is not compared; "" if it is
	Params    []Param
	Values    int          // numbers in each network
	NonFinite [2]int       // of these NaN or infinite, as after a training that diverged
	Sizes     [2]int64     // bytes of the files
	Behaviour *Behaviour   // nil with Why
	Shown     [2]*data.Set // data to draw points of; nil of weights alone
	Command   string       // that makes the comparison again
	Pair      *Pair        // what was trained for it; nil for networks that were there
}

// Compare compares two networks. The error says in what their architectures differ. Networks that cannot compute, that have
// diverged, or whose inputs or classes differ, are compared by their weights alone. Each network sees the samples of the other in
// its own scaling. The error may be ctx's.
func Compare(ctx context.Context, a, b *Network) (*Findings, error) {
	if err := sameArchitecture(a, b); err != nil {
		return nil, err
	}
	params, err := compareParams(ctx, a.Store, b.Store)
	if err != nil {
		return nil, err
	}
	f := &Findings{
		Names: [2]string{a.Name, b.Name}, Params: params, Sizes: [2]int64{a.Size, b.Size}, Shown: [2]*data.Set{a.shown(), b.shown()},
	}
	for _, p := range a.Store.Params() {
		f.Values += len(p.Data)
		f.NonFinite[0] += nonFinite(p.Data)
		f.NonFinite[1] += nonFinite(b.Store.Param(p.Name).Data)
	}
	if f.Why = apart(a, b); f.Why != "" {
		return f, nil
	}
	sets, ok := bothSee(a, b)
	if !ok {
		f.Why = "the networks take other inputs"
		return f, nil
	}
	for i, n := range [2]*Network{a, b} {
		if n.overflows(sets.test[i][i]) {
			f.Why = fmt.Sprintf("what %s returns for its own data is not finite", n.Name)
			return f, nil
		}
	}
	f.Behaviour, err = behave(ctx, a, b, sets)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// nonFinite counts values that are NaN or infinite.
func nonFinite(values []float32) (n int) {
	for _, v := range values {
		if v-v != 0 {
			n++
		}
	}
	return n
}

// apart says why the behaviour of two networks cannot be compared, or "".
func apart(a, b *Network) string {
	switch {
	case a.Model == nil:
		return a.Why
	case b.Model == nil:
		return b.Why
	case a.Test.Target != nil || b.Test.Target != nil:
		return "the outputs are numbers and not classes"
	case len(a.Test.Classes) != len(b.Test.Classes):
		return "the networks have other classes"
	case !slices.Equal(a.Test.SampleShape(), b.Test.SampleShape()):
		return "the networks take other inputs"
	}
	return ""
}

// Behaviour is what two networks do.
type Behaviour struct {
	Probe     int           // inputs that both were shown: as many test samples of the one as of the other
	Accuracy  [2][2]float64 // of network i on the test part of network k's data
	Agreement float64       // share of the inputs that both put in the same class
	Distance  float64       // mean over the inputs of half the sum of absolute differences of their probabilities: 0 to 1
	Modules   []Module
	Swaps     []Swap
	Maps      [2]*lab.Map // of data in the plane
	Chance    float64     // accuracy of guessing: 1/classes
	Tests     [2]string   // names of the data
	Shared    bool        // both have the same test samples
}

// Module is one module's answers to the same inputs.
type Module struct {
	Path, Type string
	CKA        float64 // see lab.LinearCKA
}

// Swap is what becomes of each network when one of its layers is the other's.
type Swap struct {
	Layer    string
	Accuracy [2]float64 // of network i, on its own test part, with the other's layer
}
