package language

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/heft-ml/heft/convert"
	"github.com/heft-ml/heft/nn"
)

// Form is a form that a model can be in.
type Form string

// The forms.
const (
	HuggingFace Form = "hf"   // a folder: config.json, model.safetensors, tokenizer.json, as transformers reads and writes it
	Run         Form = "run"  // a folder of Heft's: model.safetensors, whose metadata has all the rest
	GGUF        Form = "gguf" // a file, as llama.cpp reads it
)

// Forms lists the forms.
func Forms() []Form { return []Form{HuggingFace, Run, GGUF} }

// basePrefix stands before the names of GPT-2's base model in files of the whole model.
const basePrefix = "transformer."

// huggingFaceName returns what transformers calls a tensor.
func huggingFaceName(a architecture, ours string) string {
	if a.name() == "gpt2" && !strings.HasPrefix(ours, "lm_head.") {
		return basePrefix + ours
	}
	return ours
}

// name returns what a form calls the tensor.
func (t tensor) name(in Form) string {
	switch in {
	case HuggingFace:
		return t.hf
	case GGUF:
		return t.gguf
	}
	return t.ours
}

// noWeights are tensors of older files of transformers that say nothing: the causal mask, and angles that follow from the
// configuration.
var noWeights = regexp.MustCompile(`^(transformer\.)?h\.\d+\.attn\.(bias|masked_bias)$|\.rotary_emb\.inv_freq$`)

// found shows the weights of a file in some form as package models has them. What the configuration asks for must be there,
// in its shape, and nothing else: the error is an [*nn.LoadError], with names as the file has them.
func found(in convert.Source, form Form, a architecture) (*view, error) {
	shapes := map[string][]int{}
	if blocks, tensors := a.sizes().blocks, len(in.Tensors()); blocks > tensors { // as many as a file likes to claim
		return nil, fmt.Errorf("the model has %d blocks, but the file only %d tensors", blocks, tensors)
	}
	for _, info := range in.Tensors() {
		shapes[info.Name] = info.Shape
	}
	v := &view{Source: in, tensors: map[string]viewed{}}
	var report nn.LoadReport
	for _, t := range tensors(a) {
		name := t.name(form)
		if _, there := shapes[name]; !there && form == HuggingFace {
			name = strings.TrimPrefix(name, basePrefix) // files of the base model alone
		}
		shape, there := shapes[name]
		delete(shapes, name)
		change := t.turn(form, a.sizes().head, true)
		switch {
		case !there:
			report.Missing = append(report.Missing, name)
		case !slices.Equal(change.shape(shape), t.shape):
			report.Mismatched = append(report.Mismatched, nn.Mismatch{Name: name, File: shape, Want: change.shape(t.shape)})
		default:
			v.add(t.ours, viewed{name, change})
			if _, err := v.Decoded(t.ours); err != nil {
				return nil, err
			}
			report.Loaded = append(report.Loaded, name)
		}
	}
	_, twice := shapes[headName]
	if twice = twice && form == HuggingFace && !a.sizes().ownHead; twice {
		delete(shapes, headName)
	}
	for _, info := range in.Tensors() {
		if _, left := shapes[info.Name]; left && !(form == HuggingFace && noWeights.MatchString(info.Name)) {
			report.Unexpected = append(report.Unexpected, info.Name)
		}
	}
	if len(report.Missing)+len(report.Mismatched)+len(report.Unexpected) > 0 {
		return nil, &nn.LoadError{Report: report}
	}
	if twice {
		return v, sameAsEmbedding(in, v, a.rows()[0].ours)
	}
	return v, nil
}

// turned shows weights that package models has as a form has them.
func turned(in convert.Source, form Form, a architecture) *view {
	v := &view{Source: in, tensors: map[string]viewed{}}
	for _, t := range tensors(a) {
		v.add(t.name(form), viewed{t.ours, t.turn(form, a.sizes().head, false)})
	}
	return v
}

// turn returns how the order of a tensor's elements changes when it comes from a form, or else goes to it. heads have size
// features.
func (t tensor) turn(form Form, size int, from bool) turn {
	switch {
	case form == HuggingFace && t.traits&conv1D != 0:
		return turn{transposed: true}
	case form == GGUF && t.traits&rotated != 0 && from:
		return turn{rows: halves(size)}
	case form == GGUF && t.traits&rotated != 0:
		return turn{rows: neighbours(size)}
	}
	return turn{}
}
