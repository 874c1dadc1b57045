package torchfile

import "encoding/binary"

// pickler writes protocol 2 as Python's own pickler does, to the byte: each string, tuple and global is remembered in the memo when it is written, and
// read from there when the very same is written again.
type pickler struct {
	out     []byte
	slots   uint32
	globals map[[2]string]uint32
	words   map[string]uint32 // strings that are the same object whenever torch writes them
	keys    map[string]uint32 // those that name storages: a tensor can have the same name, which is another object
}

func newPickler() *pickler {
	return &pickler{out: []byte{opProto, 2}, globals: map[[2]string]uint32{}, words: map[string]uint32{}, keys: map[string]uint32{}}
}

func (p *pickler) op(codes ...byte) { p.out = append(p.out, codes...) }

// remember puts the top of the stack into the next slot of the memo, and returns it.
func (p *pickler) remember() uint32 {
	slot := p.slots
	p.slots++
	p.memo(opBinPut, opLongBinPut, slot)
	return slot
}

func (p *pickler) memo(short, long byte, slot uint32) {
	if slot < 256 {
		p.op(short, byte(slot))
		return
	}
	p.out = binary.LittleEndian.AppendUint32(append(p.out, long), slot)
}

func (p *pickler) global(module, name string) {
	key := [2]string{module, name}
	if slot, ok := p.globals[key]; ok {
		p.memo(opBinGet, opLongBinGet, slot)
		return
	}
	p.op(opGlobal)
	p.out = append(append(append(append(p.out, module...), '\n'), name...), '\n')
	p.globals[key] = p.remember()
}

// text writes a string that is an object of its own, and returns its slot.
func (p *pickler) text(s string) (slot uint32) {
	p.out = binary.LittleEndian.AppendUint32(append(p.out, opBinUnicode), uint32(len(s)))
	p.out = append(p.out, s...)
	return p.remember()
}

// textOnce writes a string of a table, p.words or p.keys.
func (p *pickler) textOnce(table map[string]uint32, s string) {
	if slot, ok := table[s]; ok {
		p.memo(opBinGet, opLongBinGet, slot)
		return
	}
	table[s] = p.text(s)
}

// number writes an integer that is not negative.
func (p *pickler) number(n int64) {
	switch {
	case n < 1<<8:
		p.op(opBinInt1, byte(n))
	case n < 1<<16:
		p.out = binary.LittleEndian.AppendUint16(append(p.out, opBinInt2), uint16(n))
	case n < 1<<31:
		p.out = binary.LittleEndian.AppendUint32(append(p.out, opBinInt), uint32(n))
	default:
		var digits []byte
		for rest := n; rest > 0; rest >>= 8 {
			digits = append(digits, byte(rest))
		}
		if digits[len(digits)-1] >= 0x80 {
			digits = append(digits, 0) // or it would be negative
		}
		p.op(opLong1, byte(len(digits)))
		p.op(digits...)
	}
}

// numbers writes a tuple of integers.
func (p *pickler) numbers(items []int) {
	switch n := len(items); {
	case n == 0:
		p.op(opEmptyTuple) // there is one, which is not remembered
		return
	case n > 3:
		p.op(opMark)
	}
	for _, item := range items {
		p.number(int64(item))
	}
	p.endTuple(len(items))
}

// endTuple makes a tuple of the last n values; of more than three a mark stands before.
func (p *pickler) endTuple(n int) {
	switch {
	case n > 3:
		p.op(opTuple)
	default:
		p.op(byte(opTuple1 + n - 1))
	}
	p.remember()
}

// emptyDict writes OrderedDict().
func (p *pickler) emptyDict() {
	p.global("collections", "OrderedDict")
	p.op(opEmptyTuple, opReduce)
	p.remember()
}
