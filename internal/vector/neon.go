package vector

import "fmt"

// neon writes NEON for arm64. Go's assembler lacks most vector instructions on floats, so they are written as words:
// the numbers are from the Arm Architecture Reference Manual (DDI 0487), chapter C7.
//
// R0 to R8 are the streams' pointers, R9 counts the elements to do and R10 those done; R11 to R14 are scratch, R15
// points to the buffers on the stack. V31 masks the last block. Of a matrix, R9 and R10 count columns, R20 is the number of
// the row among R21, R22 has the bytes from row to row and R19 those to the row.
type neon struct{}

const neonMask = 31

func (neon) suffix() string    { return "NEON" }
func (neon) reg(r int) string  { return fmt.Sprintf("V%d", r) }
func (neon) parts() int        { return 4 }
func (neon) vectors() int      { return neonMask }
func (neon) masks() int        { return 0 }
func (neon) buffers(Type) bool { return true }

// instruction is a word that takes up to three registers.
type instruction struct {
	word uint32
	name string
}

var neonBinary = map[operation]instruction{
	opAdd:          {0x4e20d400, "FADD 4S"},
	opSub:          {0x4ea0d400, "FSUB 4S"},
	opMul:          {0x6e20dc00, "FMUL 4S"},
	opDiv:          {0x6e20fc00, "FDIV 4S"},
	opAnd:          {0x4e201c00, "AND"},
	opBoth:         {0x4e201c00, "AND"},
	opOr:           {0x4ea01c00, "ORR"},
	opEither:       {0x4ea01c00, "ORR"},
	opXor:          {0x6e201c00, "EOR"},
	opAndNot:       {0x4e601c00, "BIC"},
	opAddInt:       {0x4ea08400, "ADD 4S"},
	opSubInt:       {0x6ea08400, "SUB 4S"},
	opGreater:      {0x6ea0e400, "FCMGT 4S"},
	opGreaterEqual: {0x6e20e400, "FCMGE 4S"},
	opEqual:        {0x4e20e400, "FCMEQ 4S"},
	opGreaterInt:   {0x4ea03400, "CMGT 4S"},
	opEqualInt:     {0x6ea08c00, "CMEQ 4S"},
	opFMA:          {0x4e20cc00, "FMLA 4S"},
	opFNMA:         {0x4ea0cc00, "FMLS 4S"},
}

var neonUnary = map[operation]instruction{
	opSqrt:    {0x6ea1f800, "FSQRT 4S"},
	opFromInt: {0x4e21d800, "SCVTF 4S"},
}

var (
	neonNot      = instruction{0x6e205800, "MVN"}
	neonSelect   = instruction{0x6e601c00, "BSL"}
	neonLeft     = instruction{0x4f005400, "SHL 4S"}
	neonRight    = instruction{0x6f000400, "USHR 4S"}
	neonInsert   = instruction{0x6f004400, "SRI 4S"}
	neonWiden    = instruction{0x0e617800, "FCVTL 2D, 2S"}
	neonWidenTop = instruction{0x4e617800, "FCVTL2 2D, 4S"}
	neonHalf     = instruction{0x0e217800, "FCVTL 4S, 4H"}
	neonToHalf   = instruction{0x0e216800, "FCVTN 4H, 4S"}
	neonLong     = instruction{0x2f10a400, "USHLL 4S, 4H"}
	neonLongByte = instruction{0x2f08a400, "USHLL 8H, 8B"}
	neonShort    = instruction{0x0e612800, "XTN 4H, 4S"}
	neonByte     = instruction{0x0e212800, "XTN 8B, 8H"}
	neonAdd64    = instruction{0x4e60d400, "FADD 2D"}
	neonFMA64    = instruction{0x4e60cc00, "FMLA 2D"}
	neonPair64   = instruction{0x7e70d800, "FADDP D, 2D"}
)

// three writes an instruction with Rd, Rn, Rm.
func (neon) three(g *generator, i instruction, d, n, m int) {
	g.put("WORD $0x%08x // %s V%d, V%d, V%d", i.word|uint32(m)<<16|uint32(n)<<5|uint32(d), i.name, d, n, m)
}

// two writes an instruction with Rd and Rn.
func (neon) two(g *generator, i instruction, d, n int) {
	g.put("WORD $0x%08x // %s V%d, V%d", i.word|uint32(n)<<5|uint32(d), i.name, d, n)
}

// shift writes an instruction with Rd, Rn and a number, as the instruction encodes it.
func (neon) shift(g *generator, i instruction, d, n int, encoded, places uint32) {
	g.put("WORD $0x%08x // %s V%d, V%d, %d", i.word|encoded<<16|uint32(n)<<5|uint32(d), i.name, d, n, places)
}

func (m neon) begin(g *generator) {
	f := g.k.frame()
	for i, s := range f.streams {
		g.put("MOVD %v, R%d", s, i)
		g.note("R%d: %s", i, s.name)
	}
	if g.k.shape != Slice {
		g.put("MOVD %v, R22", f.named("stride"))
		g.put("LSL $2, R22")
		g.note("R20: number of the row")
		g.note("R22: bytes from row to row")
		g.put("MOVD %v, R21", f.named("rows"))
	}
	if g.k.shape != Rows {
		m.restart(g)
	}
}

func (neon) zero(g *generator, r int) { g.put("VEOR V%d.B16, V%d.B16, V%d.B16", r, r, r) }

func (m neon) broadcast(g *generator, n node, r int) {
	switch {
	case n.op == opScalar:
		g.put("MOVWU %v, R11", g.k.frame().scalars[n.imm])
	case n.imm == 0:
		m.zero(g, r)
		return
	default:
		g.put("MOVD $0x%08x, R11", n.imm)
	}
	g.put("VDUP R11, V%d.S4", r)
}

// index counts from R10 on.
func (m neon) index(g *generator, c chain, r int) {
	t := g.take(&g.vectors)
	g.put("VDUP R10, V%d.S4", r)
	m.iota(g, c, t)
	m.three(g, neonBinary[opAddInt], r, r, t)
	g.vectors.give(t)
}

// iota loads the numbers of the part's lanes.
func (neon) iota(g *generator, c chain, r int) {
	g.put("MOVD $iota<>(SB), R11")
	g.put("FMOVQ %d(R11), F%d", 16*c.part, r)
}

func (m neon) address(g *generator, stream int, c chain) string {
	at := c.part * 4 * g.k.streams[stream].kind.size()
	if c.partial {
		offsets, _ := g.k.buffers(m)
		return fmt.Sprintf("%d(R15)", offsets[stream]+at)
	}
	return fmt.Sprintf("%d(R%d)", at, stream)
}

func (m neon) load(g *generator, stream int, c chain, r int) {
	from := m.address(g, stream, c)
	switch g.k.streams[stream].kind {
	case Float32:
		g.put("FMOVQ %s, F%d", from, r)
	case Half:
		g.put("FMOVD %s, F%d", from, r)
		m.two(g, neonHalf, r, r)
	case Word16:
		g.put("FMOVD %s, F%d", from, r)
		m.two(g, neonLong, r, r)
	case Bool:
		g.put("FMOVS %s, F%d", from, r)
		m.two(g, neonLongByte, r, r)
		m.two(g, neonLong, r, r)
	}
}

func (m neon) store(g *generator, stream int, c chain, r int) {
	to := m.address(g, stream, c)
	kind := g.k.streams[stream].kind
	if kind == Float32 {
		g.put("FMOVQ F%d, %s", r, to)
		return
	}
	t := g.take(&g.vectors)
	switch kind {
	case Half:
		m.two(g, neonToHalf, t, r)
		g.put("FMOVD F%d, %s", t, to)
	case Word16:
		m.two(g, neonShort, t, r)
		g.put("FMOVD F%d, %s", t, to)
	case Bool:
		m.two(g, neonShort, t, r)
		m.two(g, neonByte, t, t)
		g.put("FMOVS F%d, %s", t, to)
	}
	g.vectors.give(t)
}

func (m neon) move(g *generator, d, a int) { m.three(g, neonBinary[opOr], d, a, a) }

func (m neon) compute(g *generator, op operation, imm uint32, d, a, b, c int) {
	switch op {
	case opMax: // as amd64 has it: a where a > b, else b
		m.three(g, neonBinary[opGreater], d, a, b)
		m.three(g, neonSelect, d, a, b)
	case opMin:
		m.three(g, neonBinary[opGreater], d, b, a)
		m.three(g, neonSelect, d, a, b)
	case opSelect: // a is the mask, which the instruction wants where the result goes
		m.move(g, d, a)
		m.three(g, neonSelect, d, b, c)
	case opNotEqual:
		m.three(g, neonBinary[opEqual], d, a, b)
		m.two(g, neonNot, d, d)
	case opShiftLeft:
		m.shift(g, neonLeft, d, a, 32+imm, imm)
	case opShiftRight:
		m.shift(g, neonRight, d, a, 64-imm, imm)
	case opRotate:
		m.shift(g, neonLeft, d, a, 32+imm, imm)
		m.shift(g, neonInsert, d, a, 64-(32-imm), 32-imm)
	default:
		if i, ok := neonUnary[op]; ok {
			m.two(g, i, d, a)
			return
		}
		m.three(g, neonBinary[op], d, a, b)
	}
}
