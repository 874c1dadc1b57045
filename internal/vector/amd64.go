package vector

import "fmt"

// amd64 writes AVX-512, or AVX2 where narrow.
//
// AX counts the elements done and CX those to do; the streams' pointers are in pointers, BX, R14 and R15 are scratch.
// K1 (Y15 of AVX2) masks the last block. Of a matrix, AX and CX count columns, R14 has the bytes from row to row, and R15
// is the number of the row, to which the pointers of streams point.
type amd64 struct{ narrow bool }

var pointers = []string{"SI", "DI", "DX", "R8", "R9", "R10", "R11", "R12", "R13"}

const narrowMask = 15 // Y15

func (m amd64) suffix() string { return m.pick("AVX512", "AVX2") }

func (m amd64) pick(wide, narrow string) string {
	if m.narrow {
		return narrow
	}
	return wide
}

func (m amd64) parts() int {
	if m.narrow {
		return 2
	}
	return 1
}

func (m amd64) vectors() int {
	if m.narrow {
		return narrowMask
	}
	return 32
}

func (m amd64) masks() int {
	if m.narrow {
		return 0
	}
	return 6 // K2 to K7
}

// buffers tells whether the last block of such a stream goes through the stack: AVX2 masks 32-bit lanes only.
func (m amd64) buffers(t Type) bool { return m.narrow && t != Float32 }

func (m amd64) lanes() int { return Lanes / m.parts() }

// reg names a register of full width.
func (m amd64) reg(r int) string { return m.pick("Z", "Y") + fmt.Sprint(r) }

func (m amd64) begin(g *generator) {
	f := g.k.frame()
	for i, s := range f.streams {
		g.put("MOVQ %v, %s", s, pointers[i])
		g.note("%s: %s", pointers[i], s.name)
	}
	if g.k.shape != Slice {
		g.put("MOVQ %v, R14", f.named("stride"))
		g.put("SHLQ $2, R14")
		g.note("R14: bytes from row to row")
		g.note("R15: number of the row")
	}
	if g.k.shape != Rows {
		m.restart(g)
	}
}

func (m amd64) zero(g *generator, r int) {
	z := m.reg(r)
	g.put("%s %s, %s, %s", m.pick("VPXORD", "VXORPS"), z, z, z)
}

func (m amd64) broadcast(g *generator, n node, r int) {
	switch {
	case n.op == opScalar:
		g.put("VBROADCASTSS %v, %s", g.k.frame().scalars[n.imm], m.reg(r))
	case n.imm == 0:
		m.zero(g, r)
	default:
		g.put("VBROADCASTSS %s<>(SB), %s", constantName(n.imm), m.reg(r))
	}
}

func constantName(bits uint32) string { return fmt.Sprintf("c%08x", bits) }

// index counts from AX on.
func (m amd64) index(g *generator, c chain, r int) {
	if m.narrow {
		g.put("VMOVD AX, X%d", r)
		g.put("VPBROADCASTD X%d, Y%d", r, r)
	} else {
		g.put("VPBROADCASTD AX, Z%d", r)
	}
	g.put("VPADDD iota<>+%d(SB), %s, %s", 4*(c.block*Lanes+c.part*m.lanes()), m.reg(r), m.reg(r))
}

// address returns where a chain's part of a stream is.
func (m amd64) address(g *generator, stream int, c chain) string {
	kind := g.k.streams[stream].kind
	at := (c.block*Lanes + c.part*m.lanes()) * kind.size()
	if c.partial && m.buffers(kind) {
		offsets, _ := g.k.buffers(m)
		return fmt.Sprintf("%d(SP)", offsets[stream]+at)
	}
	return fmt.Sprintf("%d(%s)(AX*%d)", at, pointers[stream], kind.size())
}

func (m amd64) load(g *generator, stream int, c chain, r int) {
	kind := g.k.streams[stream].kind
	from, to := m.address(g, stream, c), m.reg(r)
	op := map[Type]string{Float32: "VMOVUPS", Half: "VCVTPH2PS", Word16: "VPMOVZXWD", Bool: "VPMOVZXBD"}[kind]
	switch {
	case !c.partial || m.buffers(kind):
		g.put("%s %s, %s", op, from, to)
	case m.narrow:
		g.put("VMASKMOVPS %s, Y%d, %s", from, narrowMask, to)
	default:
		g.put("%s.Z %s, K1, %s", op, from, to)
	}
}

func (m amd64) store(g *generator, stream int, c chain, r int) {
	kind := g.k.streams[stream].kind
	from, to := m.reg(r), m.address(g, stream, c)
	if m.narrow {
		m.storeNarrow(g, kind, c, r, to)
		return
	}
	if c.partial {
		to = "K1, " + to
	}
	switch kind {
	case Float32:
		g.put("VMOVUPS %s, %s", from, to)
	case Half:
		g.put("VCVTPS2PH $0, %s, %s", from, to)
	case Word16:
		g.put("VPMOVDW %s, %s", from, to)
	case Bool:
		g.put("VPMOVDB %s, %s", from, to)
	}
}

func (m amd64) storeNarrow(g *generator, kind Type, c chain, r int, to string) {
	switch kind {
	case Float32:
		if c.partial {
			g.put("VMASKMOVPS Y%d, Y%d, %s", r, narrowMask, to)
		} else {
			g.put("VMOVUPS Y%d, %s", r, to)
		}
	case Half:
		g.put("VCVTPS2PH $0, Y%d, %s", r, to)
	default: // the eight lanes are packed to halves of their width, and again for bytes
		t := g.take(&g.vectors)
		g.put("VEXTRACTI128 $1, Y%d, X%d", r, t)
		g.put("VPACKUSDW X%d, X%d, X%d", t, r, t)
		if kind == Bool {
			g.put("VPACKUSWB X%d, X%d, X%d", t, t, t)
			g.put("VMOVQ X%d, %s", t, to)
		} else {
			g.put("VMOVDQU X%d, %s", t, to)
		}
		g.vectors.give(t)
	}
}

func (m amd64) move(g *generator, d, a int) { g.put("VMOVAPS %s, %s", m.reg(a), m.reg(d)) }

// binary are the instructions of two operands; the second stands first.
var binary = map[operation]string{
	opAdd: "VADDPS", opSub: "VSUBPS", opMul: "VMULPS", opDiv: "VDIVPS", opMax: "VMAXPS", opMin: "VMINPS",
	opAnd: "VANDPS", opOr: "VORPS", opXor: "VXORPS",
	opAddInt: "VPADDD", opSubInt: "VPSUBD",
}

// unary are the instructions of one operand.
var unary = map[operation]string{opSqrt: "VSQRTPS", opFromInt: "VCVTDQ2PS"}

// shifts are the instructions of an operand and a number.
var shifts = map[operation]string{opShiftLeft: "VPSLLD", opShiftRight: "VPSRLD"}

// predicates are the numbers of comparisons; all are false for NaN but "not equal".
var predicates = map[operation]int{opGreater: 30, opGreaterEqual: 29, opEqual: 0, opNotEqual: 4}

func (m amd64) compute(g *generator, op operation, imm uint32, d, a, b, c int) {
	if op.mask() {
		m.computeMask(g, op, d, a, b)
		return
	}
	rd, ra, rb, rc := m.reg(d), m.reg(a), m.reg(b), m.reg(c)
	switch {
	case binary[op] != "":
		g.put("%s %s, %s, %s", binary[op], rb, ra, rd)
	case unary[op] != "":
		g.put("%s %s, %s", unary[op], ra, rd)
	case shifts[op] != "":
		g.put("%s $%d, %s, %s", shifts[op], imm, ra, rd)
	case op == opAndNot:
		g.put("VANDNPS %s, %s, %s", ra, rb, rd)
	case op == opRotate && !m.narrow:
		g.put("VPROLD $%d, %s, %s", imm, ra, rd)
	case op == opRotate:
		t := g.take(&g.vectors)
		g.put("VPSLLD $%d, %s, Y%d", imm, ra, t)
		g.put("VPSRLD $%d, %s, %s", 32-imm, ra, rd)
		g.put("VPOR Y%d, %s, %s", t, rd, rd)
		g.vectors.give(t)
	case op == opFMA: // d is c
		g.put("VFMADD231PS %s, %s, %s", rb, ra, rd)
	case op == opFNMA:
		g.put("VFNMADD231PS %s, %s, %s", rb, ra, rd)
	case op == opSelect && m.narrow:
		g.put("VBLENDVPS %s, %s, %s, %s", ra, rb, rc, rd)
	case op == opSelect:
		g.put("VBLENDMPS %s, %s, K%d, %s", rb, rc, a, rd)
	default:
		panic(fmt.Sprintf("vector: no instruction for operation %d", op))
	}
}

func (m amd64) computeMask(g *generator, op operation, d, a, b int) {
	k := func(r int) string { return m.pick("K", "Y") + fmt.Sprint(r) }
	switch op {
	case opBoth:
		g.put("%s %s, %s, %s", m.pick("KANDW", "VANDPS"), k(b), k(a), k(d))
	case opEither:
		g.put("%s %s, %s, %s", m.pick("KORW", "VORPS"), k(b), k(a), k(d))
	case opGreaterInt:
		g.put("VPCMPGTD %s, %s, %s", m.reg(b), m.reg(a), k(d))
	case opEqualInt:
		g.put("VPCMPEQD %s, %s, %s", m.reg(b), m.reg(a), k(d))
	default:
		g.put("VCMPPS $%d, %s, %s, %s", predicates[op], m.reg(b), m.reg(a), k(d))
	}
}
