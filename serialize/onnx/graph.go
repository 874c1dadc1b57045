package onnx

import (
	"fmt"

	"github.com/heft-ml/heft/dtype"
)

// Graph is operators in an order in which they can run, with the weights and inputs that they take. The zero Graph is empty.
type Graph struct {
	Name     string
	Metadata map[string]string // what else goes with the file, which readers show: custom_metadata_map of onnxruntime
	nodes    []node
	weights  []dtype.Tensor
	inputs   []value
	outputs  []value
}

// node is an operator at its place.
type node struct {
	op         string
	inputs     []string // empty: an input that is left out
	outputs    []string
	attributes []Attribute
}

// value is an input or output of the graph.
type value struct {
	name  string
	dtype dtype.DType
	shape []Dim
}

// Dim is a dimension of an input or output.
type Dim struct {
	name string // of a size that is known when the graph runs
	size int
}

// Fixed is a dimension of n.
func Fixed(n int) Dim { return Dim{size: n} }

// Dynamic is a dimension that each run chooses. Dimensions of one name are equal.
func Dynamic(name string) Dim { return Dim{name: name} }

// Attribute is a setting of an operator.
type Attribute struct {
	name  string
	value any // int64, float32, string or []int64
}

// Int is an attribute that is a whole number.
func Int(name string, v int) Attribute { return Attribute{name, int64(v)} }

// Float is an attribute that is a float32.
func Float(name string, v float64) Attribute { return Attribute{name, float32(v)} }

// Text is an attribute that is a text.
func Text(name, v string) Attribute { return Attribute{name, v} }

// Ints is an attribute that is whole numbers.
func Ints(name string, v ...int) Attribute {
	all := make([]int64, len(v))
	for i, n := range v {
		all[i] = int64(n)
	}
	return Attribute{name, all}
}

// Input declares an input of the graph and returns its name.
func (g *Graph) Input(name string, dt dtype.DType, shape ...Dim) string {
	g.inputs = append(g.inputs, value{name, dt, shape})
	return name
}

// Output declares that a value, by its name, is an output of the graph.
func (g *Graph) Output(name string, dt dtype.DType, shape ...Dim) {
	g.outputs = append(g.outputs, value{name, dt, shape})
}

// Weight adds a constant, which operators take by its name, and returns that. Its data is not copied.
func (g *Graph) Weight(t dtype.Tensor) string {
	g.weights = append(g.weights, t)
	return t.Name
}

// Integers adds a constant of I64 and shape [len(v)], as Reshape and others take shapes, and returns its name.
func (g *Graph) Integers(name string, v ...int) string {
	data := make([]byte, 0, 8*len(v))
	for _, n := range v {
		for shift := 0; shift < 64; shift += 8 {
			data = append(data, byte(int64(n)>>shift))
		}
	}
	return g.Weight(dtype.Tensor{Name: name, DType: dtype.I64, Shape: []int{len(v)}, Data: data})
}

// Number adds a constant of F32 without dimensions, and returns its name.
func (g *Graph) Number(name string, v float32) string {
	t, err := dtype.FromFloat32s(name, []int{}, []float32{v}, dtype.F32)
	if err != nil { // F32 holds every float32
		panic(err)
	}
	return g.Weight(t)
}

// Add adds an operator that makes one value, of that name, and returns the name. An empty name of an input leaves it out.
func (g *Graph) Add(name, op string, inputs []string, attributes ...Attribute) string {
	return g.AddMany([]string{name}, op, inputs, attributes...)[0]
}

// AddMany adds an operator that makes several values, as Split does, and returns their names.
func (g *Graph) AddMany(names []string, op string, inputs []string, attributes ...Attribute) []string {
	g.nodes = append(g.nodes, node{op, inputs, names, attributes})
	return names
}

// GraphError says what a graph must not be.
type GraphError struct {
	Graph  string
	Value  string // the name concerned, or empty
	Detail string
}

// Error names the graph, the value and what is wrong, in one line.
func (e *GraphError) Error() string {
	text := fmt.Sprintf("onnx: graph %.100q", e.Graph)
	if e.Value != "" {
		text += fmt.Sprintf(": %.100q", e.Value)
	}
	return text + ": " + e.Detail
}

// check refuses a graph that readers would not accept.
func (g *Graph) check() error {
	made := map[string]bool{}
	broken := func(name, format string, args ...any) error {
		return &GraphError{g.Name, name, fmt.Sprintf(format, args...)}
	}
	create := func(name string) error {
		switch {
		case name == "":
			return broken(name, "a value has no name")
		case made[name]:
			return broken(name, "two values have this name")
		}
		made[name] = true
		return nil
	}
	for _, v := range g.inputs {
		if err := create(v.name); err != nil {
			return err
		}
	}
	for _, w := range g.weights {
		if err := create(w.Name); err != nil {
			return err
		}
		if _, ok := dataTypes[w.DType]; !ok {
			return broken(w.Name, "ONNX has no type for %v", w.DType)
		}
		if err := w.Check(); err != nil {
			return err
		}
	}
	for _, n := range g.nodes {
		for _, name := range n.inputs {
			if name != "" && !made[name] {
				return broken(name, "%s takes it, but nothing before has made it", n.op)
			}
		}
		for _, name := range n.outputs {
			if err := create(name); err != nil {
				return err
			}
		}
	}
	for _, v := range g.outputs {
		if !made[v.name] {
			return broken(v.name, "it is an output, but nothing has made it")
		}
	}
	for _, v := range append(append([]value{}, g.inputs...), g.outputs...) {
		if _, ok := dataTypes[v.dtype]; !ok {
			return broken(v.name, "ONNX has no type for %v", v.dtype)
		}
	}
	if g.Name == "" || len(g.outputs) == 0 {
		return broken("", "a name and an output are needed")
	}
	return nil
}
