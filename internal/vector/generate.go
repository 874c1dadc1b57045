package vector

import (
	"cmp"
	"fmt"
	"slices"
)

// generate writes the kernel for a machine: with as many chains in step as its registers allow, and then as many
// constants in registers as are left.
func generate(k *Kernel, m machine) *text {
	last, count := k.uses()
	var constants []int
	for id, n := range k.nodes {
		if last[id] >= 0 && (n.op == opConst || n.op == opScalar) {
			constants = append(constants, id)
		}
	}
	slices.SortStableFunc(constants, func(a, b int) int { return cmp.Compare(count[b], count[a]) })
	for _, width := range []int{4, 2, 1} {
		for kept := len(constants); kept >= 0; kept-- {
			g := &generator{
				text: &text{}, k: k, m: m, width: width, fixed: map[int]int{}, last: last,
				vectors: newPool(m.vectors(), 0), masks: newPool(m.masks(), 2),
			}
			if g.function(constants[:kept]); !g.full {
				return g.text
			}
		}
	}
	panic(fmt.Sprintf("vector: %s needs more registers than %s has", k.name, m.suffix()))
}

// function writes everything between TEXT and RET.
func (g *generator) function(kept []int) {
	g.m.begin(g)
	for range g.k.results {
		g.acc = append(g.acc, nil)
	}
	for r, result := range g.k.results {
		registers := g.m.parts()
		if g.k.shape == Columns {
			registers = max(registers, g.width)
		}
		if result.kind != opLargest {
			registers *= 2 // float64 takes two
		}
		for range registers {
			acc := g.take(&g.vectors)
			g.acc[r] = append(g.acc[r], acc)
			g.note("%s: lanes of %s", g.m.reg(acc), result.name)
		}
	}
	for _, id := range kept {
		g.fixed[id] = g.take(&g.vectors)
		g.m.broadcast(g, g.k.nodes[id], g.fixed[id])
		g.note("%s: %s", g.m.reg(g.fixed[id]), g.k.constant(id))
	}
	g.local = []map[int]int{{}}
	for id, n := range g.k.nodes {
		if n.uniform && n.op.arity() > 0 && g.last[id] >= 0 {
			g.step(id, n, []chain{{}})
			g.fixed[id] = g.local[0][id]
			g.note("%s: computed before the loop", g.m.reg(g.fixed[id]))
		}
	}
	all := func() {
		g.clear()
		g.m.loops(g)
		for r := range g.k.results {
			g.m.finish(g, r)
		}
	}
	switch g.k.shape {
	case Slice:
		all()
	case Rows:
		g.m.rows(g, func() { g.withRow(all) })
	case Columns:
		g.m.loops(g)
	}
}

// body writes the work on some chains.
func (g *generator) body(chains []chain, width int) {
	for round := range slices.Chunk(chains, width) {
		g.local = make([]map[int]int, len(round))
		for c := range round {
			g.local[c] = map[int]int{}
		}
		for id, n := range g.k.nodes {
			if !n.uniform && !n.row && (g.last[id] >= 0 || n.op.effect()) {
				g.step(id, n, round)
			}
		}
	}
}

// step writes one node for every chain in step.
func (g *generator) step(id int, n node, round []chain) {
	args := n.args[:n.op.operands()]
	loaded := map[int]int{} // constants that have no register of their own
	for _, a := range args {
		_, fixed := g.fixed[a]
		if _, again := loaded[a]; !again && !fixed && g.k.nodes[a].arity0() && g.k.nodes[a].uniform {
			loaded[a] = g.take(&g.vectors)
			g.m.broadcast(g, g.k.nodes[a], loaded[a])
		}
	}
	for c, where := range round {
		at := func(a int) int {
			if r, ok := g.fixed[a]; ok {
				return r
			}
			if r, ok := loaded[a]; ok {
				return r
			}
			return g.local[c][a]
		}
		g.emit(id, n, c, where, args, at)
	}
	for _, a := range args { // in this order, for the next to be given out follows from it
		if r, ok := loaded[a]; ok {
			g.vectors.give(r)
			delete(loaded, a)
		}
	}
}

func (n node) arity0() bool { return n.op == opConst || n.op == opScalar }

// emit writes one node for one chain.
func (g *generator) emit(id int, n node, c int, where chain, args []int, at func(int) int) {
	local := g.local[c]
	var operands [3]int
	for i, a := range args {
		operands[i] = at(a)
	}
	// dies tells whether the register of an argument is free after this node.
	dies := func(i int) bool {
		_, mine := local[args[i]]
		_, fixed := g.fixed[args[i]]
		return mine && !fixed && g.last[args[i]] == id && !g.k.nodes[args[i]].uniform
	}
	release := func(except int) {
		for i, a := range args {
			if i != except && dies(i) && (except < 0 || a != args[except]) && !slices.Contains(args[:i], a) {
				g.poolOf(g.k.nodes[a].op).give(local[a])
			}
		}
	}
	switch {
	case n.op == opStore:
		g.m.store(g, int(n.imm), where, operands[0])
		release(-1)
	case n.op.effect():
		g.m.accumulate(g, n.op, g.accumulators(int(n.imm), where), where, operands[0], operands[1])
		release(-1)
	case n.op == opLoad:
		local[id] = g.take(&g.vectors)
		g.m.load(g, int(n.imm), where, local[id])
	case n.op == opRow:
		local[id] = g.take(&g.vectors)
		g.m.row(g, n, local[id])
	case n.op == opIndex:
		local[id] = g.take(&g.vectors)
		g.m.index(g, where, local[id])
	case n.op == opFMA || n.op == opFNMA:
		local[id] = g.fused(n, operands, dies, release)
	default: // results are written after the operands are read, but for sequences of several instructions
		if n.op == opRotate || n.op == opSelect || n.op == opMax || n.op == opMin {
			local[id] = g.take(g.poolOf(n.op))
			g.m.compute(g, n.op, n.imm, local[id], operands[0], operands[1], operands[2])
			release(-1)
			return
		}
		release(-1)
		local[id] = g.take(g.poolOf(n.op))
		g.m.compute(g, n.op, n.imm, local[id], operands[0], operands[1], operands[2])
	}
}

// fused writes a fused multiplication and addition, whose result takes the place of its third operand: of a copy, if
// that is still needed.
func (g *generator) fused(n node, operands [3]int, dies func(int) bool, release func(int)) int {
	if dies(2) && n.args[2] != n.args[0] && n.args[2] != n.args[1] {
		release(2)
		g.m.compute(g, n.op, 0, operands[2], operands[0], operands[1], operands[2])
		return operands[2]
	}
	d := g.take(&g.vectors)
	g.m.move(g, d, operands[2])
	g.m.compute(g, n.op, 0, d, operands[0], operands[1], d)
	release(-1)
	return d
}

// constant says what a constant or scalar is.
func (k *Kernel) constant(id int) string {
	n := k.nodes[id]
	if n.op == opScalar {
		return k.scalars[n.imm].name
	}
	return fmt.Sprintf("0x%08x, %v", n.imm, float(n.imm))
}
