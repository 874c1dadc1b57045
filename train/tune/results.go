package tune

import (
	"cmp"
	"encoding/csv"
	"io"
	"math"
	"slices"
	"strconv"

	"github.com/heft-ml/heft/train"
)

// ResultsFile is the name of the file with the trials that are done, in the folder of a search.
const ResultsFile = "results.csv"

// Results is what came of a search so far.
type Results struct {
	Plan   *Plan
	Trials []Outcome // all trials of the plan, in its order
	Ranked []Ranked  // the settings whose trials are all finished, the best first
	Busy   int       // trials that another process was training when this one came to them
}

// Ranked is a setting with a rank: what its seeds scored on the validation part.
type Ranked struct {
	Setting   int          // which of the plan's, from 1
	Values    []string     // of the plan's names
	Config    train.Config // of its first trial
	Trials    []Outcome    // one a seed
	Mean      train.Score  // of the trials' validation loss and score; no more than these is set
	Deviation train.Score  // sample standard deviation of the same; 0 with one seed
}

// newResults ranks what is known of the trials of a plan.
func newResults(p *Plan, trials []Outcome) *Results {
	r := &Results{Plan: p, Trials: trials}
	for i := 0; i < len(trials); i += p.Seeds {
		seeds := trials[i : i+p.Seeds]
		if slices.ContainsFunc(seeds, func(o Outcome) bool { return o.State != Finished }) {
			continue
		}
		s := Ranked{Setting: seeds[0].Setting, Values: p.Settings[seeds[0].Setting-1], Config: seeds[0].Config, Trials: seeds}
		validation := func(o Outcome) train.Score { return o.Kept.Validation }
		s.Mean = mean(seeds, validation)
		s.Deviation = deviation(seeds, validation, s.Mean)
		r.Ranked = append(r.Ranked, s)
	}
	slices.SortStableFunc(r.Ranked, func(a, b Ranked) int { return p.compare(a.Mean, b.Mean) })
	return r
}

// compare is below 0 when a is the better score.
func (p *Plan) compare(a, b train.Score) int {
	if p.Rank == ByScore {
		return cmp.Compare(measure(b), measure(a))
	}
	return cmp.Compare(a.Loss, b.Loss)
}

func (p *Plan) better(a, b train.Score) bool { return p.compare(a, b) < 0 }

// measure is the accuracy, or R2 in regression: the other is 0.
func measure(s train.Score) float64 { return s.Accuracy + s.R2 }

// mean adds in the order of the seeds, so that the sum has the same bits everywhere.
func mean(seeds []Outcome, of func(o Outcome) train.Score) (m train.Score) {
	for _, o := range seeds {
		s := of(o)
		m.Loss += s.Loss
		m.Accuracy += s.Accuracy
		m.R2 += s.R2
	}
	n := float64(len(seeds))
	return train.Score{Loss: m.Loss / n, Accuracy: m.Accuracy / n, R2: m.R2 / n}
}

func deviation(seeds []Outcome, of func(o Outcome) train.Score, m train.Score) train.Score {
	if len(seeds) < 2 {
		return train.Score{}
	}
	squares := mean(seeds, func(o Outcome) train.Score {
		s := of(o)
		return train.Score{
			Loss: (s.Loss - m.Loss) * (s.Loss - m.Loss), Accuracy: (s.Accuracy - m.Accuracy) * (s.Accuracy - m.Accuracy),
			R2: (s.R2 - m.R2) * (s.R2 - m.R2),
		}
	})
	n := float64(len(seeds))
	root := func(v float64) float64 { return math.Sqrt(v * n / (n - 1)) }
	return train.Score{Loss: root(squares.Loss), Accuracy: root(squares.Accuracy), R2: root(squares.R2)}
}

// Count returns how many trials are done, and how many of these failed.
func (r *Results) Count() (done, failed int) {
	for _, o := range r.Trials {
		if o.Done() {
			done++
		}
		if o.State == Failed {
			failed++
		}
	}
	return done, failed
}

// Complete tells whether all trials are done.
func (r *Results) Complete() bool {
	done, _ := r.Count()
	return done == len(r.Trials)
}

// Best returns the best setting; nil until all trials are done, and when none is ranked.
func (r *Results) Best() *Ranked {
	if !r.Complete() || len(r.Ranked) == 0 {
		return nil
	}
	return &r.Ranked[0]
}

// Test is the mean score on the test part over the best setting's seeds. No other setting is scored there. It panics when
// there is no best setting.
func (r *Results) Test() train.Score {
	best := r.Best().Trials
	test := mean(best, func(o Outcome) train.Score { return o.test })
	test.Samples = best[0].test.Samples
	for _, o := range best {
		test.MAE += o.test.MAE / float64(len(best))
	}
	return test
}

// writeCSV writes a row for every trial that is done: first those of the ranked settings, the best setting first, then all
// others in their order. The means are those of the setting.
func (r *Results) writeCSV(w io.Writer) error {
	out := csv.NewWriter(w)
	header := append([]string{"rank", "trial"}, r.Plan.Names...)
	out.Write(append(header, "trial_seed", "state", "kept_epoch", "val_loss", "val_score", "mean_val_loss", "mean_val_score", "reason")) // errors stay until Error
	ranked := map[int]bool{}
	for i, s := range r.Ranked {
		ranked[s.Setting] = true
		for _, o := range s.Trials {
			out.Write(r.row(o, strconv.Itoa(i+1), number(s.Mean.Loss), number(measure(s.Mean))))
		}
	}
	for _, o := range r.Trials {
		if o.Done() && !ranked[o.Setting] {
			out.Write(r.row(o, "", "", ""))
		}
	}
	out.Flush()
	return out.Error()
}

func (r *Results) row(o Outcome, rank, loss, score string) []string {
	cells := append([]string{rank, o.Name}, r.Plan.Settings[o.Setting-1]...)
	cells = append(cells, strconv.FormatUint(o.Config.Seed, 10), string(o.State))
	if o.State == Finished {
		cells = append(cells, strconv.Itoa(o.Kept.Epoch), number(o.Kept.Validation.Loss), number(measure(o.Kept.Validation)))
	} else {
		cells = append(cells, "", "", "")
	}
	return append(cells, loss, score, o.Reason)
}

// number is the shortest text that reads back as the same value.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
