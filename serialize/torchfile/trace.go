package torchfile

import "strings"

// tracer follows a pickle as far as its strings go, to know which names STACK_GLOBAL takes off the stack. It builds nothing: a value is a string that the
// pickle holds, or unknown. It goes on where a reader would fail, since a harmful pickle may do its work before it fails.
type tracer struct {
	lexer
	entry string
	begin int64 // where the text stands in the entry or file
	stack []word
	marks []int
	memo  map[uint64]word
	found []Global
}

// word is a string on the stack, or a value that is not followed.
type word struct {
	text  string
	known bool
}

// trace follows one pickle to its STOP.
func (t *tracer) trace() error {
	t.memo = map[uint64]word{}
	for {
		in, err := t.next()
		if err != nil {
			return err
		}
		switch in.code {
		case opStop:
			return nil
		case opProto:
			if in.at > 0 {
				t.report("?", "?", in.at) // readers differ in what a PROTO in the middle means
			}
		}
		t.step(&in)
	}
}

func (t *tracer) report(module, name string, at int) {
	verdict := Dangerous
	if module != "?" {
		verdict = judge(module, name)
	}
	t.found = append(t.found, Global{module, name, t.entry, t.begin + int64(at), verdict})
}

// step follows one instruction's effect on the stack.
func (t *tracer) step(in *instruction) {
	switch in.code {
	case opMark:
		t.marks = append(t.marks, len(t.stack))
		return
	case opDup:
		t.stack = append(t.stack, t.peek())
		return
	case opPop:
		if n := len(t.marks); n > 0 && t.marks[n-1] == len(t.stack) {
			t.marks = t.marks[:n-1]
			return
		}
	case opPut, opBinPut, opLongBinPut, opMemoize:
		t.memo[t.slot(in)] = t.peek()
		return
	case opGet, opBinGet, opLongBinGet:
		t.stack = append(t.stack, t.memo[t.slot(in)])
		return
	case opGlobal, opInst:
		t.report(in.text, in.second, in.at)
	case opStackGlobal:
		name, module := t.pop(), t.pop()
		if !name.known || !module.known {
			module.text, name.text = "?", "?"
		}
		t.report(module.text, name.text, in.at)
		t.stack = append(t.stack, word{})
		return
	case opExt1, opExt2, opExt4:
		t.report("?", "?", in.at) // a number that stands for a name elsewhere
	}
	t.take(in.pops)
	if in.pushes {
		t.stack = append(t.stack, wordOf(in))
	}
}

// wordOf returns the string that an instruction pushes, if it does.
func wordOf(in *instruction) word {
	switch in.code {
	case opString:
		text := in.text
		if len(text) >= 2 && (text[0] == '\'' || text[0] == '"') && text[len(text)-1] == text[0] {
			text = text[1 : len(text)-1]
		}
		return word{text, !strings.Contains(text, `\`)} // what is escaped could be anything
	case opUnicode:
		return word{in.text, !strings.Contains(in.text, `\`)}
	case opBinString, opShortBinString, opBinUnicode, opShortBinUnicode, opBinUnicode8:
		return word{in.text, true}
	}
	return word{}
}

// slot is the memo slot of an instruction: those of protocol 0 have it as text.
func (t *tracer) slot(in *instruction) uint64 {
	switch in.code {
	case opMemoize:
		return uint64(len(t.memo))
	case opPut, opGet:
		n := uint64(0)
		for _, c := range in.text {
			n = n*10 + uint64(c-'0')
		}
		return n
	}
	return in.number
}

func (t *tracer) peek() word {
	if len(t.stack) == 0 {
		return word{}
	}
	return t.stack[len(t.stack)-1]
}

// pop takes a value off the stack; one that is not there is unknown.
func (t *tracer) pop() word {
	w := t.peek()
	t.take(1)
	return w
}

// take removes n values, or all down to the last mark.
func (t *tracer) take(n int) {
	height := max(0, len(t.stack)-n)
	if n == toMark {
		height = 0
		if marks := len(t.marks); marks > 0 {
			height = min(t.marks[marks-1], len(t.stack))
			t.marks = t.marks[:marks-1]
		}
	}
	t.stack = t.stack[:height]
}
