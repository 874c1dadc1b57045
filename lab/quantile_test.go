package lab_test

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/heft-ml/heft/autograd"
	initializer "github.com/heft-ml/heft/init"
	"github.com/heft-ml/heft/lab"
	"github.com/heft-ml/heft/nn"
)

func TestLayersKnowTheirSecondAndNinetyEighthPercentile(t *testing.T) {
	t.Parallel()
	s := nn.NewStore(1, initializer.Constant(1))
	m := nn.NewMLP(s.Root(), 1, 1) // hands its input on
	x := make([]float32, 100)
	for i := range x {
		x[i] = float32((i*37)%100 + 1) // 1 to 100 in another order
	}
	seen := func() lab.Layer {
		p := lab.Measure(s, m, autograd.From(x, 100, 1), labels(100, 1))
		require.NotEmpty(t, p.Layers)
		return p.Layers[0]
	}
	assert.Equal(t, [2]float64{2, 98}, [2]float64{seen().Low, seen().High})
	x[0] = float32(math.NaN()) // was 1
	assert.Equal(t, [2]float64{3, 99}, [2]float64{seen().Low, seen().High}, "of 99 values the second and the ninety-eighth")
}
