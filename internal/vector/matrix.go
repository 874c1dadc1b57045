package vector

import "fmt"

// Shape is what a kernel loops over, and what its results are of.
type Shape int

// The shapes. A matrix has rows of n columns, which start stride elements apart.
const (
	Slice   Shape = iota // n elements, with results of all
	Rows                 // a matrix, row after row, with results of every row
	Columns              // a matrix, sixteen columns and more at once, with results of every column, which are added to
)

var shapeNames = []string{Slice: "", Rows: "Rows", Columns: "Columns"}

// String returns how names of kernels of this shape end.
func (s Shape) String() string { return shapeNames[s] }

// New begins a kernel of this shape.
func (s Shape) New(name, doc string) *Kernel {
	k := New(name, doc)
	k.shape = s
	return k
}

// Gradient is the function [Gradient] for a kernel of this shape.
func (s Shape) Gradient(name, doc string, work func(k *Kernel) Value) *Kernel {
	form := func(name string, add bool) *Kernel {
		k := s.New(name, doc)
		dx := k.Out("dx")
		v := work(k)
		if add {
			v = dx.Load().Add(v)
		}
		dx.Store(v)
		return k
	}
	k := form(name, false)
	k.adding = form(name+"Add", true)
	return k
}

// Row declares a float32 argument of which every row of a matrix has its own.
func (k *Kernel) Row(name string) Value { return k.row(scalar{name: name}) }

// RowWord declares a uint32 argument of which every row of a matrix has its own.
func (k *Kernel) RowWord(name string) Value { return k.row(scalar{name: name, word: true}) }

func (k *Kernel) row(s scalar) Value {
	k.matrixOnly()
	k.perRow = append(k.perRow, s)
	return k.add(node{op: opRow, imm: uint32(len(k.perRow) - 1)})
}

// Column declares a slice of float32 with an element for every column of a matrix.
func (k *Kernel) Column(name string) Stream {
	k.matrixOnly()
	s := k.In(name)
	k.streams[s.id].column = true
	return s
}

// Line declares a float32 argument of which every row has its own in a kernel of shape Rows, and every column in one of
// shape Columns: whatever the results are of.
func (k *Kernel) Line(name string) Value {
	if k.shape == Columns {
		return k.Column(name).Load()
	}
	return k.Row(name)
}

func (k *Kernel) matrixOnly() {
	if k.shape == Slice {
		panic(fmt.Sprintf("vector: %s loops over a slice, which has no rows and columns", k.name))
	}
}

// ofRow describes a value of a row.
func (k *Kernel) ofRow(id int) string {
	if n := k.nodes[id]; n.op == opRow {
		return k.perRow[n.imm].name + " of the row"
	}
	return "computed for the row"
}

// rowNodes returns the nodes that are the same for all elements of a row, and which of them elements use.
func (k *Kernel) rowNodes() (nodes []int, direct map[int]bool) {
	direct = map[int]bool{}
	for id, n := range k.nodes {
		if n.row {
			nodes = append(nodes, id)
			continue
		}
		for _, a := range n.args[:n.op.operands()] {
			direct[a] = true
		}
	}
	return nodes, direct
}

// overRows writes the work on some chains: once, or for all rows of the columns that the chains are.
func (g *generator) overRows(label string, chains []chain, work func()) {
	if g.k.shape != Columns {
		work()
		return
	}
	label += "_rows"
	results := func(load bool) {
		for r := range g.k.results {
			for _, c := range chains {
				g.m.columnResult(g, r, c, load)
			}
		}
	}
	results(true)
	g.m.firstRow(g, label)
	g.withRow(work)
	g.m.nextRow(g, label)
	results(false)
}

// withRow writes the values of a row, and then the work that uses them.
func (g *generator) withRow(work func()) {
	nodes, direct := g.k.rowNodes()
	free := func(id int) {
		g.poolOf(g.k.nodes[id].op).give(g.fixed[id])
		delete(g.fixed, id)
	}
	for _, id := range nodes {
		if g.last[id] >= 0 {
			g.local = []map[int]int{{}}
			g.step(id, g.k.nodes[id], []chain{{}})
			g.fixed[id] = g.local[0][id]
		}
	}
	for _, id := range nodes {
		switch {
		case g.last[id] < 0:
		case !direct[id]:
			free(id)
		case g.k.shape == Rows:
			g.note("%s: %s", g.m.reg(g.fixed[id]), g.k.ofRow(id))
		}
	}
	work()
	for _, id := range nodes {
		if g.last[id] >= 0 && direct[id] {
			free(id)
		}
	}
}

// accumulators returns the registers in which a chain gathers a result: one, or two of float64.
func (g *generator) accumulators(result int, c chain) []int {
	each := 2
	if g.k.results[result].kind == opLargest {
		each = 1
	}
	slot := c.part
	if g.k.shape == Columns {
		slot += c.block * g.m.parts()
	}
	return g.acc[result][slot*each : (slot+1)*each]
}

// clear sets the accumulators to what they start from.
func (g *generator) clear() {
	for r, result := range g.k.results {
		for _, acc := range g.acc[r] {
			if result.kind == opLargest {
				g.m.broadcast(g, node{op: opConst, imm: 0xff800000}, acc)
			} else {
				g.m.zero(g, acc)
			}
		}
	}
}
