package autograd_test

import (
	"math"
	"testing"
)

func TestExpAndLogAtSpecialPoints(t *testing.T) {
	t.Parallel()
	exp := (*tensor[float32]).Exp
	log := (*tensor[float32]).Log
	requirePoints(t, []point{
		{"exp", exp, 0, 1, 1},
		{"exp", exp, 1, math.E, math.E},
		{"exp", exp, 88.5, math.Exp(88.5), math.Exp(88.5)},
		{"exp", exp, 89, inf, inf},
		{"exp", exp, -100, math.Exp(-100), math.Exp(-100)},
		{"exp", exp, -inf, 0, 0},
		{"exp", exp, inf, inf, inf},
		{"exp", exp, nan, nan, nan},
		{"log", log, 1, 0, 1},
		{"log", log, 0, -inf, inf},
		{"log", log, negative, -inf, -inf},
		{"log", log, 0x1p-149, math.Log(0x1p-149), inf},
		{"log", log, math.MaxFloat32, math.Log(math.MaxFloat32), 1 / math.MaxFloat32},
		{"log", log, -1, nan, -1},
		{"log", log, inf, inf, 0},
		{"log", log, nan, nan, nan},
	})
}
