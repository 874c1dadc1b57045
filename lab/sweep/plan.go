package sweep

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

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
		Base: base, Schemes: []string{"xavier-normal", "kaiming-normal", "orthogonal"}, Depths: []int{2, 5, 10, 20, 40},
		Widths: []int{64}, Activations: []string{"relu"}, LRs: []float64{0.01, 0.03, 0.1}, Seeds: 3,
	}
}

// Plan is a grid whose runs are all known to be possible.
type Plan struct {
	Grid
	runs []lab.Setup
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
	flag := func(name, value, usual string) {
		if value != usual {
			line = append(line, "--"+name+" "+lab.Quoted(value))
		}
	}
	number := func(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
	flag("schemes", strings.Join(p.Schemes, ","), strings.Join(d.Schemes, ","))
	flag("depths", strings.Join(texts(p.Depths), ","), strings.Join(texts(d.Depths), ","))
	flag("widths", strings.Join(texts(p.Widths), ","), strings.Join(texts(d.Widths), ","))
	flag("activations", strings.Join(p.Activations, ","), strings.Join(d.Activations, ","))
	flag("lrs", strings.Join(texts(p.LRs), ","), strings.Join(texts(d.LRs), ","))
	flag("residual", p.Base.Residual, d.Base.Residual)
	flag("data", p.Base.Data, d.Base.Data)
	flag("optimizer", p.Base.Optimizer, d.Base.Optimizer)
	flag("momentum", number(p.Base.Momentum), number(d.Base.Momentum))
	flag("batch", strconv.Itoa(p.Base.Batch), strconv.Itoa(d.Base.Batch))
	flag("steps", strconv.Itoa(p.Base.Steps), strconv.Itoa(d.Base.Steps))
	flag("seed", strconv.FormatUint(p.Base.Seed, 10), strconv.FormatUint(d.Base.Seed, 10))
	flag("seeds", strconv.Itoa(p.Seeds), strconv.Itoa(d.Seeds))
	return strings.Join(line, " ")
}
