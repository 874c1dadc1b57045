package onnx

import (
	"io"
	"maps"
	"math"
	"slices"

	"google.golang.org/protobuf/encoding/protowire"

	"github.com/heft-ml/heft/dtype"
	"github.com/heft-ml/heft/internal/atomicfile"
)

// The versions that are written.
const (
	irVersion = 9
	opset     = 20
)

// mostBytes is what a protobuf message can have.
const mostBytes = math.MaxInt32

// dataTypes are the numbers of TensorProto.DataType.
var dataTypes = map[dtype.DType]uint64{
	dtype.F32: 1, dtype.U8: 2, dtype.I8: 3, dtype.U16: 4, dtype.I16: 5, dtype.I32: 6, dtype.I64: 7, dtype.Bool: 9, dtype.F16: 10, dtype.F64: 11,
	dtype.U32: 12, dtype.U64: 13, dtype.C64: 14, dtype.BF16: 16, dtype.F8E4M3: 17, dtype.F8E4M3FNUZ: 18, dtype.F8E5M2: 19, dtype.F8E5M2FNUZ: 20,
}

// Save writes a graph to path, as a whole or not at all. A graph that readers would not accept, or that is 2 GiB and more, is a [*GraphError]; data that
// does not fit its shape is a [dtype.SizeError]. Other errors are those of the disk, and name the path.
func Save(path string, g *Graph) error {
	m, err := g.encode()
	if err != nil {
		return err
	}
	return atomicfile.Write(path, m.writeTo)
}

// Write writes to w what [Save] writes to a file. It checks everything before it writes the first byte.
func Write(w io.Writer, g *Graph) error {
	m, err := g.encode()
	if err != nil {
		return err
	}
	return m.writeTo(w)
}

// message is a protobuf message in pieces, so that the data of weights is not copied.
type message struct {
	pieces [][]byte
	size   int
}

func (m *message) writeTo(w io.Writer) error {
	for _, piece := range m.pieces {
		if _, err := w.Write(piece); err != nil {
			return err
		}
	}
	return nil
}

// put appends bytes, which stay the caller's.
func (m *message) put(b []byte) {
	m.pieces = append(m.pieces, b)
	m.size += len(b)
}

// bytes appends a field that is bytes, a text or an encoded message.
func (m *message) bytes(field protowire.Number, b []byte) {
	head := protowire.AppendTag(nil, field, protowire.BytesType)
	m.put(protowire.AppendVarint(head, uint64(len(b))))
	m.put(b)
}

// message appends a field that is a message in pieces.
func (m *message) message(field protowire.Number, inner *message) {
	head := protowire.AppendTag(nil, field, protowire.BytesType)
	m.put(protowire.AppendVarint(head, uint64(inner.size)))
	for _, piece := range inner.pieces {
		m.put(piece)
	}
}

// encode makes a ModelProto.
func (g *Graph) encode() (*message, error) {
	if err := g.check(); err != nil {
		return nil, err
	}
	graph := &message{}
	for _, n := range g.nodes {
		graph.bytes(1, n.encode())
	}
	graph.bytes(2, []byte(g.Name))
	for _, w := range g.weights {
		graph.message(5, encodeWeight(w))
	}
	for _, v := range g.inputs {
		graph.bytes(11, v.encode())
	}
	for _, v := range g.outputs {
		graph.bytes(12, v.encode())
	}
	m := &message{}
	m.put(number(nil, 1, irVersion))
	m.bytes(2, []byte("heft"))
	m.message(7, graph)
	m.bytes(8, number(text(nil, 1, ""), 2, opset)) // OperatorSetIdProto: domain, version
	for _, key := range slices.Sorted(maps.Keys(g.Metadata)) {
		m.bytes(14, text(text(nil, 1, key), 2, g.Metadata[key])) // StringStringEntryProto
	}
	if m.size > mostBytes {
		return nil, &GraphError{g.Name, "", "its weights and operators have 2 GiB and more, which one file cannot hold: write them in a narrower dtype"}
	}
	return m, nil
}

// number appends a field that is a whole number.
func number(b []byte, field protowire.Number, v int64) []byte {
	return protowire.AppendVarint(protowire.AppendTag(b, field, protowire.VarintType), uint64(v))
}

// text appends a field that is a text or an encoded message.
func text[T string | []byte](b []byte, field protowire.Number, v T) []byte {
	return protowire.AppendBytes(protowire.AppendTag(b, field, protowire.BytesType), []byte(v))
}

// encode makes a NodeProto. It is named as what it makes, which readers show in errors.
func (n node) encode() []byte {
	var b []byte
	for _, name := range n.inputs {
		b = text(b, 1, name)
	}
	for _, name := range n.outputs {
		b = text(b, 2, name)
	}
	b = text(b, 3, n.outputs[0])
	b = text(b, 4, n.op)
	for _, a := range n.attributes {
		b = text(b, 5, a.encode())
	}
	return b
}

// encode makes an AttributeProto; 20 is its type.
func (a Attribute) encode() []byte {
	b := text(nil, 1, a.name)
	switch v := a.value.(type) {
	case float32:
		b = protowire.AppendFixed32(protowire.AppendTag(b, 2, protowire.Fixed32Type), math.Float32bits(v))
		return number(b, 20, 1)
	case int64:
		return number(number(b, 3, v), 20, 2)
	case string:
		return number(text(b, 4, v), 20, 3)
	case []int64:
		for _, n := range v {
			b = number(b, 8, n)
		}
		return number(b, 20, 7)
	}
	return b
}

// encodeWeight makes a TensorProto.
func encodeWeight(t dtype.Tensor) *message {
	var b []byte
	for _, n := range t.Shape {
		b = number(b, 1, int64(n))
	}
	b = number(b, 2, int64(dataTypes[t.DType]))
	b = text(b, 8, t.Name)
	m := &message{}
	m.put(b)
	m.bytes(9, t.Data)
	return m
}

// encode makes a ValueInfoProto.
func (v value) encode() []byte {
	var shape []byte
	for _, d := range v.shape {
		dim := text(nil, 2, d.name)
		if d.name == "" {
			dim = number(nil, 1, int64(d.size))
		}
		shape = text(shape, 1, dim)
	}
	tensor := text(number(nil, 1, int64(dataTypes[v.dtype])), 2, shape)
	return text(text(nil, 1, v.name), 2, text(nil, 1, tensor))
}
