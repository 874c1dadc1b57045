package torchfile

import (
	"math"
	"math/big"
	"strconv"
	"strings"
)

// What a pickle builds here are plain values: nil, bool, int64, *big.Int, float64, complex128, string, pyBytes, and the types below. Containers are
// pointers, since a pickle can mention one twice.
type (
	// pyBytes is a bytes or a bytearray; the text is the pickle's own.
	pyBytes string

	tuple struct {
		items []any
		seen  walked
	}
	list struct {
		items []any
		seen  walked
	}
	set struct {
		items  []any
		frozen bool
	}

	// dict is a dict, an OrderedDict or a Counter, in the order of the pickle. Keys that come twice are found when names are given.
	dict struct {
		pairs []any // key, value, key, value ...
		class *global
		attrs *dict // what BUILD set on an OrderedDict
		open  bool  // names are being given to what is in it
	}

	// named is a value that is only its name: torch.float32, a device, a sparse tensor's layout.
	named struct{ typ, text string }

	// parts is a tensor without storage of its own: sparse, meta, a wrapper. Its parts can be tensors.
	parts struct {
		about named
		dict  dict
	}
)

// walked is what is known of a list or tuple while names are given to tensors.
type walked uint8

const (
	unseen walked = iota
	looking
	plain // nothing in it needs a name
	deep  // a tensor or a dict is in it
)

// typeName returns what Python calls the type of v.
func typeName(v any) string {
	switch v := v.(type) {
	case nil:
		return "NoneType"
	case bool:
		return "bool"
	case int64, *big.Int:
		return "int"
	case float64:
		return "float"
	case complex128:
		return "complex"
	case string:
		return "str"
	case pyBytes:
		return "bytes"
	case *tuple:
		return "tuple"
	case *list:
		return "list"
	case *set:
		if v.frozen {
			return "frozenset"
		}
		return "set"
	case *dict:
		if v.class != nil {
			return v.class.name
		}
		return "dict"
	case *named:
		return v.typ
	case *parts:
		return v.about.typ
	case *tensor:
		return "Tensor"
	case *storage:
		return "Storage"
	case *global:
		switch {
		case v.role == constant && v.element != nil:
			return "torch.dtype"
		case v.role == constant:
			return "torch.qscheme"
		}
		return v.String()
	}
	return "unknown"
}

// mostText is the number of bytes that a value is cut to when it is printed.
const mostText = 200

// text prints v much as Python does, numbers just so, cut to mostText bytes. What is deep, cyclic or mentioned often costs no more.
func text(v any) string {
	p := printer{}
	p.value(v)
	if p.Len() > mostText {
		return strings.ToValidUTF8(p.String()[:mostText], "") + "..."
	}
	return p.String()
}

// printer stops to print when it has enough, so that it ends for any value. Every level prints a byte before it goes deeper.
type printer struct{ strings.Builder }

func (p *printer) full() bool { return p.Len() > mostText }

func (p *printer) value(v any) {
	if p.full() {
		return
	}
	switch v := v.(type) {
	case nil:
		p.WriteString("None")
	case bool:
		p.WriteString(map[bool]string{true: "True", false: "False"}[v])
	case int64:
		p.WriteString(strconv.FormatInt(v, 10))
	case *big.Int:
		p.WriteString(bigText(v))
	case float64:
		p.WriteString(floatText(v))
	case complex128:
		p.WriteString(complexText(v))
	case string:
		p.WriteString(strconv.Quote(v[:min(len(v), mostText)]))
	case pyBytes:
		p.WriteString("b" + strconv.Quote(string(v[:min(len(v), mostText)])))
	case *tuple:
		p.items("(", v.items, ")")
	case *list:
		p.items("[", v.items, "]")
	case *set:
		p.items("{", v.items, "}")
	case *dict:
		p.dict(v)
	case *named:
		p.WriteString(v.text)
	case *parts:
		p.WriteString(v.about.text)
	case *global:
		p.WriteString(v.String())
	default:
		p.WriteString("<" + typeName(v) + ">")
	}
}

func (p *printer) items(open string, items []any, end string) {
	p.WriteString(open)
	for i, v := range items {
		if p.full() {
			return
		}
		if i > 0 {
			p.WriteString(", ")
		}
		p.value(v)
	}
	p.WriteString(end)
}

func (p *printer) dict(d *dict) {
	p.WriteString("{")
	for i := 0; i < len(d.pairs) && !p.full(); i += 2 {
		if i > 0 {
			p.WriteString(", ")
		}
		p.value(d.pairs[i])
		p.WriteString(": ")
		p.value(d.pairs[i+1])
	}
	p.WriteString("}")
}

// bigText prints a number in decimal, or says how long it is where that would take long.
func bigText(n *big.Int) string {
	if bits := n.BitLen(); bits > 8*mostText {
		return "<int of " + strconv.Itoa(bits) + " bits>"
	}
	return n.String()
}

// floatText prints as Python's repr does.
func floatText(x float64) string {
	s := shortest(x)
	if strings.ContainsAny(s, ".en") { // "inf" and "nan" among them
		return s
	}
	return s + ".0"
}

// complexText prints as Python's repr does: a real part of +0 is left out.
func complexText(x complex128) string {
	re, im := real(x), imag(x)
	if re == 0 && !math.Signbit(re) {
		return shortest(im) + "j"
	}
	sign := "+"
	if math.Signbit(im) && !math.IsNaN(im) {
		sign = ""
	}
	return "(" + shortest(re) + sign + shortest(im) + "j)"
}

// shortest prints the digits that tell x from all others, with an exponent where Python's repr has one: below 1e-4 and from 1e16 on.
func shortest(x float64) string {
	abs := math.Abs(x)
	switch {
	case math.IsNaN(x):
		return "nan"
	case math.IsInf(x, 1):
		return "inf"
	case math.IsInf(x, -1):
		return "-inf"
	case abs != 0 && abs < 1e-4 || abs >= 1e16:
		return strconv.FormatFloat(x, 'e', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}
