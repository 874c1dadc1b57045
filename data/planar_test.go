package data

import (
	"math"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// figures are the planar sets as functions of what they have in common.
var figures = map[string]func(n int, noise float64, seed uint64) *Set{
	"Moons":   Moons,
	"Circles": Circles,
	"XOR":     XOR,
	"Gauss":   Gauss,
	"Spiral":  func(n int, noise float64, seed uint64) *Set { return Spiral(n, 2, noise, seed) },
	"Spiral5": func(n int, noise float64, seed uint64) *Set { return Spiral(n, 5, noise, seed) },
}

// eachPoint calls f with every point and its class.
func eachPoint(s *Set, f func(x, y float64, class int32)) {
	for row, class := range s.Y.Data {
		f(float64(s.X.Data()[2*row]), float64(s.X.Data()[2*row+1]), class)
	}
}

const float32Slack = 1e-6 // what rounding to float32 may move a point of these sizes

func TestFiguresAreValidBalancedSets(t *testing.T) {
	t.Parallel()
	for name, figure := range figures {
		for _, n := range []int{5, 6, 7, 100, 1001} {
			s := figure(n, 0.1, 1)
			require.NoError(t, s.Validate())
			require.Equal(t, []int{n, 2}, s.X.Shape(), name)
			require.NotEmpty(t, s.Source)
			for class, count := range s.Counts() {
				require.InDelta(t, float64(n)/float64(len(s.Classes)), count, 0.999, "%s of %d, class %d", name, n, class)
			}
		}
	}
	assert.Equal(t, []int{3, 4}, Moons(7, 0, 1).Counts(), "the odd point is the inner moon's, as in scikit-learn")
}

// The hashes pin every bit, so that a recipe gets its data back. They also hold where the compiler may fuse
// multiplication and addition, as with GOAMD64=v3.
func TestFiguresAreTheSameForTheSameArguments(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Moons":   "f1ac87033cd204dbaa3a7a9a2ecb10f99e28ac34409d523a14cc77025df7784a",
		"Circles": "e233bd9964758481f2d308c64f98e2da9845f9b4b0a9a36b84a2954bee9c6d79",
		"XOR":     "dfbe5f2e2f5fe8ef3e16500b6589a930628c687f2c345353bc501331a453d4c4",
		"Gauss":   "09535d5f04cfc4ad22d2f632bc0bb26e4c7c9de2ac8d2dc251c9ed4161c84acb",
		"Spiral":  "9ee9c8fc44a2ddf36cca9b0f567d35f2b5a740f8184d2d79b8088051fcf6a097",
		"Spiral5": "264c0160136b717b17bef18935e29750e2281e51455d935e3f123ece122990aa",
	} {
		figure := figures[name]
		assert.Equal(t, want, figure(1000, 0.2, 42).Hash(), name)
		assert.NotEqual(t, want, figure(1000, 0.2, 43).Hash(), name)
		assert.NotEqual(t, want, figure(1000, 0.3, 42).Hash(), name)
	}
}

func TestFiguresComeInRandomOrder(t *testing.T) {
	t.Parallel()
	for name, figure := range figures {
		s := figure(1000, 0, 1)
		first := s.Subset("first", s.rows()[:500])
		share := 500 / float64(len(s.Classes))
		for class, count := range first.Counts() {
			assert.InDelta(t, share, count, 0.2*share, "%s: class %d in the first half", name, class)
		}
	}
}

func TestMoonsLieOnTheirHalfCircles(t *testing.T) {
	t.Parallel()
	var left, right float64
	eachPoint(Moons(500, 0, 1), func(x, y float64, class int32) {
		if class == 0 {
			require.InDelta(t, 1, math.Hypot(x, y), float32Slack)
			require.GreaterOrEqual(t, y, -float32Slack)
		} else {
			require.InDelta(t, 1, math.Hypot(x-1, y-0.5), float32Slack)
			require.LessOrEqual(t, y, 0.5+float32Slack)
		}
		left, right = min(left, x), max(right, x)
	})
	assert.InDelta(t, -1, left, float32Slack)
	assert.InDelta(t, 2, right, float32Slack)
}

// make_moons(8, shuffle=False) of scikit-learn 1.9.1.
func TestMoonsAreThoseOfScikitLearn(t *testing.T) {
	t.Parallel()
	want := map[[2]float64]int32{
		{1, 0}: 0, {0.5, 0.866}: 0, {-0.5, 0.866}: 0, {-1, 0}: 0,
		{0, 0.5}: 1, {0.5, -0.366}: 1, {1.5, -0.366}: 1, {2, 0.5}: 1,
	}
	eachPoint(Moons(8, 0, 3), func(x, y float64, class int32) {
		p := [2]float64{math.Round(1000*x) / 1000, math.Round(1000*y)/1000 + 0} // + 0: no negative zero
		require.Contains(t, want, p)
		assert.Equal(t, want[p], class)
		delete(want, p)
	})
	assert.Empty(t, want)
}

func TestCirclesHaveRadiusOneAndAHalf(t *testing.T) {
	t.Parallel()
	angles := [2][]bool{make([]bool, 250), make([]bool, 250)}
	eachPoint(Circles(500, 0, 1), func(x, y float64, class int32) {
		require.InDelta(t, 1/float64(1+class), math.Hypot(x, y), float32Slack)
		step := math.Round((math.Atan2(y, x) + 2*math.Pi) / (2 * math.Pi) * 250)
		angles[class][int(step)%250] = true
	})
	for _, seen := range angles {
		assert.NotContains(t, seen, false, "angles are not evenly spaced")
	}
}

func TestSpiralArmsTurnWithTheirRadius(t *testing.T) {
	t.Parallel()
	for _, arms := range []int{2, 3, 7} {
		farthest := make([]float64, arms)
		eachPoint(Spiral(100*arms, arms, 0, 1), func(x, y float64, class int32) {
			r := math.Hypot(x, y)
			turn := math.Atan2(x, y) - 2*math.Pi*(1.75*r/5+float64(class)/float64(arms))
			require.InDelta(t, 1, math.Cos(turn), 1e-9, "off its arm")
			farthest[class] = max(farthest[class], r)
		})
		for _, r := range farthest {
			assert.InDelta(t, 5, r, 5*float32Slack)
		}
	}
}

func TestXORIsTheSignOfTheProduct(t *testing.T) {
	t.Parallel()
	quadrants := map[[2]bool]int{}
	eachPoint(XOR(4000, 0, 1), func(x, y float64, class int32) {
		require.Equal(t, x*y < 0, class == 1)
		for _, v := range []float64{math.Abs(x), math.Abs(y)} {
			require.True(t, 0.3-float32Slack <= v && v <= 5.3+float32Slack, "coordinate %v", v)
		}
		quadrants[[2]bool{x > 0, y > 0}]++
	})
	assert.Equal(t, map[[2]bool]int{{false, false}: 1000, {false, true}: 1000, {true, false}: 1000, {true, true}: 1000}, quadrants)
}

func TestGaussHasTwoCloudsOfTheDocumentedSize(t *testing.T) {
	t.Parallel()
	const n = 5000
	var sum, squares [2]float64
	eachPoint(Gauss(n, 0, 1), func(x, y float64, class int32) {
		centre := float64(2 - 4*class)
		sum[class] += x + y
		squares[class] += (x-centre)*(x-centre) + (y-centre)*(y-centre)
	})
	assert.InDelta(t, 2, sum[0]/n, 0.05)
	assert.InDelta(t, -2, sum[1]/n, 0.05)
	for _, s := range squares {
		assert.InEpsilon(t, 0.5, s/n, 0.06) // three standard errors of the variance of 5000 numbers
	}
}

// The nearest other point of every point is of its own class: without noise a classifier can be right everywhere.
func TestFiguresWithoutNoiseAreSeparable(t *testing.T) {
	t.Parallel()
	for name, figure := range figures {
		s := figure(600, 0, 1)
		wrong := 0
		eachPoint(s, func(x, y float64, class int32) {
			nearest, of := math.Inf(1), int32(-1)
			eachPoint(s, func(x2, y2 float64, class2 int32) {
				if d := math.Hypot(x-x2, y-y2); d > 0 && d < nearest {
					nearest, of = d, class2
				}
			})
			if of != class {
				wrong++
			}
		})
		assert.Zero(t, wrong, name)
	}
}

// The same seed draws the same numbers for any noise, so the difference of two sets is the noise alone.
func TestNoiseHasTheDocumentedSizeAndShape(t *testing.T) {
	t.Parallel()
	const n, noise = 5000, 0.25
	for name, want := range map[string]struct{ deviation, largest float64 }{
		"Moons":   {noise, math.Inf(1)},
		"Circles": {noise, math.Inf(1)},
		"Gauss":   {noise, math.Inf(1)},
		"Spiral":  {noise / math.Sqrt(3), noise}, // uniform on [-a, a] has standard deviation a/sqrt(3)
		"XOR":     {5 * noise / math.Sqrt(3), 5 * noise},
	} {
		clean, noisy := figures[name](n, 0, 7), figures[name](n, noise, 7)
		require.Equal(t, clean.Y, noisy.Y, name)
		var sum, squares, largest float64
		for i, v := range noisy.X.Data() {
			d := float64(v) - float64(clean.X.Data()[i])
			sum, squares, largest = sum+d, squares+d*d, max(largest, math.Abs(d))
		}
		assert.InDelta(t, 0, sum/(2*n), 0.05*want.deviation, "%s: mean", name)
		assert.InEpsilon(t, want.deviation, math.Sqrt(squares/(2*n)), 0.03, "%s: standard deviation", name)
		if math.IsInf(want.largest, 1) {
			assert.Greater(t, largest, 3*noise, "%s: a Gaussian has tails", name)
		} else {
			assert.InDelta(t, want.largest, largest, 0.01*want.largest, "%s: largest", name)
		}
	}
}

func TestFiguresOfAnyAllowedNoiseAreFinite(t *testing.T) {
	t.Parallel()
	for name, figure := range figures {
		require.NoError(t, figure(100, maxNoise, 1).Validate(), name)
	}
}

func TestFiguresRefuseArgumentsOutOfRange(t *testing.T) {
	t.Parallel()
	for name, figure := range map[string]func(n int, noise float64, seed uint64) *Set{
		"Moons": Moons, "Circles": Circles, "XOR": XOR, "Gauss": Gauss, "Spiral": figures["Spiral"],
	} {
		for _, n := range []int{-1, 0, 1} {
			requireArgumentError(t, name, "n", func() { figure(n, 0.1, 1) })
		}
		for _, noise := range []float64{-0.1, math.NaN(), math.Inf(1), 2 * maxNoise} {
			requireArgumentError(t, name, "noise", func() { figure(10, noise, 1) })
		}
	}
	for _, classes := range []int{-1, 0, 1, 11, math.MaxInt} {
		requireArgumentError(t, "Spiral", "classes", func() { Spiral(10, classes, 0.1, 1) })
	}
}
