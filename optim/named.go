package optim

import (
	"fmt"
	"strings"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/internal/suggest"
	"github.com/heft-ml/heft/nn"
)

// named is every optimizer by name. A new optimizer adds its row here.
var named = []struct {
	name string
	make func(s *nn.Store, lr float64, opts ...Option) Optimizer
}{
	{"adamw", func(s *nn.Store, lr float64, opts ...Option) Optimizer { return NewAdamW(s, lr, opts...) }},
	{"adam", func(s *nn.Store, lr float64, opts ...Option) Optimizer { return NewAdam(s, lr, opts...) }},
	{"sgd", func(s *nn.Store, lr float64, opts ...Option) Optimizer { return NewSGD(s, lr, opts...) }},
	{"rmsprop", func(s *nn.Store, lr float64, opts ...Option) Optimizer { return NewRMSprop(s, lr, opts...) }},
	{"nadam", func(s *nn.Store, lr float64, opts ...Option) Optimizer { return NewNAdam(s, lr, opts...) }},
	{"lion", func(s *nn.Store, lr float64, opts ...Option) Optimizer { return NewLion(s, lr, opts...) }},
	{"muon", func(s *nn.Store, lr float64, opts ...Option) Optimizer { return NewMuon(s, lr, opts...) }},
}

// OptimizerNames lists the names that [New] knows.
func OptimizerNames() (names []string) {
	for _, o := range named {
		names = append(names, o.name)
	}
	return names
}

// New returns an optimizer by name. The error lists the known names, or says which option the optimizer does not have.
func New(name string, s *nn.Store, lr float64, opts ...Option) (o Optimizer, err error) {
	for _, n := range named {
		if n.name == name {
			err = autograd.Catch(func() { o = n.make(s, lr, opts...) })
			return o, err
		}
	}
	return nil, fmt.Errorf("no optimizer is called %q%s: use one of %s", name, suggest.For(name, OptimizerNames()), strings.Join(OptimizerNames(), ", "))
}
