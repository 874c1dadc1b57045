package inspect

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// node is a module, or at a leaf a tensor. Like siblings with consecutive numbers are one node: "0..11".
type node struct {
	name     string
	tensor   *Tensor // of a leaf; of a folded one, the first
	children []*node
	sum      Total // over all tensors below, those of folded siblings included
	form     string
	times    int // how many siblings it stands for
}

// deepest is how many levels a tree has: a name may be made of dots.
const deepest = 16

// newTree puts tensors under the modules that their dotted names tell, and folds layers of the same form.
func newTree(tensors []Tensor) *node {
	root := &node{times: 1}
	modules := map[string]*node{"": root}
	for i := range tensors {
		t := &tensors[i]
		parts := strings.SplitN(t.Name, ".", deepest)
		at, path := root, ""
		for _, part := range parts[:len(parts)-1] {
			path += part + "."
			if modules[path] == nil {
				modules[path] = &node{name: part, times: 1}
				at.children = append(at.children, modules[path])
			}
			at = modules[path]
		}
		at.children = append(at.children, &node{name: parts[len(parts)-1], tensor: t, times: 1})
	}
	root.settle()
	return root
}

// settle orders what has numbers, folds it, joins modules that have one part alone to it, and sums.
func (n *node) settle() {
	if n.tensor != nil {
		n.sum.add(n.tensor.alone())
		n.form = fmt.Sprintf("%q %s %v %d", n.tensor.Kind, n.tensor.DType, n.tensor.Shape, n.tensor.Bytes)
		return
	}
	var forms []string
	for _, c := range n.children {
		c.settle()
	}
	n.children = fold(n.children)
	for _, c := range n.children {
		n.sum.add(c.sum)
		forms = append(forms, fmt.Sprintf("%q:%s", c.name, c.form))
	}
	slices.Sort(forms)
	n.form = "(" + strings.Join(forms, " ") + ")"
}

// fold returns siblings with the numbered ones among them in the order of their numbers, and runs of those that have one
// form as one.
func fold(siblings []*node) []*node {
	var numbered []*node
	for _, c := range siblings {
		if _, ok := c.number(); ok {
			numbered = append(numbered, c)
		}
	}
	slices.SortStableFunc(numbered, func(a, b *node) int {
		x, _ := a.number()
		y, _ := b.number()
		return x - y
	})
	var out []*node
	last := 0 // number of the last of the run
	for _, c := range siblings {
		if _, ok := c.number(); !ok {
			out = append(out, c)
			continue
		}
		c, numbered = numbered[0], numbered[1:]
		i, _ := c.number()
		if len(out) > 0 {
			run := out[len(out)-1]
			first, ok := strings.CutSuffix(run.name, ".."+strconv.Itoa(last))
			if _, single := run.number(); (single || ok && run.times > 1) && run.form == c.form && i == last+1 {
				run.name, last = first+".."+strconv.Itoa(i), i
				run.times++
				run.sum.add(c.sum)
				continue
			}
		}
		out, last = append(out, c), i
	}
	return out
}

// number reads a name that is a number as Python writes it.
func (n *node) number() (int, bool) {
	i, err := strconv.Atoi(n.name)
	return i, err == nil && i >= 0 && i < 1e9 && strconv.Itoa(i) == n.name
}

// walk visits what is below the node, outermost first. A module with one part alone is joined to it. times is how many
// folded layers the node stands in.
func (n *node) walk(depth, times int, visit func(depth, times int, name string, n *node)) {
	for _, c := range n.children {
		name, inside := c.name, times*c.times
		for c.tensor == nil && len(c.children) == 1 {
			c = c.children[0]
			name += "." + c.name
			inside *= c.times
		}
		visit(depth, inside/c.times, name, c)
		c.walk(depth+1, inside, visit)
	}
}
