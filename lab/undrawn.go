package lab

import (
	"math/rand/v2"
	"slices"

	"github.com/heft-ml/heft/data"
	initializer "github.com/heft-ml/heft/init"
)

// NewUndrawn is [NewOn] for a network that gets its weights from elsewhere: they are 0, since orthonormal matrices of a large
// network take minutes, which nothing stops. Multipliers are those of the setup's scheme.
func NewUndrawn(s Setup, train, test *data.Set) (*Experiment, error) {
	return newOn(s, train, test, false)
}

// undrawn is a scheme without its values.
type undrawn struct{ initializer.Scheme }

// Fill lets the scheme fill a single number in the parameter's place. Multipliers follow from the place, and not from the size.
func (s undrawn) Fill(p *initializer.Param, r *rand.Rand, _ []float32) {
	one := *p
	one.Shape = slices.Repeat([]int{1}, len(p.Shape))
	s.Scheme.Fill(&one, r, make([]float32, 1))
	p.Multiplier, p.LRMultiplier = one.Multiplier, one.LRMultiplier
}
