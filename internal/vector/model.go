package vector

import (
	"fmt"
	"math"
)

// Model runs a kernel over slices on n elements in plain Go. The arguments are the streams in the order in which they
// were declared ([]float32, []uint16, []bool), then the scalars (float32, uint32). It returns the results: float64 for
// sums, float32 for the largest.
func (k *Kernel) Model(n int, args ...any) []any {
	m := k.model(args)
	for i := range n {
		m.element(place{column: i, element: i})
	}
	return m.folded()
}

// MatrixModel runs a kernel over matrices on rows of n elements, which start stride elements apart, in plain Go. The
// arguments are the streams as for [Kernel.Model], then what every row has its own of ([]float32, []uint32), the results
// of rows or columns ([]float64 for sums, []float32 for the largest) and the scalars.
func (k *Kernel) MatrixModel(rows, n, stride int, args ...any) {
	m := k.model(args)
	for row := range rows {
		if k.shape == Rows {
			m.clear()
		}
		for column := range n {
			m.element(place{row, column, row*stride + column})
		}
		if k.shape == Rows {
			for r, v := range m.folded() {
				m.setResult(r, row, v)
			}
		}
	}
}

// model is a run of the model.
type model struct {
	k                                *Kernel
	streams, perRow, matrix, scalars []any
	values                           []uint32 // of the nodes
	sums                             [][Lanes]float64
}

// place is an element, of a matrix or of a slice, which has one row.
type place struct{ row, column, element int }

func (k *Kernel) model(args []any) *model {
	m := &model{k: k, values: make([]uint32, len(k.nodes)), sums: make([][Lanes]float64, len(k.results))}
	given := len(args)
	take := func(count int) []any {
		count = min(count, len(args))
		taken := args[:count]
		args = args[count:]
		return taken
	}
	m.streams, m.perRow = take(len(k.streams)), take(len(k.perRow))
	if k.shape != Slice {
		m.matrix = take(len(k.results))
	}
	m.scalars = take(len(k.scalars))
	if len(m.scalars) < len(k.scalars) || len(args) > 0 {
		panic(fmt.Sprintf("vector: %s does not take %d arguments", k.name, given))
	}
	m.clear()
	return m
}

// clear sets the lanes of results to what they start from.
func (m *model) clear() {
	for r, result := range m.k.results {
		start := 0.0
		if result.kind == opLargest {
			start = math.Inf(-1)
		}
		for l := range m.sums[r] {
			m.sums[r][l] = start
		}
	}
}

// element does the work on one element.
func (m *model) element(p place) {
	for id, d := range m.k.nodes {
		a, b, c := m.values[d.args[0]], m.values[d.args[1]], m.values[d.args[2]]
		switch d.op {
		case opScalar:
			m.values[id] = scalarBits(m.scalars[d.imm])
		case opRow:
			m.values[id] = rowBits(m.perRow[d.imm], p.row)
		case opIndex:
			m.values[id] = uint32(p.column)
		case opLoad:
			m.values[id] = element(m.streams[d.imm], m.k.streams[d.imm].kind, m.index(d, p))
		case opStore:
			setElement(m.streams[d.imm], m.k.streams[d.imm].kind, m.index(d, p), a)
		case opSum64, opDot64, opLargest:
			m.gather(d, p, float64(float(a)), float64(float(b)))
		default:
			m.values[id] = compute(d, a, b, c)
		}
	}
}

// index is where a stream has what belongs to an element.
func (m *model) index(d node, p place) int {
	if m.k.streams[d.imm].column {
		return p.column
	}
	return p.element
}

// gather adds to a result: to a lane of it, or to that of a column.
func (m *model) gather(d node, p place, x, y float64) {
	join := func(old float64) float64 {
		switch {
		case d.op == opSum64:
			return old + x
		case d.op == opDot64:
			return old + x*y
		case old > x:
			return old
		}
		return x
	}
	if m.k.shape != Columns {
		lane := &m.sums[d.imm][p.column%Lanes]
		*lane = join(*lane)
		return
	}
	switch s := m.matrix[d.imm].(type) {
	case []float64:
		s[p.column] = join(s[p.column])
	case []float32:
		s[p.column] = float32(join(float64(s[p.column])))
	}
}

// folded returns the results of the lanes.
func (m *model) folded() []any {
	out := make([]any, len(m.k.results))
	for r, result := range m.k.results {
		if result.kind == opLargest {
			out[r] = float32(fold(m.sums[r], func(a, b float64) float64 {
				if a > b {
					return a
				}
				return b
			}))
		} else {
			out[r] = fold(m.sums[r], func(a, b float64) float64 { return a + b })
		}
	}
	return out
}

func (m *model) setResult(result, row int, v any) {
	switch s := m.matrix[result].(type) {
	case []float64:
		s[row] = v.(float64)
	case []float32:
		s[row] = v.(float32)
	}
}

// fold is the tree that ends every reduction.
func fold(lanes [Lanes]float64, join func(a, b float64) float64) float64 {
	for width := Lanes / 2; width > 0; width /= 2 {
		for l := range width {
			lanes[l] = join(lanes[l], lanes[l+width])
		}
	}
	return lanes[0]
}
