package torchfile

import "strconv"

// naming walks the object that was saved and gives each tensor a name: the keys and places that lead to it, joined by dots.
type naming struct {
	file  *File
	left  int64 // names that may still be given: dicts that are mentioned often are walked often
	bytes int64 // bytes of names that may still be made
}

const (
	mostNesting  = 200 // dicts and lists in one another; checkpoints have about ten
	loneName     = "tensor"
	leastNames   = 1 << 12
	bytesPerName = 8 // of the file, at least, for each thing it names
	leastText    = 1 << 20
	textPerByte  = 16 // bytes of names for each byte of the file, at most
)

// nameTensors fills the file's lists. A file is as costly to walk as it is long: one that mentions the same over and over is refused.
func (f *File) nameTensors(root any) error {
	f.index = map[string]int{}
	size := min(f.source.Size(), 1<<32)
	n := &naming{file: f, left: leastNames + size/bytesPerName, bytes: leastText + size*textPerByte}
	if err := n.walk("", root, 0); err != nil {
		return err
	}
	f.estimate()
	return nil
}

// spend counts a path against what the file may name.
func (n *naming) spend(path string) error {
	n.left--
	n.bytes -= int64(len(path))
	if n.left < 0 || n.bytes < 0 {
		return broken(TooLarge, "the file mentions the same dicts over and over: their names would be far larger than the file")
	}
	return nil
}

// take registers a path, once. That of what was saved itself, at depth 0, is no name.
func (n *naming) take(path string, depth int) error {
	if depth > mostNesting {
		return broken(TooLarge, "dicts and lists are nested deeper than %d, at %.100q", mostNesting, path)
	}
	if err := n.spend(path); err != nil {
		return err
	}
	if _, taken := n.file.index[path]; taken {
		return broken(DuplicateName, "%.100q comes twice", path)
	}
	if depth > 0 {
		n.file.index[path] = noTensor
	}
	return nil
}

// walk names what is in v, which path leads to.
func (n *naming) walk(path string, v any, depth int) error {
	if err := n.take(path, depth); err != nil {
		return err
	}
	switch v := v.(type) {
	case *storage:
		return n.tensor(path, v.whole(), depth)
	case *tensor:
		return n.tensor(path, v, depth)
	case *dict:
		return n.dict(path, v, depth)
	case *parts:
		n.object(path, v)
		return n.dict(path, &v.dict, depth)
	case *list, *tuple:
		found, err := n.deep(v, depth)
		if err != nil {
			return err
		}
		if found {
			return n.sequence(path, itemsOf(v), depth)
		}
	}
	n.object(path, v)
	return nil
}

func (n *naming) tensor(path string, t *tensor, depth int) error {
	if depth == 0 {
		path = loneName // what was saved is the tensor itself
	}
	if t.storage == nil {
		return brokenTensor(BadTensor, path, "it was never filled")
	}
	n.file.index[path] = len(n.file.items)
	n.file.items = append(n.file.items, item{path, t})
	return nil
}

func (n *naming) dict(path string, d *dict, depth int) error {
	if d.open {
		return broken(BadPickle, "the dict %.100q holds itself", path)
	}
	d.open = true
	defer func() { d.open = false }()
	if len(d.pairs) == 0 && depth > 0 {
		n.object(path, d)
	}
	for i := 0; i < len(d.pairs); i += 2 {
		if err := n.walk(dotted(path, keyText(d.pairs[i])), d.pairs[i+1], depth+1); err != nil {
			return err
		}
	}
	if d.attrs != nil {
		for i := 0; i < len(d.attrs.pairs); i += 2 {
			name := dotted(path, keyText(d.attrs.pairs[i]))
			if err := n.spend(name); err != nil {
				return err
			}
			n.object(name, d.attrs.pairs[i+1])
		}
	}
	return nil
}

func (n *naming) sequence(path string, items []any, depth int) error {
	for i, v := range items {
		if err := n.walk(dotted(path, strconv.Itoa(i)), v, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// object lists a value that is no tensor.
func (n *naming) object(path string, v any) {
	n.file.objects = append(n.file.objects, Object{path, typeName(v), v})
}

// deep tells whether a list or tuple holds anything that needs a name of its own: a tensor or a dict. Lists of numbers stay one object.
func (n *naming) deep(v any, depth int) (bool, error) {
	if depth > mostNesting {
		return false, broken(TooLarge, "lists are nested deeper than %d", mostNesting)
	}
	var seen *walked
	switch v := v.(type) {
	case *list:
		seen = &v.seen
	case *tuple:
		seen = &v.seen
	case *dict, *tensor, *storage, *parts:
		return true, nil
	default:
		return false, nil
	}
	switch *seen {
	case looking:
		return false, broken(BadPickle, "a list holds itself")
	case plain, deep:
		return *seen == deep, nil
	}
	*seen = looking
	for _, item := range itemsOf(v) {
		found, err := n.deep(item, depth+1)
		if err != nil {
			return false, err
		}
		if found {
			*seen = deep
			return true, nil
		}
	}
	*seen = plain
	return false, nil
}

// keyText is what a key of a dict is called in a name.
func keyText(key any) string {
	switch key := key.(type) {
	case string:
		return key
	case pyBytes:
		return string(key)
	}
	return text(key)
}
