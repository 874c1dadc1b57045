package inspect

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// stateOf is how many numbers an optimizer keeps for each parameter.
var stateOf = map[string]float64{"sgd": 0, "momentum": 1, "rmsprop": 1, "lion": 1, "muon": 1, "adam": 2, "adamw": 2, "nadam": 2}

// Training is what training in float32 takes, in bytes.
type Training struct {
	Weights     float64  `json:"weights"`
	Gradients   float64  `json:"gradients"`
	Optimizer   float64  `json:"optimizer"`
	Activations *float64 `json:"activations"` // nil when the architecture is not known
}

// Total is the sum of what is known.
func (t Training) Total() float64 {
	total := t.Weights + t.Gradients + t.Optimizer
	if t.Activations != nil {
		total += *t.Activations
	}
	return total
}

// TrainingOf returns what training n parameters with an optimizer takes: sgd, momentum, rmsprop, lion, muon, adam, adamw
// or nadam. a may be nil; otherwise activations of so many sequences of so many tokens are counted.
func TrainingOf(n float64, optimizer string, a *Architecture, batch, tokens int) (Training, error) {
	state, known := stateOf[optimizer]
	if !known {
		return Training{}, fmt.Errorf("optimizer %.60q is none of %s", optimizer, strings.Join(slices.Sorted(maps.Keys(stateOf)), ", "))
	}
	t := Training{Weights: 4 * n, Gradients: 4 * n, Optimizer: 4 * state * n}
	if a != nil {
		activations := a.Activations(batch, tokens)
		t.Activations = &activations
	}
	return t, nil
}

// Activations returns the bytes that the backward pass needs of the forward pass, in float32 and without checkpoints, of
// batch sequences of so many tokens. It counts what Korthikanti et al., "Reducing Activation Recomputation in Large
// Transformer Models" (2022), section 4, count for a layer of GPT, with four bytes a number: norms, the inputs of products,
// scores and probabilities, masks of dropout; and the logits. A Llama has no dropout and keeps four inner vectors in place
// of two.
func (a Architecture) Activations(batch, tokens int) float64 {
	sb, h, f := float64(batch)*float64(tokens), float64(a.Hidden), float64(a.Inner)
	q, kv := float64(a.Heads)*float64(a.HeadSize), float64(a.KVHeads)*float64(a.HeadSize)
	scores := sb * float64(tokens) * float64(a.Heads)
	layer := 4 * (sb*(4*h+2*q+2*kv+4*f) + scores)
	if a.Model == "gpt2" {
		layer = 4*(sb*(4*h+2*q+2*kv+2*f)+2*scores) + 2*sb*h + scores
	}
	return float64(a.Layers)*layer + 4*sb*float64(a.Vocab)
}

// CacheSize returns how many numbers the keys and values of batch sequences of so many tokens are.
func (a Architecture) CacheSize(batch, tokens int) float64 {
	return 2 * float64(a.Layers) * float64(a.KVHeads) * float64(a.HeadSize) * float64(batch) * float64(tokens)
}
