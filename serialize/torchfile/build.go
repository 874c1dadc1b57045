package torchfile

import (
	"encoding/binary"
	"math"
	"math/big"
	"unicode/utf8"

	"github.com/heft-ml/heft/serialize/fault"
)

// value makes the value that an instruction pushes which only makes a value.
func (m *machine) value(in *instruction) (any, error) {
	switch in.code {
	case opNone:
		return nil, nil
	case opNewTrue, opNewFalse:
		return in.code == opNewTrue, nil
	case opBinInt, opBinInt1, opBinInt2:
		return int64(in.number), nil
	case opLong1, opLong4:
		return m.long(in.text)
	case opBinFloat:
		return math.Float64frombits(in.number), nil
	case opBinUnicode, opShortBinUnicode, opBinUnicode8, opShortBinString:
		if !utf8.ValidString(in.text) {
			return nil, broken(BadPickle, "%s is not UTF-8", in.name)
		}
		return in.text, nil
	case opShortBinBytes, opBinBytes, opBinBytes8, opByteArray8:
		return pyBytes(in.text), nil
	case opTuple1, opTuple2, opTuple3:
		return m.tuple(m.pop(int(in.code-opTuple1) + 1))
	case opTuple:
		return m.tuple(m.popMark())
	case opFrozenSet:
		items, err := m.copied(m.popMark())
		return &set{items: items, frozen: true}, err
	case opEmptyTuple:
		return m.tuple(nil, nil)
	case opEmptyList:
		return &list{}, m.charge(costOfContainer)
	case opEmptyDict:
		return &dict{}, m.charge(costOfContainer)
	case opEmptySet:
		return &set{}, m.charge(costOfContainer)
	}
	return nil, broken(ForbiddenOpcode, "%s: state dicts do not need it, and it is how pickles hide what they do", in.name)
}

// copied copies values that the stack will overwrite.
func (m *machine) copied(values []any, err error) ([]any, error) {
	if err != nil {
		return nil, err
	}
	if err := m.charge(costOfContainer + costOfStep*len(values)); err != nil {
		return nil, err
	}
	return append([]any(nil), values...), nil
}

func (m *machine) tuple(values []any, err error) (any, error) {
	items, err := m.copied(values, err)
	return &tuple{items: items}, err
}

// long decodes an integer: two's complement, little-endian, as short as can be or not.
func (m *machine) long(text string) (any, error) {
	if len(text) <= 8 {
		var b [8]byte
		copy(b[:], text)
		n := int64(binary.LittleEndian.Uint64(b[:]))
		if shift := 64 - 8*len(text); shift < 64 {
			n = n << shift >> shift
		}
		return n, nil
	}
	if err := m.charge(3 * len(text)); err != nil {
		return nil, err
	}
	big1 := make([]byte, len(text))
	for i := range big1 {
		big1[len(text)-1-i] = text[i]
	}
	n := new(big.Int).SetBytes(big1)
	if big1[0] >= 0x80 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(text))))
	}
	return n, nil
}

// fill adds to a container: only lists are appended to, only dicts have items set (CVE-2026-24747 came of other targets).
func (m *machine) fill(in *instruction) error {
	var values []any
	var err error
	switch in.code {
	case opAppend:
		values, err = m.pop(1)
	case opSetItem:
		values, err = m.pop(2)
	default:
		values, err = m.popMark()
	}
	if err != nil {
		return err
	}
	target, err := m.target()
	if err != nil {
		return err
	}
	if err := m.charge(2 * costOfStep * len(values)); err != nil { // a slice grows by doubling
		return err
	}
	switch to := target.(type) {
	case *list:
		if in.code == opAppend || in.code == opAppends {
			to.items = append(to.items, values...)
			return nil
		}
	case *set:
		if in.code == opAddItems && !to.frozen {
			to.items = append(to.items, values...)
			return nil
		}
	case *dict:
		if in.code == opSetItem || in.code == opSetItems {
			return to.set(values)
		}
	}
	return broken(BadPickle, "%s on a %.100s", in.name, typeName(target))
}

// target is the top of the stack. Unlike top it touches nothing, since values that were taken off still stand above.
func (m *machine) target() (any, error) {
	floor := 0
	if len(m.marks) > 0 {
		floor = m.marks[len(m.marks)-1]
	}
	if len(m.stack) <= floor {
		return nil, broken(BadPickle, "there is nothing to fill")
	}
	return m.stack[len(m.stack)-1], nil
}

// set appends keys and values.
func (d *dict) set(pairs []any) error {
	if len(pairs)%2 != 0 {
		return broken(BadPickle, "a key without a value")
	}
	for i := 0; i < len(pairs); i += 2 {
		switch key := pairs[i].(type) {
		case nil, bool, int64, *big.Int, float64, complex128, *tuple, *global, *named:
		case string:
			if len(key) > longestKey {
				return broken(TooLarge, "a key of %s bytes", fault.Grouped(uint64(len(key))))
			}
		case pyBytes:
			if len(key) > longestKey {
				return broken(TooLarge, "a key of %s bytes", fault.Grouped(uint64(len(key))))
			}
		default:
			return broken(BadPickle, "a %.100s is the key of a dict", typeName(key))
		}
	}
	d.pairs = append(d.pairs, pairs...)
	return nil
}

// object follows the instructions that make more than a container: they are safe because each has a closed list of what it works on.
func (m *machine) object(code byte) error {
	switch code {
	case opStackGlobal:
		names, err := m.pop(2)
		if err != nil {
			return err
		}
		module, ok1 := names[0].(string)
		name, ok2 := names[1].(string)
		if !ok1 || !ok2 {
			return broken(BadPickle, "the module or name of a global is a %.100s, not a str", typeName(names[map[bool]int{true: 1}[ok1]]))
		}
		return m.global(module, name)
	case opReduce:
		return m.reduce()
	case opNewObj:
		return m.newObject()
	case opBuild:
		return m.build()
	}
	ids, err := m.pop(1)
	if err != nil {
		return err
	}
	id, ok := ids[0].(*tuple)
	if !ok || m.persistent == nil {
		return broken(BadPickle, "a %.100s is the persistent id: storages have tuples", typeName(ids[0]))
	}
	v, err := m.persistent(id)
	if err != nil {
		return err
	}
	return m.push(v)
}

// reduce calls a builder of the table, never anything else.
func (m *machine) reduce() error {
	values, err := m.pop(2)
	if err != nil {
		return err
	}
	g, ok := values[0].(*global)
	if !ok || g.build == nil {
		return broken(BadPickle, "REDUCE calls %.100s, which cannot be called", typeName(values[0]))
	}
	args, ok := values[1].(*tuple)
	if !ok {
		return broken(BadPickle, "REDUCE of %v has a %.100s for arguments", g, typeName(values[1]))
	}
	v, err := g.build(m, args.items)
	if err != nil {
		return err
	}
	return m.push(v)
}

// newObject makes an empty dict, or a tensor for BUILD to fill.
func (m *machine) newObject() error {
	values, err := m.pop(2)
	if err != nil {
		return err
	}
	g, _ := values[0].(*global)
	args, ok := values[1].(*tuple)
	if g == nil || !ok || len(args.items) > 0 {
		return broken(BadPickle, "NEWOBJ of %.100s with a %.100s for arguments", typeName(values[0]), typeName(values[1]))
	}
	if err := m.charge(costOfContainer); err != nil {
		return err
	}
	switch g.role {
	case dictClass:
		return m.push(&dict{class: g})
	case tensorClass:
		m.pending++
		return m.push(&tensor{parameter: g.name == "Parameter"})
	}
	return broken(BadPickle, "NEWOBJ of %v, which is no class of plain data", g)
}

// build fills a tensor that NEWOBJ made, or gives an OrderedDict attributes, as state dicts have one: _metadata.
func (m *machine) build() error {
	values, err := m.pop(1)
	if err != nil {
		return err
	}
	target, err := m.target()
	if err != nil {
		return err
	}
	switch to := target.(type) {
	case *dict:
		attrs, ok := values[0].(*dict)
		if !ok || to.class == nil {
			break
		}
		if to.attrs == nil {
			to.attrs = &dict{}
		}
		if err := m.charge(costOfContainer + 2*costOfStep*len(attrs.pairs)); err != nil {
			return err
		}
		return to.attrs.set(attrs.pairs)
	case *tensor:
		state, ok := values[0].(*tuple)
		if !ok || to.storage != nil {
			break
		}
		m.pending--
		return to.setState(m, state.items)
	}
	return broken(BadPickle, "BUILD of a %.100s with a %.100s", typeName(target), typeName(values[0]))
}
