package torchfile

import "strings"

// The builders below make what checkpoints hold beside tensors. Each takes exactly the arguments that Python's pickler writes.

// wrongArguments says which builder got what it does not take.
func wrongArguments(name string, args []any) error {
	return broken(BadPickle, "%s does not take the arguments %s", name, text(&tuple{items: args}))
}

// buildDict makes an empty dict, or one of a list of pairs as Python 2 wrote it, or of a dict as a Counter has it.
func buildDict(name string) builder {
	class := &global{module: "collections", name: name}
	return func(m *machine, args []any) (any, error) {
		d := &dict{class: class}
		if err := m.charge(costOfContainer); err != nil || len(args) == 0 {
			return d, err
		}
		if len(args) > 1 {
			return nil, wrongArguments(name, args)
		}
		switch from := args[0].(type) {
		case *dict:
			if err := m.charge(costOfStep * len(from.pairs)); err != nil {
				return nil, err
			}
			return d, d.set(from.pairs)
		case *list:
			if err := m.charge(2 * costOfStep * len(from.items)); err != nil {
				return nil, err
			}
			for _, item := range from.items {
				pair := itemsOf(item)
				if len(pair) != 2 {
					return nil, wrongArguments(name, args)
				}
				if err := d.set(pair); err != nil {
					return nil, err
				}
			}
			return d, nil
		}
		return nil, wrongArguments(name, args)
	}
}

// itemsOf returns the items of a list or tuple, or nil.
func itemsOf(v any) []any {
	switch v := v.(type) {
	case *list:
		return v.items
	case *tuple:
		return v.items
	}
	return nil
}

func buildSet(m *machine, args []any) (any, error) {
	if len(args) != 1 {
		return nil, wrongArguments("set", args)
	}
	if _, ok := args[0].(*list); !ok {
		return nil, wrongArguments("set", args)
	}
	items, err := m.copied(itemsOf(args[0]), nil)
	return &set{items: items}, err
}

// buildBytes makes the bytes that protocol 2 writes as text: every character is one byte.
func buildBytes(m *machine, args []any) (any, error) {
	if len(args) != 2 {
		return nil, wrongArguments("encode", args)
	}
	chars, ok := args[0].(string)
	if encoding, _ := args[1].(string); !ok || (encoding != "latin1" && encoding != "latin-1") {
		return nil, wrongArguments("encode", args)
	}
	if err := m.charge(costOfStep + len(chars)); err != nil {
		return nil, err
	}
	var b strings.Builder
	b.Grow(len(chars))
	for _, r := range chars {
		if r > 0xff {
			return nil, broken(BadPickle, "a character of bytes is %q, beyond latin-1", r)
		}
		b.WriteByte(byte(r))
	}
	return pyBytes(b.String()), nil
}

// buildByteArray makes a bytearray of bytes, or of text as protocol 2 writes it.
func buildByteArray(m *machine, args []any) (any, error) {
	switch len(args) {
	case 0:
		return pyBytes(""), nil
	case 1:
		if b, ok := args[0].(pyBytes); ok {
			return b, nil
		}
	case 2:
		return buildBytes(m, args)
	}
	return nil, wrongArguments("bytearray", args)
}

func buildComplex(_ *machine, args []any) (any, error) {
	if len(args) == 2 {
		re, ok1 := args[0].(float64)
		im, ok2 := args[1].(float64)
		if ok1 && ok2 {
			return complex(re, im), nil
		}
	}
	return nil, wrongArguments("complex", args)
}

func buildSize(_ *machine, args []any) (any, error) {
	if len(args) == 1 {
		if t, ok := args[0].(*tuple); ok {
			return t, nil
		}
	}
	return nil, wrongArguments("torch.Size", args)
}

// buildDevice makes torch.device("cuda", 0), which is only its name here.
func buildDevice(m *machine, args []any) (any, error) {
	if len(args) == 0 || len(args) > 2 {
		return nil, wrongArguments("torch.device", args)
	}
	kind, ok := args[0].(string)
	if !ok || !plainWord(kind) {
		return nil, wrongArguments("torch.device", args)
	}
	if len(args) == 2 {
		index, ok := args[1].(int64)
		if !ok {
			return nil, wrongArguments("torch.device", args)
		}
		kind += ":" + text(index)
	}
	return &named{"torch.device", kind}, m.charge(costOfContainer + longestName)
}

// buildLayout makes torch.sparse_coo and the like.
func buildLayout(m *machine, args []any) (any, error) {
	if len(args) == 1 {
		if layout, ok := args[0].(string); ok && strings.HasPrefix(layout, "torch.") && plainWord(layout) {
			return &named{"torch.layout", layout}, m.charge(costOfContainer)
		}
	}
	return nil, wrongArguments("torch.serialization._get_layout", args)
}

// plainWord tells whether s can be printed as it is.
func plainWord(s string) bool {
	odd := func(r rune) bool { return !strings.ContainsRune(wordCharacters, r) }
	return s != "" && len(s) <= longestName && !strings.ContainsFunc(s, odd)
}

const wordCharacters = "abcdefghijklmnopqrstuvwxyz0123456789._:"
