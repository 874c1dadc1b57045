package vector

// machine writes the instructions of one level.
type machine interface {
	suffix() string // of the functions' names
	reg(r int) string
	parts() int   // registers to a block
	vectors() int // how many registers there are for values
	masks() int   // how many mask registers, or 0 where masks are vectors
	buffers(t Type) bool

	begin(g *generator)
	zero(g *generator, r int)
	broadcast(g *generator, n node, r int) // of a constant or scalar
	index(g *generator, c chain, r int)
	load(g *generator, stream int, c chain, r int)
	store(g *generator, stream int, c chain, r int)
	compute(g *generator, op operation, imm uint32, d, a, b, c int)
	move(g *generator, d, a int)
	accumulate(g *generator, op operation, acc []int, c chain, a, b int)
	finish(g *generator, r int) // folds the accumulators of a result and returns it
	loops(g *generator)

	rows(g *generator, row func())                             // the loop over the rows of a matrix
	row(g *generator, n node, r int)                           // loads what a row has of its own
	firstRow(g *generator, label string)                       // begins the loop over the rows of the columns at work
	nextRow(g *generator, label string)                        // ends it
	columnResult(g *generator, result int, c chain, load bool) // loads or stores the accumulators
}

// chain is one of the pieces of work that a pass of a loop interleaves: a part of a block.
type chain struct {
	block, part int
	partial     bool // the last block, of which only some lanes count
}

// generator turns one kernel into the assembly of one machine.
//
// Registers are given out while the code is written: accumulators, values computed before the loop and the constants
// used most keep theirs for the whole function, other constants are loaded again where they are used, and the rest are
// free again after the last use of what they hold.
type generator struct {
	*text
	k       *Kernel
	m       machine
	width   int         // chains worked on in step, so that one does not wait for the other
	fixed   map[int]int // the register of a node that keeps it
	acc     [][]int     // the registers of a result, part by part
	vectors pool
	masks   pool
	last    []int         // the node that uses a node last, or -1
	local   []map[int]int // the registers of the nodes of every chain in step
	full    bool          // registers ran out
}

// pool is the registers that are free.
type pool struct{ free []int }

func newPool(count, first int) pool {
	var p pool
	for r := count - 1; r >= 0; r-- {
		p.free = append(p.free, r+first)
	}
	return p
}

// take returns a register that is free.
func (g *generator) take(p *pool) int {
	last := len(p.free) - 1
	if last < 0 {
		g.full = true
		return 0
	}
	r := p.free[last]
	p.free = p.free[:last]
	return r
}

func (p *pool) give(r int) { p.free = append(p.free, r) }

// poolOf returns where the register of a node's value comes from.
func (g *generator) poolOf(op operation) *pool {
	if op.mask() && g.m.masks() > 0 {
		return &g.masks
	}
	return &g.vectors
}

// uses finds the last use of every node, counting backwards from stores and reductions. Nodes without use have -1.
func (k *Kernel) uses() (last, count []int) {
	last, count = make([]int, len(k.nodes)), make([]int, len(k.nodes))
	for id := range last {
		last[id] = -1
	}
	for id := len(k.nodes) - 1; id >= 0; id-- {
		n := k.nodes[id]
		if last[id] < 0 && !n.op.effect() {
			continue
		}
		for _, a := range n.args[:n.op.operands()] {
			if last[a] < 0 {
				last[a] = id
			}
			count[a]++
		}
	}
	return last, count
}
