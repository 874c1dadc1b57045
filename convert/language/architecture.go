package language

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/models"
)

// architecture is a kind of model, with its configuration: what its forms have to do with one another.
type architecture interface {
	// name is Hugging Face's model_type, and GGUF's general.architecture.
	name() string
	config() models.Config
	// undropped is the configuration without dropout, which GGUF does not keep.
	undropped() models.Config
	// rows are the tensors; # stands for the number of a block.
	rows() []row
	// sizes has the number of blocks, the features of a head, and the letters that shapes of rows are written with.
	sizes() sizes
	// keys are those of GGUF, without the architecture that stands before them.
	keys() []key
	// settle completes a configuration whose keys have been read, by which tensors a GGUF file has.
	settle(has func(name string) bool)
	// computable returns an error when llama.cpp would compute something else.
	computable() error
}

// of returns the architecture of a configuration; ok is false when it is of none.
func of(c models.Config) (a architecture, ok bool) {
	switch c := c.(type) {
	case models.GPTConfig:
		return &gpt2{GPTConfig: c}, true
	case models.LlamaConfig:
		return &llama{c}, true
	}
	return nil, false
}

// named returns an architecture that knows only what files may leave out.
func named(name string) (a architecture, ok bool) {
	for _, a := range []architecture{&gpt2{}, &llama{models.LlamaConfig{Theta: ropeBase}}} {
		if a.name() == name {
			return a, true
		}
	}
	return nil, false
}

type sizes struct {
	blocks, head int
	letters      map[string]int
	ownHead      bool // there is a head of its own
	biases       bool // attention has biases where it may lack them
}

// row is a tensor, or one of each block.
type row struct {
	ours, gguf string
	shape      string // letters, as package models has it: the slowest dimension first
	traits     traits
}

// traits are what else is to know of a tensor.
type traits int

const (
	conv1D  traits = 1 << iota // Hugging Face holds it transposed
	rotated                    // llama.cpp has the rows of each head in another order
	head                       // it is there unless the embedding is the head
	bias                       // it is there if attention has biases
)

// tensor is a row of one block.
type tensor struct {
	ours, hf, gguf string
	shape          []int
	traits         traits
}

// tensors lists what a model of the configuration has.
func tensors(a architecture) []tensor {
	s, rows := a.sizes(), a.rows()
	var list []tensor
	add := func(r row, block int) {
		if r.traits&head != 0 && !s.ownHead || r.traits&bias != 0 && !s.biases {
			return
		}
		number := func(name string) string { return strings.Replace(name, "#", strconv.Itoa(block), 1) }
		t := tensor{ours: number(r.ours), gguf: number(r.gguf), traits: r.traits}
		t.hf = huggingFaceName(a, t.ours)
		for letter := range strings.FieldsSeq(r.shape) {
			n, ok := s.letters[letter]
			if !ok {
				panic(fmt.Errorf("language: shape %q of %s has no letter %s", r.shape, r.ours, letter))
			}
			t.shape = append(t.shape, n)
		}
		list = append(list, t)
	}
	for first := 0; first < len(rows); {
		after := first
		for after < len(rows) && strings.Contains(rows[after].ours, "#") {
			after++
		}
		if after == first {
			add(rows[first], 0)
			first++
			continue
		}
		for block := range s.blocks {
			for _, r := range rows[first:after] {
				add(r, block)
			}
		}
		first = after
	}
	return list
}

// equal tells whether two configurations compute the same without dropout.
func equal(a, b architecture) bool { return reflect.DeepEqual(a.undropped(), b.undropped()) }
