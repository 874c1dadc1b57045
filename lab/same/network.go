package same

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/dtype"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/serialize"
)

// Network is one of two that are compared.
type Network struct {
	Name  string // for people: a data set, or a file
	Store *nn.Store
	Model nn.Layer    // that computes with the store; nil if the weights are all there is
	Input *data.Input // how it scales samples; nil if they are as they come
	Test  *data.Set   // samples in classes to score it on; nil with Model
	Train *data.Set   // to show; may be nil
	Why   string      // there is no Model; "" if there is one
	Size  int64       // bytes of its file
}

// mostValues bounds how many numbers of a file are compared: it keeps a slip of the finger from taking all memory.
const mostValues = 1 << 28

// Read returns the weights of an open file, without a model to compute with; why says for what reason there is none. name is
// what the network is called, in errors too.
func Read(f serialize.File, name, why string) (*Network, error) {
	n := &Network{Name: name, Store: nn.NewStore(0, initializer.Zeros()), Why: why}
	total := 0
	for _, info := range f.Tensors() {
		count := 1
		for _, d := range info.Shape {
			if count *= max(d, 1); count > mostValues {
				break
			}
		}
		if total += count; total > mostValues {
			return nil, fmt.Errorf("%s holds more than %d numbers: too many to compare two networks", name, mostValues)
		}
		t, err := f.Read(info.Name)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		if err := n.add(t); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	return n, nil
}

// add declares a parameter with a tensor's values.
func (n *Network) add(t dtype.Tensor) error {
	if t.Name == "" {
		return errors.New("a tensor has no name, and a network's weights need names")
	}
	if n.Store.Param(t.Name) != nil {
		return fmt.Errorf("tensor %.100q is there twice", t.Name)
	}
	values, err := t.Float32s(nil)
	if err != nil {
		return fmt.Errorf("tensor %.100q: %w", t.Name, err)
	}
	kind := initializer.Weight
	if len(t.Shape) < 2 {
		kind = initializer.Bias
	}
	p := n.Store.Root().Param(initializer.Param{Name: t.Name, Kind: kind, Shape: t.Shape})
	copy(p.Data, values)
	return nil
}

// sameArchitecture returns an error that says what one network has and the other has not.
func sameArchitecture(a, b *Network) error {
	differ := func(format string, args ...any) error {
		return fmt.Errorf("%s and %s are not of one architecture: %s ('heft diff' compares any two files)", a.Name, b.Name, fmt.Sprintf(format, args...))
	}
	for _, of := range []struct{ one, other *Network }{{a, b}, {b, a}} {
		for _, p := range of.one.Store.Params() {
			q := of.other.Store.Param(p.Name)
			switch {
			case q == nil:
				return differ("%s alone has %q", of.one.Name, p.Name)
			case !slices.Equal(p.Shape, q.Shape):
				return differ("%q is %v in %s and %v in %s", p.Name, p.Shape, of.one.Name, q.Shape, of.other.Name)
			}
		}
	}
	if len(a.Store.Params()) == 0 {
		return fmt.Errorf("%s and %s hold no weights", a.Name, b.Name)
	}
	return nil
}

// layerOf is the path of the module that owns a parameter.
func layerOf(name string) string { return name[:max(0, strings.LastIndex(name, "."))] }
