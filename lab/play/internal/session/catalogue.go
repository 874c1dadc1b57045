package session

import (
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
	"github.com/heft-ml/heft/optim"
)

// Catalogue is what there is to choose from. Nothing of it stands in the page: what a package learns, the page shows.
type Catalogue struct {
	Default     lab.Setup `json:"default"`
	Data        []string  `json:"data"`
	Activations []string  `json:"activations"`
	Optimizers  []string  `json:"optimizers"`
	Momentum    []string  `json:"momentum"` // the optimizers that take one
	Residuals   []string  `json:"residuals"`
	Own         string    `json:"own"` // the name of data that the page brings
	Schemes     []Named   `json:"schemes"`
	Bounds      []Bound   `json:"bounds"` // of all numbers of a setup
	MaxOwn      int       `json:"maxOwn"` // bytes of own data
}

// Named is a scheme and what it is for.
type Named struct {
	Name  string `json:"name"`
	About string `json:"about"`
}

// Contents returns the catalogue.
func Contents() Catalogue {
	c := Catalogue{
		Default: Default(), Data: dataNames(), Activations: nn.ActivationNames(), Optimizers: optim.OptimizerNames(),
		Momentum: lab.WithMomentum(), Residuals: lab.Residuals(), Own: OwnData, Bounds: bounds, MaxOwn: maxOwn,
	}
	names, about := initializer.Names()
	for i, name := range names {
		c.Schemes = append(c.Schemes, Named{name, about[i]})
	}
	c.Schemes = append(c.Schemes, Named{lab.LSUVScheme, "orthogonal, then scaled layer by layer on a batch to variance 1"})
	return c
}

// Command returns what to type in a terminal to set two setups side by side, which differ in their schemes alone.
func Command(a, b lab.Setup) (string, error) {
	study := lab.Study{Setup: a, Cases: []lab.Case{{Name: a.Scheme, Scheme: a.Scheme}}, Seeds: 1}
	if b.Scheme != a.Scheme {
		study.Cases = append(study.Cases, lab.Case{Name: b.Scheme, Scheme: b.Scheme})
	}
	if err := study.Check(); err != nil {
		return "", err
	}
	return study.Command(), nil
}
