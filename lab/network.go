package lab

import (
	"fmt"
	"slices"
	"strings"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/nn"
)

// Values of [Setup.Residual]. A block is x + f(x), with f a linear layer, the activation and a linear layer.
const (
	PlainResidual    = "plain"     // x + f(x)
	PreNormResidual  = "pre-norm"  // x + f(norm(x)), and a norm before the outputs: as in GPT-2
	PostNormResidual = "post-norm" // norm(x + f(x)): as in the first transformers
	DeepNetResidual  = "deepnet"   // norm(alpha x + f(x)): see initializer.DeepNetAlpha
)

// Residuals lists the kinds of residual networks that a setup may have.
func Residuals() []string {
	return []string{PlainResidual, PreNormResidual, PostNormResidual, DeepNetResidual}
}

// checkResidual returns an error that names what a setup may have.
func (s Setup) checkResidual() error {
	if s.Residual == "" || slices.Contains(Residuals(), s.Residual) {
		return nil
	}
	return fmt.Errorf("residual is %q%s, but must be one of %s, or empty", s.Residual, suggest.For(s.Residual, Residuals()), strings.Join(Residuals(), ", "))
}

// network is what an experiment trains, by its parts.
type network struct {
	model   nn.Layer
	hidden  []nn.Module  // those whose results are the hidden layers', the first one first
	steps   [][]nn.Layer // what makes the result of each of them from that of the one before
	weights []*nn.Param  // the first weight of each of them, and that of the outputs
}

// newNetwork declares a setup's network.
func newNetwork(s *nn.Scope, set Setup, in, out int) network {
	if set.Residual != "" {
		return newResidual(s, set, in, out)
	}
	widths := []int{in}
	for range set.Depth {
		widths = append(widths, set.Width)
	}
	m := nn.NewMLPOf(s, nn.MLPConfig{Widths: append(widths, out), Activation: set.Activation})
	n := network{model: m}
	for k := range set.Depth {
		n.hidden = append(n.hidden, m.Layers[2*k+1].(*nn.Activation))
		n.steps = append(n.steps, m.Layers[2*k:2*k+2])
	}
	for k := range set.Depth + 1 {
		n.weights = append(n.weights, m.Layers[2*k].(*nn.Linear).Weight)
	}
	return n
}

// newResidual declares a linear layer that opens the stream, the blocks, and a linear layer for the outputs.
func newResidual(s *nn.Scope, set Setup, in, out int) network {
	w := set.Width
	var n network
	layers := []nn.Layer{nn.NewLinear(s.At("in"), in, w)}
	for k := range set.Depth {
		at := s.At("blocks", k)
		var norm nn.Layer
		var opts []nn.ResidualOption
		switch set.Residual {
		case PreNormResidual:
			norm = nn.NewLayerNorm(at.At("norm"), w)
		case PostNormResidual:
			norm, opts = nn.NewLayerNorm(at.At("norm"), w), []nn.ResidualOption{nn.PostNorm()}
		case DeepNetResidual:
			norm = nn.NewLayerNorm(at.At("norm"), w)
			opts = []nn.ResidualOption{nn.PostNorm(), nn.ResidualScale(set.branchScale())}
		}
		up := nn.NewLinear(at.At("up").Inside(set.Depth, 2).Width(w), w, w)
		act := nn.NewActivation(at.At("act"), set.Activation)
		down := nn.NewLinear(at.At("down").Residual(set.Depth).Width(w), w, w)
		block := nn.NewResidual(at, norm, nn.NewSequential(at.At("branch"), up, act, down), opts...)
		layers = append(layers, block)
		n.hidden = append(n.hidden, block)
		n.steps = append(n.steps, []nn.Layer{block})
		n.weights = append(n.weights, up.Weight)
	}
	n.steps[0] = layers[:2]
	if set.Residual == PreNormResidual {
		layers = append(layers, nn.NewLayerNorm(s.At("norm"), w))
	}
	outputs := nn.NewLinear(s.At("out").Width(w).Part(initializer.Head), w, out)
	n.weights = append(n.weights, outputs.Weight)
	n.model = nn.NewSequential(s, append(layers, outputs)...)
	return n
}

// branchScale is what a residual network multiplies its branches by.
func (s Setup) branchScale() float64 {
	if s.Residual == DeepNetResidual {
		return 1 / initializer.DeepNetAlpha(s.Depth)
	}
	return 1
}

// paramNames lists the parameters of the setup's network, in their order.
func (s Setup) paramNames() (names []string) {
	add := func(layer string) { names = append(names, layer+".weight", layer+".bias") }
	if s.Residual == "" { // linear layers and activations take turns
		for layer := range s.Depth + 1 {
			add(fmt.Sprint(2 * layer))
		}
		return names
	}
	add("in")
	for k := range s.Depth {
		block := fmt.Sprintf("blocks.%d.", k)
		if s.Residual != PlainResidual {
			add(block + "norm")
		}
		add(block + "up")
		add(block + "down")
	}
	if s.Residual == PreNormResidual {
		add("norm")
	}
	add("out")
	return names
}

// Hidden returns the hidden layers of a measurement of the experiment, the first one first: what their activations return
// or, in a residual network, what their blocks do.
func (e *Experiment) Hidden(p Propagation) []Layer { return p.Of(typeOf(e.parts.hidden[0])) }

// HiddenModule returns what makes the result of hidden layer k, which counts from 1: an activation, or a residual block.
func (e *Experiment) HiddenModule(k int) nn.Module { return e.parts.hidden[k-1] }

// Weight returns the weight of hidden layer k, which counts from 1, and in a residual network the first one of its block;
// that of layer Depth + 1 makes the outputs.
func (e *Experiment) Weight(k int) *nn.Param { return e.parts.weights[k-1] }

// Broken returns the hidden layer, which counts from 1, in which values that are not finite appear first, Depth + 1 if they
// do among the outputs, and 0 if all are finite.
func (e *Experiment) Broken(p Propagation) int {
	kind, at := typeOf(e.parts.hidden[0]), 1
	for _, l := range p.Layers {
		if l.Activation.NonFinite > 0 {
			return at
		}
		if l.Type == kind {
			at++
		}
	}
	return 0
}
