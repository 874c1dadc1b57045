package vector

// loops writes the loop over blocks, and the last block, which is not full.
func (m neon) loops(g *generator) {
	var chains []chain
	for p := range m.parts() {
		chains = append(chains, chain{part: p})
	}
	g.put("CMP $%d, R9", Lanes)
	g.put("BLT last")
	g.label("loop")
	g.overRows("loop", chains, func() { g.body(chains, g.width) })
	if g.k.shape != Columns { // there the pointers start anew
		for i, s := range g.k.streams {
			g.put("ADD $%d, R%d", Lanes*s.kind.size(), i)
		}
	}
	g.put("ADD $%d, R10", Lanes)
	g.put("SUB $%d, R9", Lanes)
	g.put("CMP $%d, R9", Lanes)
	g.put("BGE loop")
	g.label("last")
	g.put("CBZ R9, done")
	g.put("ADD $8, RSP, R15")
	for p := range chains {
		chains[p].partial = true
	}
	g.overRows("last", chains, func() { m.last(g, chains) })
	g.label("done")
}

// last writes the work on the R9 lanes that are left, fewer than a block: their streams go through the stack.
func (m neon) last(g *generator, chains []chain) {
	for i, s := range g.k.streams {
		if s.loaded {
			m.copyLast(g, i, true)
		}
	}
	for _, c := range chains {
		if len(g.k.results) > 0 {
			t := g.take(&g.vectors)
			g.put("VDUP R9, V%d.S4", neonMask)
			m.iota(g, c, t)
			m.three(g, neonBinary[opGreaterInt], neonMask, neonMask, t)
			g.vectors.give(t)
		}
		g.body([]chain{c}, 1)
	}
	for i, s := range g.k.streams {
		if s.stored {
			m.copyLast(g, i, false)
		}
	}
}

// copyLast copies the last elements of a stream to its buffer on the stack, or back.
func (m neon) copyLast(g *generator, stream int, in bool) {
	s := g.k.streams[stream]
	offsets, _ := g.k.buffers(m)
	load := map[int]string{1: "MOVBU", 2: "MOVHU", 4: "MOVWU"}[s.kind.size()]
	store := map[int]string{1: "MOVB", 2: "MOVH", 4: "MOVW"}[s.kind.size()]
	scale := map[int]string{1: "(R12)", 2: "(R12<<1)", 4: "(R12<<2)"}[s.kind.size()]
	label := s.name + map[bool]string{true: "_in", false: "_out"}[in]
	g.put("MOVD $0, R12")
	g.put("ADD $%d, R15, R14", offsets[stream])
	g.label(label)
	if in {
		g.put("%s (R%d)%s, R13", load, stream, scale)
		g.put("%s R13, (R14)%s", store, scale)
	} else {
		g.put("%s (R14)%s, R13", load, scale)
		g.put("%s R13, (R%d)%s", store, stream, scale)
	}
	g.put("ADD $1, R12")
	g.put("CMP R9, R12")
	g.put("BLT %s", label)
}

// accumulate adds lanes to a chain's accumulators of a result. Lanes beyond the last element count as nothing.
func (m neon) accumulate(g *generator, op operation, acc []int, c chain, a, b int) {
	t, u := g.take(&g.vectors), g.take(&g.vectors)
	defer g.vectors.give(t)
	defer g.vectors.give(u)
	if op == opLargest {
		if c.partial {
			m.move(g, u, neonMask)
			m.three(g, neonSelect, u, a, acc[0])
			a = u
		}
		m.compute(g, opMax, 0, t, acc[0], a, 0)
		m.move(g, acc[0], t)
		return
	}
	for half, widen := range []instruction{neonWiden, neonWidenTop} {
		to := acc[half]
		m.widen(g, widen, c, t, a)
		if op == opSum64 {
			m.three(g, neonAdd64, to, to, t)
			continue
		}
		if a == b {
			m.three(g, neonFMA64, to, t, t)
			continue
		}
		m.widen(g, widen, c, u, b)
		m.three(g, neonFMA64, to, t, u)
	}
}

// widen converts two lanes to float64.
func (m neon) widen(g *generator, widen instruction, c chain, d, a int) {
	if c.partial {
		m.three(g, neonBinary[opAnd], d, a, neonMask)
		a = d
	}
	m.two(g, widen, d, a)
}

// finish folds the lanes by the tree: 8 apart, 4, 2, 1.
func (m neon) finish(g *generator, r int) {
	acc := g.acc[r]
	if g.k.results[r].kind == opLargest {
		t := g.take(&g.vectors)
		join := func(a, b int) {
			m.compute(g, opMax, 0, t, a, b, 0)
			m.move(g, a, t)
		}
		join(acc[0], acc[2])
		join(acc[1], acc[3])
		join(acc[0], acc[1])
		for _, bytes := range []int{8, 4} {
			g.put("VEXT $%d, V%d.B16, V%d.B16, V%d.B16", bytes, acc[0], acc[0], acc[1])
			join(acc[0], acc[1])
		}
		m.give(g, "FMOVS", r, acc[0])
		g.vectors.give(t)
		return
	}
	for width := len(acc) / 2; width > 0; width /= 2 {
		for i := range width {
			m.three(g, neonAdd64, acc[i], acc[i], acc[i+width])
		}
	}
	m.two(g, neonPair64, acc[0], acc[0])
	m.give(g, "FMOVD", r, acc[0])
}
