package autograd

import "slices"

// Not returns where m is false.
func (m Mask) Not() Mask {
	n := newMask(m.Shape)
	for i, v := range m.Data {
		n.Data[i] = !v
	}
	return n
}

// And returns where both masks are true.  m, o: shapes that broadcast to the result's
func (m Mask) And(o Mask) Mask {
	n, a, b := m.meet("and", o)
	for i := range n.Data {
		n.Data[i] = a[i] && b[i]
	}
	return n
}

// Or returns where at least one of the masks is true.  m, o: shapes that broadcast to the result's
func (m Mask) Or(o Mask) Mask {
	n, a, b := m.meet("or", o)
	for i := range n.Data {
		n.Data[i] = a[i] || b[i]
	}
	return n
}

// meet returns an empty mask of the shape that m and o broadcast to, and the truths of both in that shape.
func (m Mask) meet(op string, o Mask) (joint Mask, a, b []bool) {
	m.check(op)
	o.check(op)
	shape, ok := joinShapes(nil, m.Shape, o.Shape)
	if !ok {
		panic(&ShapeError{Op: op, Operands: []Operand{m.operand(), o.operand()}, Reason: "axes must be equal, or 1, counted from the last"})
	}
	return newMask(shape), m.broadcast(shape), o.broadcast(shape)
}

// check panics when a mask was put together with a shape that its truths do not fill.
func (m Mask) check(op string) {
	if volume(op, m.Shape) != len(m.Data) {
		panic(&ShapeError{Op: op, Operands: []Operand{m.operand()}, Reason: countReason(len(m.Data))})
	}
}

// broadcast returns m's truths stretched to a shape: its own where the shapes are equal, else a copy.
func (m Mask) broadcast(shape []int) []bool {
	if sameShape(m.Shape, shape) {
		return m.Data
	}
	full := make([]bool, product(shape))
	walkStretch(m.Shape, shape, func(to, from, n, step int) {
		for i := range n {
			full[to+i] = m.Data[from+i*step]
		}
	})
	return full
}

func (m Mask) operand() Operand { return Operand{Shape: slices.Clone(m.Shape)} }

func newMask(shape []int) Mask { return Mask{make([]bool, product(shape)), slices.Clone(shape)} }
