package optim

import (
	"fmt"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/pages"
	"github.com/heft-ml/heft/internal/simd"
	"github.com/heft-ml/heft/nn"
)

// EMA is an exponential moving average of a store's values, buffers too: often a better model than the last step's
// (Polyak & Juditsky 1992). It is what PyTorch's AveragedModel keeps with get_ema_multi_avg_fn and use_buffers.
type EMA struct {
	store   *nn.Store
	share   float32 // of each new value
	average [][]float32
	steps   int
	swapped bool
}

// NewEMA returns an average in which each value counts decay times as much as the one after it; decay is from 0 to below
// 1, and usually just below. Parameters declared later panic with an [*autograd.UsageError].
func NewEMA(s *nn.Store, decay float64) *EMA {
	if !(decay >= 0 && decay < 1) {
		misuse("EMA", "the decay is %v, but must be from 0 to below 1", decay)
	}
	e := &EMA{store: s, share: float32(1 - decay)}
	for _, p := range s.Params() {
		e.average = append(e.average, pages.Make[float32](len(p.Data)))
	}
	return e
}

// Update takes the store's present values into the average. Call it after each optimizer step; the first sets it.
func (e *EMA) Update() {
	e.check("update")
	if e.swapped {
		misuse("EMA", "the store holds the average: Swap before Update")
	}
	for i, p := range e.store.Params() {
		if e.steps == 0 {
			copy(e.average[i], p.Data)
		} else {
			simd.Lerp(e.average[i], p.Data, e.share)
		}
	}
	e.steps++
}

// swapBlock is how many values change places at once, by copies that stay in the processor's first cache.
const swapBlock = 1 << 10

// Swap puts the average in the store and keeps what stood there; the next Swap puts that back. Before the first Update it
// does nothing. Passes must Reset after it, as after a step.
func (e *EMA) Swap() {
	e.check("swap")
	if e.steps == 0 {
		return
	}
	var room [swapBlock]float32
	for i, p := range e.store.Params() {
		for from := 0; from < len(p.Data); from += swapBlock {
			to := min(from+swapBlock, len(p.Data))
			average, values, kept := e.average[i][from:to], p.Data[from:to], room[:to-from]
			copy(kept, average)
			copy(average, values)
			copy(values, kept)
		}
	}
	e.swapped = !e.swapped
	e.store.Resume(e.store.Step())
}

// Steps returns how many values of each parameter the average has.
func (e *EMA) Steps() int { return e.steps }

func (e *EMA) check(op string) {
	if n := len(e.store.Params()); n != len(e.average) {
		misuse("EMA", "%s: %d parameters were declared after the average was made: make it last", op, n-len(e.average))
	}
}

// Tensors returns a copy of the average, in F32 and by the parameters' names, for a checkpoint.
func (e *EMA) Tensors() []dtype.Tensor {
	var all []dtype.Tensor
	for i, p := range e.store.Params() {
		t, err := dtype.FromFloat32s(p.Name, p.Shape, e.average[i], dtype.F32)
		if err != nil { // F32 holds every float32
			panic(err)
		}
		all = append(all, t)
	}
	return all
}

// Restore takes up where Tensors and Steps left off. The error names what does not fit; the average is then as it was.
func (e *EMA) Restore(tensors []dtype.Tensor, steps int) error {
	if steps < 0 || len(tensors) != len(e.average) {
		return fmt.Errorf("the average has %d steps and %d tensors, but the model has %d: it is of another model", steps, len(tensors), len(e.average))
	}
	average := make([][]float32, len(e.average))
	for _, t := range tensors {
		i := slices.IndexFunc(e.store.Params(), func(p *nn.Param) bool { return p.Name == t.Name })
		if i < 0 || average[i] != nil || !slices.Equal(t.Shape, e.store.Params()[i].Shape) {
			return fmt.Errorf("the average has %.100q of shape %v, which the model has not: it is of another model", t.Name, t.Shape)
		}
		if t.DType != dtype.F32 {
			return fmt.Errorf("the average has %.100q in %v, but only F32 keeps its values", t.Name, t.DType)
		}
		data, err := t.Float32s(nil)
		if err != nil {
			return err
		}
		average[i] = data
	}
	e.average, e.steps, e.swapped = average, steps, false
	return nil
}
