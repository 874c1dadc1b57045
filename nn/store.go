package nn

import (
	"fmt"
	"math/rand/v2"

	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/internal/pages"
)

// Store owns the parameters of a model, in the order in which they were declared.
type Store struct {
	seed     uint64
	scheme   initializer.Scheme
	params   []*Param
	byName   map[string]*Param
	held     int // numbers of all parameters
	most     int // that they may be; 0: any
	step     int // optimizer steps done
	revision int // changes to the values, of any cause
}

// NewStore returns an empty store. Everything random in training follows from the seed.
func NewStore(seed uint64, scheme initializer.Scheme) *Store {
	if scheme == nil {
		misuse("store", "an initialization scheme is needed, as initializer.KaimingNormal()")
	}
	return &Store{seed: seed, scheme: scheme, byName: map[string]*Param{}}
}

// Params returns all parameters in the order of their declaration. The slice must not be written.
func (s *Store) Params() []*Param { return s.params }

// Param returns the parameter of that name, or nil.
func (s *Store) Param(name string) *Param { return s.byName[name] }

// Seed returns the seed the store was made with.
func (s *Store) Seed() uint64 { return s.seed }

// Scheme returns the initialization scheme the store was made with.
func (s *Store) Scheme() initializer.Scheme { return s.scheme }

// Step returns how many optimizer steps were done.
func (s *Store) Step() int { return s.step }

// Rand returns the random stream for a purpose: the same one whenever it is asked for, whatever else was drawn.
//
//	train.Batches(64, s.Rand("batches", epoch))
func (s *Store) Rand(purpose string, k ...int) *rand.Rand {
	return stream(s.seed, "rand:"+purpose, k...)
}

// Resume sets the count of optimizer steps: a checkpoint holds it beside the values.
func (s *Store) Resume(step int) {
	s.step = step
	s.revision++
}

// Commit ends an optimizer step: buffers move towards the statistics that the passes staged, in the order of
// [Grads.Add], and the step count advances. Optimizers call it after moving the parameters.
func (s *Store) Commit(g Grads) {
	g.commit()
	s.step++
	s.revision++
}

// add declares a parameter and gives it its starting values.
func (s *Store) add(d initializer.Param) *Param {
	if d.Name == "" {
		misuse("store", "a parameter needs a name")
	}
	if s.byName[d.Name] != nil {
		misuse("store", "two parameters are named %q: give each layer a scope of its own, as s.At(\"fc1\")", d.Name)
	}
	for _, k := range d.Shape {
		if k < 0 {
			misuse("store", "parameter %q has shape %v: no axis can be negative", d.Name, d.Shape)
		}
	}
	n := s.numbers(d.Name, d.Shape)
	d.Multiplier, d.LRMultiplier = 1, 1
	p := &Param{Param: d, Data: pages.Make[float32](n), index: len(s.params)}
	s.scheme.Fill(&p.Param, stream(s.seed, fmt.Sprintf("init:%s", d.Name)), p.Data)
	s.params = append(s.params, p)
	s.byName[d.Name] = p
	s.held += n
	return p
}
