package optim

import (
	"fmt"
	"slices"

	"github.com/heft-ml/heft/dtype"
)

// State is what an optimizer remembers between steps.
type State struct {
	// Tensors are the averages it keeps, in F32, named PARAMETER.SLOT as in 0.weight.exp_avg; slots have PyTorch's names.
	Tensors []dtype.Tensor
	// Steps counts the gradients that each parameter took, by its name.
	Steps map[string]int
}

// State returns a copy of what the optimizer remembers.
func (b *base) State() State {
	s := State{Steps: map[string]int{}}
	for _, p := range b.params {
		s.Steps[p.Name] = p.steps
		for _, m := range p.slots {
			t, err := dtype.FromFloat32s(p.Name+"."+m.name, p.Shape, m.data, dtype.F32)
			if err != nil { // F32 holds every float32
				panic(err)
			}
			s.Tensors = append(s.Tensors, t)
		}
	}
	return s
}

// Restore takes up where State left off: with the very tensors that this optimizer keeps.
func (b *base) Restore(s State) error {
	tensors := map[string]dtype.Tensor{}
	for _, t := range s.Tensors {
		if _, twice := tensors[t.Name]; twice {
			return fmt.Errorf("the optimizer's state has two tensors %.100q", t.Name)
		}
		tensors[t.Name] = t
	}
	restored := make([][]slot, len(b.params))
	for i, p := range b.params {
		steps, known := s.Steps[p.Name]
		switch {
		case !known || steps < 0:
			return fmt.Errorf("the optimizer's state counts %d steps for parameter %.100q: it is of another model", steps, p.Name)
		case steps == 0:
			continue
		}
		for _, name := range b.rule.slots(p) {
			t, found := tensors[p.Name+"."+name]
			if !found || !slices.Equal(t.Shape, p.Shape) {
				return fmt.Errorf("the optimizer's state lacks %.100q of shape %v: it is of another model or optimizer", p.Name+"."+name, p.Shape)
			}
			if t.DType != dtype.F32 {
				return fmt.Errorf("the optimizer's state has %.100q in %v, but only F32 keeps its values", t.Name, t.DType)
			}
			data, err := t.Float32s(nil)
			if err != nil {
				return err
			}
			delete(tensors, t.Name)
			restored[i] = append(restored[i], slot{name, data})
		}
	}
	if len(s.Steps) != len(b.params) {
		return fmt.Errorf("the optimizer's state is of %d parameters, but the model has %d", len(s.Steps), len(b.params))
	}
	for _, t := range s.Tensors {
		if _, left := tensors[t.Name]; left {
			return fmt.Errorf("the optimizer's state has %.100q, which this optimizer does not keep", t.Name)
		}
	}
	for i, p := range b.params {
		p.slots, p.steps = restored[i], s.Steps[p.Name]
	}
	return nil
}
