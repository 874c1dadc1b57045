package train

import "time"

// position is where a run stands, beside the values of its tensors. It is what a checkpoint remembers.
type position struct {
	Epoch   int           `json:"epoch"`   // epochs done
	Batch   int           `json:"batch"`   // batches of the next one done
	Tally   tally         `json:"tally"`   // of those batches
	Norms   float64       `json:"norms"`   // sum of their gradients' norms
	LR      float64       `json:"lr"`      // of the last step
	Rows    []Epoch       `json:"rows"`    // one an epoch
	Best    int           `json:"best"`    // the epoch of the smallest validation loss, from 1; 0 before the first
	Elapsed time.Duration `json:"elapsed"` // since training began, without interruptions
}

// Epoch is one row of metrics.csv: an epoch of a set, or of a text a round of eval_every steps.
type Epoch struct {
	Epoch      int           `json:"epoch"`      // from 1
	Step       int           `json:"step"`       // optimizer steps done
	Train      Score         `json:"train"`      // of the batches, as they were trained on
	Validation Score         `json:"validation"` // after the epoch; no samples when nothing is held out
	LR         float64       `json:"lr"`         // of the last step
	GradNorm   float64       `json:"grad_norm"`  // mean over the epoch's steps, before clipping
	Elapsed    time.Duration `json:"elapsed"`    // since training began, without interruptions
	Sample     string        `json:"-"`          // what a model of text writes by now: for Progress alone
}

// note ends an epoch and tells whether it is the best one so far.
func (p *position) note(row Epoch) (best bool) {
	row.Sample = ""
	p.Rows = append(p.Rows, row)
	p.Epoch, p.Batch, p.Tally, p.Norms = p.Epoch+1, 0, tally{}, 0
	best = p.Best == 0 || row.Validation.Loss < p.Rows[p.Best-1].Validation.Loss
	if best {
		p.Best = row.Epoch
	}
	return best
}

// impatient tells whether the validation loss has not improved for so many epochs; 0 never gives up.
func (p *position) impatient(patience int) bool {
	return patience > 0 && p.Best > 0 && p.Epoch-p.Best >= patience
}
