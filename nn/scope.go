package nn

import (
	"fmt"
	"slices"

	initializer "github.com/heft-ml/heft/init"
)

// Scope is a place in a model's tree of names, where a layer declares its parameters. Names are given once, here, and
// are those of PyTorch's state_dict.
type Scope struct {
	store *Store
	path  string
	place initializer.Param // what this part of the model is, of descriptions: Residual, Depth, Layers, Width and Parts
}

// Root returns the scope whose names have no prefix.
func (s *Store) Root() *Scope { return &Scope{store: s} }

// At is s.Root().At.
func (s *Store) At(names ...any) *Scope { return s.Root().At(names...) }

// At returns a scope further down: s.At("h", 0) puts "h.0." before the names declared in it.
func (s *Scope) At(names ...any) *Scope {
	c := *s
	for _, n := range names {
		if c.path != "" {
			c.path += "."
		}
		c.path += fmt.Sprint(n)
	}
	return &c
}

// Residual says that what is declared here writes into a residual stream with so many branches in the whole network: the
// last weight of a branch, the scale of a norm after it, or an embedding that opens the stream.
func (s *Scope) Residual(branches int) *Scope {
	c := *s
	c.place.Residual, c.place.Depth, c.place.Layers = branches > 0, branches, 0
	return &c
}

// Inside says that what is declared here is in a residual branch, before the last weight of it, of a network with so many
// branches; layers is how many weights the branch has in a row, the last one included. Factors of a product count like
// weights in a row.
func (s *Scope) Inside(branches, layers int) *Scope {
	c := *s
	c.place.Residual, c.place.Depth, c.place.Layers = false, branches, layers
	return &c
}

// Width says that fan_in of the weights declared here grows with the width of the network, which is c.
func (s *Scope) Width(c int) *Scope {
	scope := *s
	scope.place.Width = c
	return &scope
}

// Part says what the weights declared here are for; with several parts, what the matrices are that lie along their first
// axis in equal shares.
func (s *Scope) Part(parts ...initializer.Part) *Scope {
	c := *s
	c.place.Parts = parts
	return &c
}

// Store returns the store that owns what is declared here.
func (s *Scope) Store() *Store { return s.store }

// Named returns the name of this scope, for a layer to embed.
func (s *Scope) Named() Named { return Named{s.path} }

// Weight declares a matrix [out, in].
func (s *Scope) Weight(name string, out, in int) *Param {
	return s.Param(initializer.Param{Name: name, Kind: initializer.Weight, Shape: []int{out, in}, FanIn: in, FanOut: out})
}

// Bias declares a vector [n] that is added. fanIn, if given, is that of the weight beside it: PyTorch's default start
// depends on it.
func (s *Scope) Bias(name string, n int, fanIn ...int) *Param {
	d := initializer.Param{Name: name, Kind: initializer.Bias, Shape: []int{n}}
	if len(fanIn) > 0 {
		d.FanIn = fanIn[0]
	}
	return s.Param(d)
}

// Scale declares a vector [n] of gains.
func (s *Scope) Scale(name string, n int) *Param {
	return s.Param(initializer.Param{Name: name, Kind: initializer.Scale, Shape: []int{n}})
}

// Embedding declares a table [v, c]. Its fan_in is c and its fan_out v, as PyTorch computes them for that shape.
func (s *Scope) Embedding(name string, v, c int) *Param {
	return s.Param(initializer.Param{Name: name, Kind: initializer.Embedding, Shape: []int{v, c}, FanIn: c, FanOut: v})
}

// Buffer declares values that start at start and that no gradient moves.
func (s *Scope) Buffer(name string, start float32, shape ...int) *Param {
	return s.Param(initializer.Param{Name: name, Kind: initializer.Buffer, Shape: shape, Start: start})
}

// Param declares any parameter; d.Name is completed with the scope's path, and what d does not say of Residual, Depth,
// Layers, Width and Parts with what the scope says. A name that exists already panics with an [*autograd.UsageError].
func (s *Scope) Param(d initializer.Param) *Param {
	if s.path != "" {
		d.Name = s.path + "." + d.Name
	}
	d.Shape = slices.Clone(d.Shape)
	s.describe(&d)
	return s.store.add(d)
}

// describe adds what the scope knows of a parameter. Biases and buffers start the same wherever they are.
func (s *Scope) describe(d *initializer.Param) {
	if d.Kind == initializer.Bias || d.Kind == initializer.Buffer {
		return
	}
	if d.Depth == 0 && s.place.Depth > 0 {
		d.Residual, d.Depth, d.Layers = s.place.Residual, s.place.Depth, s.place.Layers
	}
	if d.Kind != initializer.Weight {
		return
	}
	if d.Width == 0 {
		d.Width = s.place.Width
	}
	if d.Parts == nil {
		d.Parts = s.place.Parts
	}
}

// Named carries the name that a layer was given. Layers embed it.
type Named struct{ path string }

// Path returns the layer's name: the prefix of its parameters' names, without the last dot.
func (n Named) Path() string { return n.path }
