package nn

import (
	"fmt"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
)

// RecurrentConfig describes a recurrent layer: [NewRNN], [NewLSTM], [NewGRU].
type RecurrentConfig struct {
	In, Hidden    int     // features of the input and of the state
	Layers        int     // one on the other; 0 is 1
	Bidirectional bool    // a second run from the last step to the first; outputs lie side by side
	Dropout       float64 // of what each layer but the last returns
	NoBias        bool
}

// State is what recurrent layers end with and may start from: the state of every layer and direction, [n, h] each, in
// the order layer 0 forth, layer 0 back, layer 1 forth and so on, and the cells of an LSTM.
type State struct{ H, C []*Tensor }

// recurrent is what the recurrent layers have in common.
type recurrent struct {
	Named
	Config  RecurrentConfig
	runs    []recurrentRun // by layer, then direction
	between []*Dropout     // after each layer but the last
	cells   bool           // whether states have cells
	run     recurrentOp
}

// recurrentRun is the parameters of one layer in one direction.
type recurrentRun struct {
	WeightIH, WeightHH, BiasIH, BiasHH *Param
	reverse                            bool
}

func (c RecurrentConfig) directions() int {
	if c.Bidirectional {
		return 2
	}
	return 1
}

// newRecurrent declares the parameters, in PyTorch's order and by its names.
func newRecurrent(s *Scope, kind string, gates int, c RecurrentConfig, run recurrentOp) recurrent {
	if c.Layers == 0 {
		c.Layers = 1
	}
	for _, f := range []struct {
		name  string
		value int
	}{{"In", c.In}, {"Hidden", c.Hidden}, {"Layers", c.Layers}} {
		if f.value < 1 {
			misuse(kind, "%q: %s is %d, but must be 1 or more", s.path, f.name, f.value)
		}
	}
	if !(c.Dropout >= 0 && c.Dropout <= 1) {
		misuse(kind, "%q: Dropout is %v, but must be in [0, 1]", s.path, c.Dropout)
	}
	l := recurrent{Named: s.Named(), Config: c, run: run}
	for layer := range c.Layers {
		in, width := c.In, 0
		if layer > 0 {
			in, width = c.Hidden*c.directions(), c.Hidden
			l.between = append(l.between, NewDropout(s.At("dropout", layer-1), c.Dropout))
		}
		for d := range c.directions() {
			suffix := fmt.Sprintf("_l%d", layer)
			if d == 1 {
				suffix += "_reverse"
			}
			l.runs = append(l.runs, declareRun(s, suffix, gates, in, width, c, d == 1))
		}
	}
	return l
}

func declareRun(s *Scope, suffix string, gates, in, inWidth int, c RecurrentConfig, reverse bool) recurrentRun {
	// Each gate is a matrix of its own, of Hidden rows: that is their fan_out. PyTorch starts all from the same bounds,
	// whatever their fan_in. The width is Hidden, which the input of the first layer has nothing to do with.
	weight := func(name string, in, width int) *Param {
		return s.Param(initializer.Param{
			Name: name + suffix, Kind: initializer.Weight, Shape: []int{gates * c.Hidden, in},
			FanIn: in, FanOut: c.Hidden, PyTorchFan: c.Hidden, Parts: make([]initializer.Part, gates), Width: width,
		})
	}
	run := recurrentRun{WeightIH: weight("weight_ih", in, inWidth), WeightHH: weight("weight_hh", c.Hidden, c.Hidden), reverse: reverse}
	if !c.NoBias {
		run.BiasIH = s.Bias("bias_ih"+suffix, gates*c.Hidden, c.Hidden)
		run.BiasHH = s.Bias("bias_hh"+suffix, gates*c.Hidden, c.Hidden)
	}
	return run
}

// recurrentOp runs one layer in one direction: y [t, n, h] from x [t, n, in], and the cell at the end, if there are any.
type recurrentOp func(x *Tensor, r autograd.Recurrence[float32]) (y, cn *Tensor)

// forward computes y [n, t, directions h] from x [n, t, in], and the states at the end.
func (l *recurrent) forward(p *Pass, m Module, x *Tensor, start State) (y *Tensor, end State) {
	if x.Rank() != 3 || x.Dim(1) < 1 {
		misuse("recurrent", "%q needs an input [n, t, %d] with at least one step, not %v", l.path, l.Config.In, x.Shape())
	}
	start = l.recall(p, m, x, start)
	x = x.Permute(1, 0, 2)
	for i := range l.Config.Layers {
		if i > 0 {
			x = l.between[i-1].Forward(p, x)
		}
		x = l.layer(p, i, x, start, &end)
	}
	l.keep(p, m, end)
	return x.Permute(1, 0, 2), end
}

// layer runs all directions of one layer, and adds to end.
func (l *recurrent) layer(p *Pass, layer int, x *Tensor, start State, end *State) *Tensor {
	directions := l.Config.directions()
	out := make([]*Tensor, directions)
	for d := range out {
		k := layer*directions + d
		w := l.runs[k]
		y, cn := l.run(x, autograd.Recurrence[float32]{
			WeightIH: p.Of(w.WeightIH), WeightHH: p.Of(w.WeightHH), BiasIH: p.Of(w.BiasIH), BiasHH: p.Of(w.BiasHH),
			H0: one(start.H, k), C0: one(start.C, k), Reverse: w.reverse,
		})
		last := y.Dim(0) - 1
		if w.reverse {
			last = 0
		}
		end.H = append(end.H, y.Select(0, last))
		if cn != nil {
			end.C = append(end.C, cn)
		}
		out[d] = y
	}
	if directions == 1 {
		return out[0]
	}
	return autograd.Concat(-1, out...)
}

// one returns a state, or nil where there are none.
func one(states []*Tensor, i int) *Tensor {
	if states == nil {
		return nil
	}
	return states[i]
}
