package initializer

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// gains holds what PyTorch's torch.nn.init.calculate_gain returns; leaky_relu depends on its slope.
var gains = map[string]float64{
	"linear":  1,
	"conv1d":  1,
	"conv2d":  1,
	"conv3d":  1,
	"sigmoid": 1,
	"tanh":    5.0 / 3,
	"relu":    math.Sqrt2,
	"selu":    3.0 / 4,

	"conv_transpose1d": 1, "conv_transpose2d": 1, "conv_transpose3d": 1,
}

// Gain returns the recommended gain of a nonlinearity, as torch.nn.init.calculate_gain does: 1 for linear, conv and
// sigmoid, 5/3 for tanh, √2 for relu, sqrt(2/(1+slope²)) for leaky_relu, 3/4 for selu. The slope is used by leaky_relu
// only. The error lists the known names.
func Gain(nonlinearity string, slope float64) (float64, error) {
	if nonlinearity == "leaky_relu" {
		return math.Sqrt(2 / (1 + slope*slope)), nil
	}
	g, ok := gains[nonlinearity]
	if !ok {
		names := []string{"leaky_relu"}
		for n := range gains {
			names = append(names, n)
		}
		slices.Sort(names)
		return 0, fmt.Errorf("no gain is known for nonlinearity %q: use one of %s", nonlinearity, strings.Join(names, ", "))
	}
	return g, nil
}
