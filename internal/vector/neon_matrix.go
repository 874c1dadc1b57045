package vector

// rows writes the loop over the rows of a matrix around the work on one.
func (m neon) rows(g *generator, row func()) {
	g.put("MOVD $0, R19")
	g.put("MOVD $0, R20")
	g.put("CBZ R21, end")
	g.label("row")
	m.point(g, "R19")
	m.restart(g)
	row()
	g.put("ADD R22, R19")
	g.put("ADD $1, R20")
	g.put("CMP R21, R20")
	g.put("BLT row")
	g.label("end")
}

// restart sets the counts of what is to do and done for a slice, a row, or the columns.
func (m neon) restart(g *generator) {
	g.put("MOVD %v, R9", g.k.frame().named("n"))
	g.put("MOVD $0, R10")
}

// point sets the pointers of streams to a number of bytes from their starts; those of columns to their starts.
func (m neon) point(g *generator, bytes string) {
	for i, s := range g.k.frame().streams {
		g.put("MOVD %v, R%d", s, i)
		if !g.k.streams[i].column {
			g.put("ADD %s, R%d", bytes, i)
		}
	}
}

func (m neon) row(g *generator, n node, r int) {
	g.put("MOVD %v, R11", g.k.frame().perRow[n.imm])
	g.put("MOVWU (R11)(R20<<2), R11")
	g.put("VDUP R11, V%d.S4", r)
}

func (m neon) firstRow(g *generator, label string) {
	for i, s := range g.k.frame().streams {
		g.put("MOVD %v, R%d", s, i)
		g.put("ADD R10<<2, R%d", i)
	}
	g.put("MOVD $0, R20")
	g.put("CBZ R21, %s_end", label)
	g.label(label)
}

func (m neon) nextRow(g *generator, label string) {
	for i, s := range g.k.streams {
		if !s.column {
			g.put("ADD R22, R%d", i)
		}
	}
	g.put("ADD $1, R20")
	g.put("CMP R21, R20")
	g.put("BLT %s", label)
	g.label(label + "_end")
}

// columnResult moves what a chain's columns have of a result. There is room for all lanes of a last block.
func (m neon) columnResult(g *generator, result int, c chain, load bool) {
	size := g.k.results[result].size()
	g.put("MOVD %v, R11", g.k.frame().matrix[result])
	g.put("ADD R10<<%d, R11", size/4+1) // times 4 or 8
	for i, r := range g.accumulators(result, c) {
		at := c.part*4*size + 16*i
		if load {
			g.put("FMOVQ %d(R11), F%d", at, r)
		} else {
			g.put("FMOVQ F%d, %d(R11)", r, at)
		}
	}
}

// give leaves a result that is in lane 0 of a register.
func (m neon) give(g *generator, move string, result, r int) {
	f := g.k.frame()
	if g.k.shape == Slice {
		g.put("%s F%d, %v", move, r, f.results[result])
		return
	}
	g.put("MOVD %v, R11", f.matrix[result])
	g.put("ADD R20<<%d, R11", g.k.results[result].size()/4+1)
	g.put("%s F%d, (R11)", move, r)
}
