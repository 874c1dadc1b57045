package vector

import "math"

// Lanes is how many elements a block has.
const Lanes = 16

// Type is what a stream holds.
type Type int

// The types of streams. A Bool is 0 or 1 in a lane, a Half is converted where it is loaded and stored, rounding to even,
// and a Word16 is an integer in the low half of a lane.
const (
	Float32 Type = iota
	Half
	Word16
	Bool
)

// size is the bytes of an element.
func (t Type) size() int { return []int{4, 2, 2, 1}[t] }

// pointer is the Go type of a pointer to an element.
func (t Type) pointer() string { return []string{"*float32", "*uint16", "*uint16", "*bool"}[t] }

// slice is the Go type of a stream.
func (t Type) slice() string { return []string{"[]float32", "[]uint16", "[]uint16", "[]bool"}[t] }

// Kernel is a loop over n elements of some streams, or over the elements of matrices.
type Kernel struct {
	name, doc string
	shape     Shape
	streams   []stream
	perRow    []scalar
	scalars   []scalar
	results   []result
	nodes     []node
	known     map[node]int // where a pure node is already computed
	adding    *Kernel      // the other form of a gradient
}

type stream struct {
	name   string
	kind   Type
	loaded bool
	stored bool
	column bool // one element for every column of a matrix
}

type scalar struct {
	name string
	word bool // uint32, not float32
}

type result struct {
	name string
	kind operation
}

// New begins a kernel over a slice; the doc goes on from its name.
func New(name, doc string) *Kernel {
	return &Kernel{name: name, doc: doc, known: map[node]int{}}
}

// Gradient makes a kernel in two forms from the same work: one stores the value that the work returns in dx, a stream
// of float32 before all others, and one adds the value to dx.
func Gradient(name, doc string, work func(k *Kernel) Value) *Kernel {
	return Slice.Gradient(name, doc, work)
}

// Forms returns the kernel and, of a gradient, the form that adds.
func (k *Kernel) Forms() []*Kernel {
	if k.adding == nil {
		return []*Kernel{k}
	}
	return []*Kernel{k, k.adding}
}

// Name returns what the kernel is called.
func (k *Kernel) Name() string { return k.name }

// Stream is a slice that the loop runs over.
type Stream struct {
	k  *Kernel
	id int
}

// In declares a slice of float32 that is read; Out one that is written. They say the same: what is done with a stream
// decides.
func (k *Kernel) In(name string) Stream { return k.Stream(name, Float32) }

// Out declares a slice of float32 that is written.
func (k *Kernel) Out(name string) Stream { return k.Stream(name, Float32) }

// Stream declares a slice of some type.
func (k *Kernel) Stream(name string, t Type) Stream {
	k.streams = append(k.streams, stream{name: name, kind: t})
	return Stream{k, len(k.streams) - 1}
}

// Load returns the element.
func (s Stream) Load() Value {
	s.k.streams[s.id].loaded = true
	return s.k.add(node{op: opLoad, imm: uint32(s.id)})
}

// Store sets the element.
func (s Stream) Store(v Value) {
	s.k.streams[s.id].stored = true
	s.k.effect(node{op: opStore, imm: uint32(s.id), args: [3]int{v.id}})
}

// Scalar declares a float32 argument.
func (k *Kernel) Scalar(name string) Value {
	k.scalars = append(k.scalars, scalar{name: name})
	return k.add(node{op: opScalar, imm: uint32(len(k.scalars) - 1)})
}

// Word declares a uint32 argument.
func (k *Kernel) Word(name string) Value {
	k.scalars = append(k.scalars, scalar{name: name, word: true})
	return k.add(node{op: opScalar, imm: uint32(len(k.scalars) - 1)})
}

// Float is a constant, rounded to float32.
func (k *Kernel) Float(v float64) Value { return k.Bits(math.Float32bits(float32(v))) }

// Bits is a constant given by its bits.
func (k *Kernel) Bits(v uint32) Value { return k.add(node{op: opConst, imm: v}) }

// first is the scalar that counts from: a piece of a long slice gets its own.
const first = "first"

// Index is the number of the element, in a matrix of its column, as an integer. It counts from a uint32 argument first,
// which this declares.
func (k *Kernel) Index() Value { return k.add(node{op: opIndex}).AddInt(k.Word(first)) }

// Sum adds v to a result, carried in float64.
func (k *Kernel) Sum(name string, v Value) { k.reduce(name, opSum64, v, v) }

// Dot adds a b to a result, carried in float64 without rounding the product.
func (k *Kernel) Dot(name string, a, b Value) { k.reduce(name, opDot64, a, b) }

// Largest takes the largest v into a result: -Inf for none. A NaN is taken where it is the last of its lane.
func (k *Kernel) Largest(name string, v Value) { k.reduce(name, opLargest, v, v) }

func (k *Kernel) reduce(name string, op operation, a, b Value) {
	k.results = append(k.results, result{name, op})
	k.effect(node{op: op, imm: uint32(len(k.results) - 1), args: [3]int{a.id, b.id}})
}

// node is one operation; its arguments are earlier nodes.
type node struct {
	op      operation
	args    [3]int
	imm     uint32 // bits of a constant, a shift, or the number of a stream, scalar or result
	uniform bool   // the same for every element
	row     bool   // the same for every element of a row, but not uniform
}

// add appends a node without effects, unless it is there already.
func (k *Kernel) add(n node) Value {
	n.uniform = n.op == opConst || n.op == opScalar
	n.row = n.op == opRow
	if count := n.op.arity(); count > 0 {
		n.uniform, n.row = true, true
		for _, a := range n.args[:count] {
			n.uniform = n.uniform && k.nodes[a].uniform
			n.row = n.row && (k.nodes[a].uniform || k.nodes[a].row)
		}
		n.row = n.row && !n.uniform
	}
	if id, ok := k.known[n]; ok {
		return Value{k, id}
	}
	k.nodes = append(k.nodes, n)
	k.known[n] = len(k.nodes) - 1
	return Value{k, len(k.nodes) - 1}
}

func (k *Kernel) effect(n node) {
	if n.op == opStore { // what is loaded later is not what was loaded before
		delete(k.known, node{op: opLoad, imm: n.imm})
	}
	k.nodes = append(k.nodes, n)
}
