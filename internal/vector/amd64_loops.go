package vector

import "fmt"

// loops writes the loop over several blocks, that over one, and the last block, which is not full.
func (m amd64) loops(g *generator) {
	blocks := max(1, g.width/m.parts())
	var chains []chain
	for b := range blocks {
		for p := range m.parts() {
			chains = append(chains, chain{block: b, part: p})
		}
	}
	g.put("SUBQ $%d, CX", Lanes*blocks)
	g.put("JLT rest")
	g.put("PCALIGN $32")
	g.label("loop")
	g.overRows("loop", chains, func() { g.body(chains, g.width) })
	g.put("ADDQ $%d, AX", Lanes*blocks)
	g.put("SUBQ $%d, CX", Lanes*blocks)
	g.put("JGE loop")
	g.label("rest")
	g.put("ADDQ $%d, CX", Lanes*blocks)
	if blocks > 1 {
		g.put("CMPQ CX, $%d", Lanes)
		g.put("JLT last")
		g.label("block")
		g.overRows("block", chains[:m.parts()], func() { g.body(chains[:m.parts()], g.width) })
		g.put("ADDQ $%d, AX", Lanes)
		g.put("SUBQ $%d, CX", Lanes)
		g.put("CMPQ CX, $%d", Lanes)
		g.put("JGE block")
		g.label("last")
	}
	g.put("TESTQ CX, CX")
	g.put("JEQ done")
	m.last(g)
	g.label("done")
}

// last writes the work on the CX lanes that are left, fewer than a block.
func (m amd64) last(g *generator) {
	for i, s := range g.k.streams {
		if s.loaded && m.buffers(s.kind) {
			m.copyLast(g, i, true)
		}
	}
	if !m.narrow {
		g.put("MOVL $-1, BX")
		g.put("BZHIL CX, BX, BX")
		g.put("KMOVW BX, K1")
	}
	for p := range m.parts() {
		if m.narrow {
			g.put("VMOVD CX, X%d", narrowMask)
			g.put("VPBROADCASTD X%d, Y%d", narrowMask, narrowMask)
			g.put("VPCMPGTD iota<>+%d(SB), Y%d, Y%d", 4*m.lanes()*p, narrowMask, narrowMask)
		}
		chains := []chain{{part: p, partial: true}}
		g.overRows(fmt.Sprint("last", p), chains, func() { g.body(chains, 1) })
	}
	for i, s := range g.k.streams {
		if s.stored && m.buffers(s.kind) {
			m.copyLast(g, i, false)
		}
	}
}

// copyLast copies the last elements of a stream to its buffer on the stack, or back.
func (m amd64) copyLast(g *generator, stream int, in bool) {
	s := g.k.streams[stream]
	offsets, _ := g.k.buffers(m)
	size := s.kind.size()
	load, store := map[int]string{1: "MOVBLZX", 2: "MOVWLZX"}[size], map[int]string{1: "MOVB", 2: "MOVW"}[size]
	label := s.name + map[bool]string{true: "_in", false: "_out"}[in]
	g.put("XORQ R15, R15")
	g.put("LEAQ (%s)(AX*%d), R14", pointers[stream], size)
	g.label(label)
	if in {
		g.put("%s (R14)(R15*%d), BX", load, size)
		g.put("%s BX, %d(SP)(R15*%d)", store, offsets[stream], size)
	} else {
		g.put("%s %d(SP)(R15*%d), BX", load, offsets[stream], size)
		g.put("%s BX, (R14)(R15*%d)", store, size)
	}
	g.put("INCQ R15")
	g.put("CMPQ R15, CX")
	g.put("JLT %s", label)
}

// accumulate adds lanes to a chain's accumulators of a result. Lanes beyond the last element count as nothing.
func (m amd64) accumulate(g *generator, op operation, acc []int, c chain, a, b int) {
	if op == opLargest {
		m.accumulateLargest(g, acc[0], c, a)
		return
	}
	first, second := g.take(&g.vectors), -1
	for half, to := range acc {
		x := m.widen(g, a, first, half, c.partial)
		switch {
		case op == opSum64:
			g.put("VADDPD %s, %s, %s", x, m.reg(to), m.reg(to))
		case a == b:
			g.put("VFMADD231PD %s, %s, %s", x, x, m.reg(to))
		default:
			if second < 0 {
				second = g.take(&g.vectors)
			}
			g.put("VFMADD231PD %s, %s, %s", m.widen(g, b, second, half, c.partial), x, m.reg(to))
		}
	}
	if second >= 0 {
		g.vectors.give(second)
	}
	g.vectors.give(first)
}

// widen converts half of the lanes of r to float64 in t; those beyond the last element, if that is near, to 0.
func (m amd64) widen(g *generator, r, t, half int, partial bool) string {
	from, to := m.pick("Y", "X"), m.reg(t)
	switch {
	case partial && m.narrow:
		g.put("VANDPS Y%d, Y%d, Y%d", narrowMask, r, t)
		r = t
	case partial:
		g.put("VMOVAPS.Z Z%d, K1, Z%d", r, t)
		r = t
	}
	if half == 0 {
		g.put("VCVTPS2PD %s%d, %s", from, r, to)
		return to
	}
	g.put("%s $1, %s, %s%d", m.pick("VEXTRACTF32X8", "VEXTRACTF128"), m.reg(r), from, t)
	g.put("VCVTPS2PD %s%d, %s", from, t, to)
	return to
}

func (m amd64) accumulateLargest(g *generator, acc int, c chain, a int) {
	r := m.reg(acc)
	switch {
	case !c.partial:
		g.put("VMAXPS %s, %s, %s", m.reg(a), r, r)
	case m.narrow:
		t := g.take(&g.vectors)
		g.put("VBLENDVPS Y%d, Y%d, Y%d, Y%d", narrowMask, a, acc, t)
		g.put("VMAXPS Y%d, %s, %s", t, r, r)
		g.vectors.give(t)
	default:
		g.put("VMAXPS %s, %s, K1, %s", m.reg(a), r, r)
	}
}

// finish folds the lanes by the tree: 8 apart, 4, 2, 1.
func (m amd64) finish(g *generator, r int) {
	acc := g.acc[r]
	a := acc[0]
	if g.k.results[r].kind == opLargest {
		t := g.take(&g.vectors)
		if m.narrow {
			g.put("VMAXPS Y%d, Y%d, Y%d", acc[1], a, a)
		} else {
			g.put("VEXTRACTF32X8 $1, Z%d, Y%d", a, t)
			g.put("VMAXPS Y%d, Y%d, Y%d", t, a, a)
		}
		g.put("%s $1, Y%d, X%d", m.pick("VEXTRACTF32X4", "VEXTRACTF128"), a, t)
		g.put("VMAXPS X%d, X%d, X%d", t, a, a)
		g.put("VPERMILPS $0x4e, X%d, X%d", a, t)
		g.put("VMAXPS X%d, X%d, X%d", t, a, a)
		g.put("VPERMILPS $0xb1, X%d, X%d", a, t)
		g.put("VMAXPS X%d, X%d, X%d", t, a, a)
		m.give(g, "VMOVSS", r, a)
		g.vectors.give(t)
		return
	}
	t := acc[1]
	if m.narrow {
		g.put("VADDPD Y%d, Y%d, Y%d", acc[2], a, a)
		g.put("VADDPD Y%d, Y%d, Y%d", acc[3], t, t)
		g.put("VADDPD Y%d, Y%d, Y%d", t, a, a)
	} else {
		g.put("VADDPD Z%d, Z%d, Z%d", t, a, a)
		g.put("VEXTRACTF64X4 $1, Z%d, Y%d", a, t)
		g.put("VADDPD Y%d, Y%d, Y%d", t, a, a)
	}
	g.put("%s $1, Y%d, X%d", m.pick("VEXTRACTF64X2", "VEXTRACTF128"), a, t)
	g.put("VADDPD X%d, X%d, X%d", t, a, a)
	g.put("VUNPCKHPD X%d, X%d, X%d", a, a, t)
	g.put("VADDSD X%d, X%d, X%d", t, a, a)
	m.give(g, "VMOVSD", r, a)
}
