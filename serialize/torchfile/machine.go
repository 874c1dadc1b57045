package torchfile

import (
	"math"

	"github.com/heft-ml/heft/serialize/fault"
)

// machine follows the instructions of one pickle and builds plain values. It runs nothing and looks nothing up: a global is a row of a table, REDUCE a
// Go function that checks its arguments. It is as strict as torch/_weights_only_unpickler.py, and stricter where pickles have no reason to be lax.
type machine struct {
	lexer
	stack   []any
	marks   []int // heights of the stack
	memo    []any
	pending int // objects that NEWOBJ made and BUILD has not filled
	steps   int
	memory  int64 // bytes that may still be allocated, by a generous count

	persistent func(id *tuple) (any, error) // gives the storage that a persistent id names; nil where none may be
}

// Limits of a pickle. What it may allocate is in proportion to its length, but for a first allowance.
const (
	mostPickle    = 1 << 30 // bytes of one pickle
	memoryPerByte = 48      // the costliest honest pickle, a list of empty dicts, needs this much
	leastMemory   = 48 << 20
	mostMarks     = 1000    // as deep as Python's own pickler nests
	mostStack     = 1 << 20 // a dict and a list come in thousands
	longestKey    = 4096    // bytes of a text that is a key
)

// Costs of values in bytes, by a generous count.
const (
	costOfStep      = 16 // a slot on the stack or in a container
	costOfContainer = 64
	costOfTensor    = 256
)

// unpickle builds the value of the pickle that is all of text.
func unpickle(text string, persistent func(id *tuple) (any, error)) (any, error) {
	m := &machine{lexer: lexer{text: text}, memory: max(leastMemory, memoryPerByte*int64(len(text))), persistent: persistent}
	for {
		in, err := m.next()
		if err != nil {
			return nil, err
		}
		if in.code == opStop {
			return m.stop(&in)
		}
		if err := m.step(&in); err != nil {
			return nil, fault.Amend(err, func(e *FormatError) {
				if e.Offset < 0 {
					e.Offset = int64(in.at)
				}
			})
		}
	}
}

// stop checks that the pickle ends in good order, and returns its value.
func (m *machine) stop(in *instruction) (any, error) {
	switch left := len(m.text) - m.pos; {
	case left > 0:
		return nil, fail(BadPickle, m.pos, "%s bytes follow the pickle's end: something may be hidden there", fault.Grouped(uint64(left)))
	case len(m.marks) > 0 || len(m.stack) != 1:
		return nil, fail(BadPickle, in.at, "the pickle ends with %d values and %d marks, not with one value", len(m.stack), len(m.marks))
	case m.pending > 0:
		return nil, fail(BadPickle, in.at, "%d objects are never filled: NEWOBJ without BUILD", m.pending)
	}
	return m.stack[0], m.checkFrame(in)
}

// step follows one instruction.
func (m *machine) step(in *instruction) error {
	if m.steps == 0 && in.code != opProto {
		return broken(ForbiddenOpcode, "a pickle of protocol 0 or 1, which begins with %s: save the state dict again with a PyTorch of today", in.name)
	}
	m.steps++
	if err := m.checkFrame(in); err != nil {
		return err
	}
	if err := m.charge(costOfStep); err != nil {
		return err
	}
	switch in.code {
	case opProto:
		return m.proto(in)
	case opFrame:
		return nil
	case opMark:
		if len(m.marks) == mostMarks {
			return broken(TooLarge, "more than %d marks are open", mostMarks)
		}
		m.marks = append(m.marks, len(m.stack))
		return nil
	case opBinPut, opLongBinPut, opMemoize:
		return m.put(in)
	case opBinGet, opLongBinGet:
		if in.number >= uint64(len(m.memo)) || m.memo[in.number] == unset {
			return broken(BadPickle, "memo %d is read before it is set", in.number)
		}
		return m.push(m.memo[in.number])
	case opGlobal:
		return m.global(in.text, in.second)
	case opStackGlobal, opReduce, opNewObj, opBuild, opBinPersID:
		return m.object(in.code)
	case opAppend, opAppends, opAddItems, opSetItem, opSetItems:
		return m.fill(in)
	}
	v, err := m.value(in)
	if err != nil {
		return err
	}
	return m.push(v)
}

func (m *machine) proto(in *instruction) error {
	if m.steps > 1 {
		return broken(BadPickle, "PROTO stands in the middle of a pickle")
	}
	if in.number < 2 || in.number > 5 {
		return broken(Unsupported, "pickle protocol %d: 2 to 5 are known", in.number)
	}
	return nil
}

// charge counts memory before it is allocated.
func (m *machine) charge(bytes int) error {
	m.memory -= int64(bytes)
	if m.memory < 0 {
		return broken(TooLarge, "the pickle builds far more than its %s bytes hold", fault.Grouped(uint64(len(m.text))))
	}
	return nil
}

func (m *machine) push(v any) error {
	if len(m.stack) == mostStack {
		return broken(TooLarge, "more than %d values are on the stack", mostStack)
	}
	m.stack = append(m.stack, v)
	return nil
}

// pop takes the last n values off the stack, none from below the last mark. They are valid until the next push.
func (m *machine) pop(n int) ([]any, error) {
	floor := 0
	if len(m.marks) > 0 {
		floor = m.marks[len(m.marks)-1]
	}
	if len(m.stack)-n < floor {
		return nil, broken(BadPickle, "it takes %d values off a stack that has %d", n, len(m.stack)-floor)
	}
	values := m.stack[len(m.stack)-n:]
	m.stack = m.stack[:len(m.stack)-n]
	return values, nil
}

// popMark takes all values down to the last mark off the stack, and the mark. They are valid until the next push.
func (m *machine) popMark() ([]any, error) {
	if len(m.marks) == 0 {
		return nil, broken(BadPickle, "it goes back to a mark that is not there")
	}
	height := m.marks[len(m.marks)-1]
	m.marks = m.marks[:len(m.marks)-1]
	values := m.stack[height:]
	m.stack = m.stack[:height]
	return values, nil
}

// top returns the last value of the stack, which stays there.
func (m *machine) top() (any, error) {
	values, err := m.pop(1)
	if err != nil {
		return nil, err
	}
	return values[0], m.push(values[0])
}

// unset is in memo slots that were passed over.
var unset = new(struct{ _ byte })

// put remembers the top of the stack. Python numbers the slots one after the other, so that no slot is beyond the number of steps so far.
func (m *machine) put(in *instruction) error {
	v, err := m.top()
	if err != nil {
		return err
	}
	slot := in.number
	if in.code == opMemoize {
		slot = uint64(len(m.memo))
	}
	if slot > uint64(m.steps) || slot > math.MaxInt32 {
		return broken(BadPickle, "memo %d is set while only %d instructions were followed", slot, m.steps)
	}
	for uint64(len(m.memo)) <= slot {
		m.memo = append(m.memo, unset)
	}
	m.memo[slot] = v
	return nil
}

// global pushes what stands for a Python name, if it is allowed.
func (m *machine) global(module, name string) error {
	g, ok := lookUp(module, name)
	if !ok {
		return broken(ForbiddenGlobal, "the pickle asks for the Python name %.100q, which is not among those that hold plain data; nothing was run. "+
			"If you trust the file, load it in Python and save its state_dict", module+"."+name[:min(len(name), longestName)])
	}
	return m.push(g)
}
