package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/lab"
)

// Grid is what a sweep varies: every value of one list with every value of the others.
type Grid struct {
	Base        lab.Setup `json:"base"` // of every run, but for what is varied; seeds count from its own
	Schemes     []string  `json:"schemes"`
	Depths      []int     `json:"depths"`
	Widths      []int     `json:"widths"`
	Activations []string  `json:"activations"`
	LRs         []float64 `json:"lrs"` // learning rates
	Seeds       int       `json:"seeds"`
}

// mostRuns bounds a sweep: more would be a slip of the finger.
const mostRuns = 100_000

// Default is a sweep of about a minute: three starts, from shallow to deep, each with three learning rates.
func Default() Grid {
	base := lab.Default()
	base.Data, base.Steps = "circles", 500
	return Grid{
		Base: base, Schemes: DefaultSchemes([]string{"relu"}), Depths: []int{2, 5, 10, 20, 40},
		Widths: []int{64}, Activations: []string{"relu"}, LRs: []float64{0.01, 0.03, 0.1}, Seeds: 3,
	}
}

// DefaultSchemes returns the starts of a sweep over some activations that is told none: Xavier, Kaiming and orthogonal as
// [lab.Classic] has them, which is with the gain of the activation. Several activations have no gain in common: then orthogonal
// matrices have gain 1.
func DefaultSchemes(activations []string) []string {
	schemes := []string{"xavier-normal", "kaiming-normal", "orthogonal"}
	if len(activations) != 1 {
		return schemes
	}
	for _, c := range lab.Classic(activations[0]) {
		if strings.HasPrefix(c.Scheme, "orthogonal") {
			schemes[2] = c.Scheme
		}
	}
	return schemes
}

// Plan is a grid whose runs are all known to be possible.
type Plan struct {
	Grid
	runs []lab.Setup
	data lab.Hashes // what a folder's runs learned from; nothing in a plan that has no folder
}

// NewPlan lists the runs of a grid. The error names the list and the value that cannot be used.
func NewPlan(g Grid) (*Plan, error) {
	n := g.Seeds
	for _, list := range []struct {
		name   string
		values []string
	}{
		{"schemes", g.Schemes}, {"depths", texts(g.Depths)}, {"widths", texts(g.Widths)}, {"activations", g.Activations}, {"lrs", texts(g.LRs)},
	} {
		if len(list.values) == 0 {
			return nil, fmt.Errorf("%s is empty, but needs a value", list.name)
		}
		for i, v := range list.values {
			if slices.Contains(list.values[:i], v) {
				return nil, fmt.Errorf("%s has %q twice", list.name, v)
			}
		}
		if n = min(n, mostRuns+1) * min(len(list.values), mostRuns+1); n > mostRuns {
			return nil, fmt.Errorf("the grid has more than %d runs", mostRuns)
		}
	}
	if g.Seeds < 1 {
		return nil, fmt.Errorf("seeds is %d, but must be 1 or more", g.Seeds)
	}
	if err := g.Base.CheckSeeds(g.Seeds); err != nil {
		return nil, err
	}
	p := &Plan{Grid: g}
	for _, activation := range g.Activations {
		for _, width := range g.Widths {
			for _, scheme := range g.Schemes {
				for _, depth := range g.Depths {
					for _, lr := range g.LRs {
						for seed := range g.Seeds {
							s := g.Base
							s.Activation, s.Width, s.Scheme, s.Depth, s.LR = activation, width, scheme, depth, lr
							s.Seed += uint64(seed)
							if err := s.Check(); err != nil {
								return nil, err
							}
							p.runs = append(p.runs, s)
						}
					}
				}
			}
		}
	}
	return p, nil
}

// Len returns how many runs the plan has.
func (p *Plan) Len() int { return len(p.runs) }

// texts writes values as one types them.
func texts[T int | float64](values []T) (all []string) {
	for _, v := range values {
		all = append(all, strconv.FormatFloat(float64(v), 'g', -1, 64))
	}
	return all
}

// Command returns the command that makes the sweep again.
func (p *Plan) Command() string {
	d := Default()
	line := []string{"heft lab sweep"}
	list := func(name string, values, usual []string) {
		if !slices.Equal(values, usual) {
			line = append(line, "--"+name+" "+shell.Word(strings.Join(values, ",")))
		}
	}
	list("schemes", p.Schemes, DefaultSchemes(p.Activations))
	list("depths", texts(p.Depths), texts(d.Depths))
	list("widths", texts(p.Widths), texts(d.Widths))
	list("activations", p.Activations, d.Activations)
	list("lrs", texts(p.LRs), texts(d.LRs))
	same := p.Base // but for what is varied
	same.Depth, same.Width, same.Activation, same.Scheme, same.LR = d.Base.Depth, d.Base.Width, d.Base.Activation, d.Base.Scheme, d.Base.LR
	line = append(line, same.Flags(d.Base)...)
	if p.Seeds != d.Seeds {
		line = append(line, "--seeds "+strconv.Itoa(p.Seeds))
	}
	return strings.Join(line, " ")
}
