package vector

import "fmt"

// rows writes the loop over the rows of a matrix around the work on one.
func (m amd64) rows(g *generator, row func()) {
	g.put("XORQ R15, R15")
	g.put("CMPQ R15, %v", g.k.frame().named("rows"))
	g.put("JGE end")
	g.label("row")
	m.restart(g)
	row()
	m.advance(g)
	g.put("JLT row")
	g.label("end")
}

// restart sets the counts of what is done and to do for a slice, a row, or the columns.
func (m amd64) restart(g *generator) {
	g.put("MOVQ %v, CX", g.k.frame().named("n"))
	g.put("XORQ AX, AX")
}

// advance goes to the next row and compares its number.
func (m amd64) advance(g *generator) {
	for i, s := range g.k.streams {
		if !s.column {
			g.put("ADDQ R14, %s", pointers[i])
		}
	}
	g.put("INCQ R15")
	g.put("CMPQ R15, %v", g.k.frame().named("rows"))
}

func (m amd64) row(g *generator, n node, r int) {
	g.put("MOVQ %v, BX", g.k.frame().perRow[n.imm])
	g.put("VBROADCASTSS (BX)(R15*4), %s", m.reg(r))
}

func (m amd64) firstRow(g *generator, label string) {
	f := g.k.frame()
	for i, s := range g.k.streams {
		if !s.column {
			g.put("MOVQ %v, %s", f.streams[i], pointers[i])
		}
	}
	g.put("XORQ R15, R15")
	g.put("CMPQ R15, %v", f.named("rows"))
	g.put("JGE %s_end", label)
	g.label(label)
}

func (m amd64) nextRow(g *generator, label string) {
	m.advance(g)
	g.put("JLT %s", label)
	g.label(label + "_end")
}

// columnResult moves what a chain's columns have of a result. There is room for all lanes of a last block.
func (m amd64) columnResult(g *generator, result int, c chain, load bool) {
	acc, size := g.accumulators(result, c), g.k.results[result].size()
	g.put("MOVQ %v, BX", g.k.frame().matrix[result])
	for i, r := range acc {
		at := (c.block*Lanes+c.part*m.lanes())*size + i*m.bytes()
		place := fmt.Sprintf("%d(BX)(AX*%d)", at, size)
		if load {
			g.put("VMOVUPS %s, %s", place, m.reg(r))
		} else {
			g.put("VMOVUPS %s, %s", m.reg(r), place)
		}
	}
}

// bytes is the width of a register.
func (m amd64) bytes() int { return 4 * m.lanes() }

// give leaves a result that is in lane 0 of a register.
func (m amd64) give(g *generator, move string, result, r int) {
	f := g.k.frame()
	if g.k.shape == Slice {
		g.put("%s X%d, %v", move, r, f.results[result])
		return
	}
	g.put("MOVQ %v, BX", f.matrix[result])
	g.put("%s X%d, (BX)(R15*%d)", move, r, g.k.results[result].size())
}
