package optim

import (
	"fmt"
	"math"
)

// Plateau is a schedule that watches a loss and falls when the loss no longer does: PyTorch's ReduceLROnPlateau, of
// relative threshold.
type Plateau struct {
	ratio     float64
	patience  int
	threshold float64
	cooldown  int
	floor     float64

	factor float64 // where the schedule stands
	best   float64 // the smallest loss that counted
	bad    int     // losses since that were no better
	rest   int     // losses that do not count as bad, after a fall
}

// NewPlateau returns a schedule that starts at 1 and is multiplied by ratio, down to floor, when more than patience
// losses in a row were not below the best one by the share threshold. After a fall, cooldown losses do not count.
func NewPlateau(ratio float64, patience int, threshold float64, cooldown int, floor float64) *Plateau {
	p, err := newPlateau(ratio, patience, threshold, cooldown, floor)
	if err != nil {
		misuse("plateau", "%v", err)
	}
	return p
}

func newPlateau(ratio float64, patience int, threshold float64, cooldown int, floor float64) (*Plateau, error) {
	p := &Plateau{ratio: ratio, patience: patience, threshold: threshold, cooldown: cooldown, floor: floor, factor: 1, best: math.Inf(1)}
	for _, n := range []struct {
		name  string
		value float64
	}{{"the factor", p.ratio}, {"the threshold", p.threshold}, {"the floor", p.floor}} {
		if !(n.value >= 0 && n.value < 1) {
			return nil, fmt.Errorf("%s is %v, but must be from 0 to below 1", n.name, n.value)
		}
	}
	if p.patience < 0 || p.cooldown < 0 {
		return nil, fmt.Errorf("patience is %d and cooldown %d, but neither can be negative", p.patience, p.cooldown)
	}
	return p, nil
}

// Factor returns what the learning rate is multiplied by until the next loss.
func (p *Plateau) Factor(int) float64 { return p.factor }

// String returns the schedule as [ParseSchedule] reads it. The losses that it saw are not told: a new one that is shown
// them again stands where this one stands.
func (p *Plateau) String() string {
	return fmt.Sprintf("plateau(%v,%d,%v,%d,%v)", p.ratio, p.patience, p.threshold, p.cooldown, p.floor)
}

// Observe shows the schedule a loss: after each epoch, that of the validation part.
func (p *Plateau) Observe(loss float64) {
	if loss < p.best*(1-p.threshold) {
		p.best, p.bad = loss, 0
	} else {
		p.bad++
	}
	if p.rest > 0 {
		p.rest--
		p.bad = 0
	}
	if p.bad > p.patience {
		p.factor = min(p.factor, max(p.factor*p.ratio, p.floor))
		p.rest, p.bad = p.cooldown, 0
	}
}

// PlateauOf returns the plateau that a schedule is or leads to after its warmup; nil if there is none.
func PlateauOf(s Schedule) *Plateau {
	switch s := s.(type) {
	case *Plateau:
		return s
	case schedule:
		return PlateauOf(s.then)
	}
	return nil
}
