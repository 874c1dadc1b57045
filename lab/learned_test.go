package lab_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/heft-ml/heft/lab"
)

// What a network knows before its first step it has by chance.
func TestNothingIsLearnedBeforeTheFirstStep(t *testing.T) {
	t.Parallel()
	guessing := math.Ln2
	run := func(losses ...float64) lab.Run {
		var r lab.Run
		for i, l := range losses {
			r.Curve = append(r.Curve, lab.Point{Step: 10 * i, Loss: l})
		}
		return r
	}
	assert.Equal(t, 20, run(0.7, 0.65, 0.6, 0.1).Begun(guessing))
	assert.Equal(t, -1, run(0.5, 0.49, 0.46).Begun(guessing), "a lucky start that does not learn")
	assert.Equal(t, 20, run(0.5, 0.46, 0.44).Begun(guessing), "and one that does")
	assert.Equal(t, 10, run(40, 0.6).Begun(guessing))
	assert.Equal(t, 10, run(math.NaN(), 0.6).Begun(guessing))
}
