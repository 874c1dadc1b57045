package optim

import (
	"fmt"
	"slices"
	"strings"

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

// Restore takes up where State left off.
func (b *base) Restore(s State) error {
	byName := map[string]*paramState{}
	for _, p := range b.params {
		byName[p.Name] = p
		if n, ok := s.Steps[p.Name]; !ok || n < 0 {
			return fmt.Errorf("the optimizer's state counts %d steps for parameter %.100q: it is of another model", n, p.Name)
		}
	}
	if len(s.Steps) != len(b.params) {
		return fmt.Errorf("the optimizer's state is of %d parameters, but the model has %d", len(s.Steps), len(b.params))
	}
	slots := map[*paramState][]slot{}
	for _, t := range s.Tensors {
		dot := strings.LastIndexByte(t.Name, '.')
		p := byName[t.Name[:max(dot, 0)]]
		if p == nil || !slices.Equal(t.Shape, p.Shape) {
			return fmt.Errorf("the optimizer's state has %.100q of shape %v, which fits no parameter", t.Name, t.Shape)
		}
		data, err := t.Float32s(nil)
		if err != nil {
			return err
		}
		slots[p] = append(slots[p], slot{t.Name[dot+1:], data})
	}
	for _, p := range b.params {
		p.slots, p.steps = slots[p], s.Steps[p.Name]
	}
	return nil
}
