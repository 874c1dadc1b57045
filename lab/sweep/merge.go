package sweep

import (
	"fmt"
	"math"

	"github.com/heft-ml/heft/data"
	"github.com/heft-ml/heft/internal/shell"
	"github.com/heft-ml/heft/lab"
)

// Results is a sweep whose runs are all done.
type Results struct {
	*Plan
	Train    *data.Set
	Guessing float64 // the loss of a network that knows nothing: ln(classes)
	Runs     []Run   // activation by activation; within it by width, scheme, depth, learning rate and seed
}

// Merge gathers the runs of a sweep from its folder, or from several ones that have the same plan. The error says how many are
// not done, and how to go on.
func Merge(dirs ...string) (*Results, error) {
	if len(dirs) == 0 {
		return nil, fmt.Errorf("nothing to merge: name the folder of a sweep")
	}
	var p *Plan
	for _, dir := range dirs {
		one, err := Load(dir)
		if err != nil {
			return nil, err
		}
		if p == nil {
			p = one
		}
		if what := p.difference(one); what != "" {
			return nil, fmt.Errorf("%s holds another sweep than %s, whose %s", dir, dirs[0], what)
		}
		if one.data != p.data {
			return nil, fmt.Errorf("%s and %s are of different data: %s changed between them", dirs[0], dir, p.Base.Data)
		}
	}
	train, _, err := p.open()
	if err != nil {
		return nil, fmt.Errorf("the sweep in %s: %w", dirs[0], err)
	}
	r := &Results{Plan: p, Train: train, Guessing: math.Log(float64(len(train.Classes)))}
	missing, first := 0, 0
	for k := range p.runs {
		found := false
		for _, dir := range dirs {
			one, done, err := p.look(dir, k)
			if err != nil {
				return nil, err
			}
			if done {
				r.Runs, found = append(r.Runs, one), true
				break
			}
		}
		if !found {
			if missing++; missing == 1 {
				first = k + 1
			}
		}
	}
	if missing > 0 {
		return nil, fmt.Errorf("%d of %d runs are not done, the first is %d: name the folders of all shards, or go on with 'heft lab sweep --resume %s'", missing, len(p.runs), first, shell.Word(dirs[0]))
	}
	return r, nil
}

// Cell is what a start does in networks of one kind: with the learning rate that is best for it.
type Cell struct {
	Activation string
	Width      int
	Scheme     string
	Depth      int
	LR         float64 // at which the most seeds learn; among these, the one with the least median loss
	Learned    float64 // share of the seeds
	Loss       float64 // median over the seeds, infinite where most exploded
	Accuracy   float64 // median over the seeds: see [lab.MedianAccuracy]
	Exploded   int     // how many of the seeds did
}

// Cells returns a cell for every kind of network and start, in the order of the runs.
func (r *Results) Cells() (cells []Cell) {
	for i := 0; i < len(r.Runs); i += len(r.LRs) * r.Seeds {
		var best Cell
		for j := range r.LRs {
			from := i + j*r.Seeds
			c := r.cell(r.Runs[from : from+r.Seeds])
			if j == 0 || c.Learned > best.Learned || c.Learned == best.Learned && c.Loss < best.Loss {
				best = c
			}
		}
		cells = append(cells, best)
	}
	return cells
}

func (r *Results) cell(seeds []Run) Cell {
	s := seeds[0].Setup
	c := Cell{Activation: s.Activation, Width: s.Width, Scheme: s.Scheme, Depth: s.Depth, LR: s.LR}
	var losses, accuracies []float64
	learned := 0
	for _, one := range seeds {
		if one.Learned(r.Guessing) {
			learned++
		}
		accuracy := one.Accuracy
		if one.Exploded >= 0 {
			c.Exploded++
		}
		if math.IsNaN(one.Loss) {
			accuracy = math.NaN()
		}
		losses, accuracies = append(losses, orInf(one.Loss)), append(accuracies, accuracy)
	}
	c.Learned = float64(learned) / float64(len(seeds))
	c.Loss = lab.Median(losses)
	c.Accuracy, _, _ = lab.MedianAccuracy(accuracies)
	return c
}

// orInf puts a loss that is no number above all others.
func orInf(loss float64) float64 {
	if math.IsNaN(loss) {
		return math.Inf(1)
	}
	return loss
}
