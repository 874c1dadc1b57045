package same

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize"
)

// ErrNoRecord is the error of a file that no [Pair] left.
var ErrNoRecord = errors.New("the file has no record of a laboratory")

// Open returns the network of a file that a [Pair] left, with its model and its data, as its record describes them; name is what
// the network is called. The error is [ErrNoRecord], or says what is wrong with the record, which anyone may have written, how
// the weights do not fit it, or that the data are not there or are others: their name alone does not say which they are.
func Open(f serialize.File, name string) (*Network, error) {
	text, ok := recordOf(f)
	if !ok {
		return nil, ErrNoRecord
	}
	var r Record
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		return nil, fmt.Errorf("its record: %w", err)
	}
	if r.This < 0 || r.This >= len(r.Networks) {
		return nil, fmt.Errorf("its record: there is no network %d of two", r.This)
	}
	s := r.Networks[r.This]
	if err := s.Check(); err != nil {
		return nil, fmt.Errorf("its record: %w", err)
	}
	on := r.Data[r.This]
	if on == (lab.Hashes{}) {
		return nil, errors.New("its record is of an older Heft, which did not write down a hash of the data: train the pair again")
	}
	weights, err := Read(f, name, "")
	if err != nil {
		return nil, err
	}
	train, test, err := lab.Reopen(s.Data, on)
	if err != nil {
		return nil, err
	}
	if !weights.couldBe(s, train.Features()) { // before memory is taken for what the record says
		return nil, errors.New("its weights are not of the network in its record")
	}
	e, err := lab.NewUndrawn(s, train, test)
	if err != nil {
		return nil, fmt.Errorf("its record: %w", err)
	}
	if _, err := e.Store.Load(weights.tensors); err != nil {
		return nil, err
	}
	return &Network{Name: name, Store: e.Store, Model: e.Model, Test: flat(test), Train: flat(train)}, nil
}

// recordOf returns the record of a file, and whether it has one.
func recordOf(f serialize.File) (text string, ok bool) {
	value, _ := f.Metadata().Value(RecordKey)
	text, ok = value.(string)
	return text, ok
}

// couldBe tells whether the weights are as many as those of a setup's hidden layers, and one is of its first layer.
func (n *Network) couldBe(s lab.Setup, features int) bool {
	total := 0
	for _, p := range n.Store.Params() {
		total += len(p.Data)
	}
	first := slices.ContainsFunc(n.Store.Params(), func(p *nn.Param) bool { return slices.Equal(p.Shape, []int{s.Width, features}) })
	return first && s.Width*s.Width*(s.Depth-1) <= total
}

// tensors yields the weights.
func (n *Network) tensors(yield func(dtype.Tensor, error) bool) {
	for _, t := range n.Store.Tensors() {
		if !yield(t, nil) {
			return
		}
	}
}
