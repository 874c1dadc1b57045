package lab

// Shares of the loss of guessing, ln(classes), below which a network has begun to learn, and has learned.
const (
	BegunShare   = 0.9
	LearnedShare = 0.5
)

// BegunBelow returns the loss below which a network has begun to learn: nine tenths of the loss of guessing or, where chance has
// given the start less than that, of its own at the start. Nothing has begun before the first step.
func BegunBelow(guessing, start float64) float64 {
	if start < guessing {
		return BegunShare * start
	}
	return BegunShare * guessing
}

// BegunBelow returns the loss below which the run has begun to learn: see the function.
func (r Run) BegunBelow(guessing float64) float64 { return BegunBelow(guessing, r.Curve[0].Loss) }

// Begun returns the first looked-at step at which the run had begun to learn, or -1.
func (r Run) Begun(guessing float64) int { return r.Below(r.BegunBelow(guessing)) }
