package data

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"github.com/heft-ml/heft/autograd"
)

// maxNoise keeps generated points within float32. No figure is left long before.
const maxNoise = 1e6

// Moons returns n points on two interleaving half circles of radius 1, class 0 ("outer") around (0, 0) and class 1
// ("inner") around (1, 1/2):
//
//	outer  (cos t, sin t)            t = 0 ... pi, evenly spaced, both ends included
//	inner  (1 - cos t, 1/2 - sin t)
//
// Gaussian noise of standard deviation noise is added to both coordinates. This is make_moons of scikit-learn.
//
// The points come in random order. n/2 are outer, rounded down. Same arguments, same set.
// It panics with an [*ArgumentError] unless n >= 2 and 0 <= noise <= 1e6.
//
// X: [n, 2]
func Moons(n int, noise float64, seed uint64) *Set {
	return figure{
		name: "moons", source: "generated after make_moons of scikit-learn",
		classes: []string{"outer", "inner"},
		at: func(class, j, m int, _ *rand.Rand) (x, y float64) {
			sin, cos := math.Sincos(math.Pi * float64(j) / float64(max(m-1, 1)))
			if class == 0 {
				return cos, sin
			}
			return 1 - cos, 0.5 - sin
		},
		jitter: (*rand.Rand).NormFloat64,
	}.draw("Moons", n, noise, seed)
}

// Circles returns n points on two circles around (0, 0), class 0 ("outer") of radius 1 and class 1 ("inner") of
// radius 1/2, evenly spaced:
//
//	(r cos t, r sin t)    t = 2 pi j/m, j = 0 ... m-1, for the m points of a class
//
// Gaussian noise of standard deviation noise is added to both coordinates. This is make_circles of scikit-learn with
// factor 0.5.
//
// The points come in random order. n/2 are outer, rounded down. Same arguments, same set.
// It panics with an [*ArgumentError] unless n >= 2 and 0 <= noise <= 1e6.
//
// X: [n, 2]
func Circles(n int, noise float64, seed uint64) *Set {
	return figure{
		name: "circles", source: "generated after make_circles of scikit-learn",
		classes: []string{"outer", "inner"},
		at: func(class, j, m int, _ *rand.Rand) (x, y float64) {
			sin, cos := math.Sincos(2 * math.Pi * float64(j) / float64(m))
			r := 1 / float64(1+class)
			return r * cos, r * sin
		},
		jitter: (*rand.Rand).NormFloat64,
	}.draw("Circles", n, noise, seed)
}

// Spiral returns n points on as many spiral arms as there are classes, which turn around (0, 0) 1.75 times out to
// radius 5:
//
//	(r sin t, r cos t)    r = 5 j/m, t = 1.75 2 pi j/m + 2 pi class/classes, j = 1 ... m, for the m points of a class
//
// Noise, uniform between -noise and noise, is added to both coordinates. With two classes this is the spiral of
// TensorFlow Playground (classifySpiralData in src/dataset.ts), except that j there starts at 0 and puts a point of
// each class on (0, 0).
//
// The points come in random order. The sizes of the classes differ by one at most. Same arguments, same set.
// It panics with an [*ArgumentError] unless 2 <= classes <= n and 0 <= noise <= 1e6.
//
// X: [n, 2]
func Spiral(n, classes int, noise float64, seed uint64) *Set {
	argument(n >= 2, "Spiral", "n", n, "at least 2")
	argument(classes >= 2 && classes <= n, "Spiral", "classes", classes, "2 to %d, the number of points", n)
	return figure{
		name: "spiral", source: "generated after the spiral of TensorFlow Playground",
		classes: numbered("arm ", classes),
		at: func(class, j, m int, _ *rand.Rand) (x, y float64) {
			along := float64(j+1) / float64(m)
			sin, cos := math.Sincos(2 * math.Pi * (float64(1.75*along) + float64(class)/float64(classes)))
			return 5 * along * sin, 5 * along * cos
		},
		jitter: symmetric,
	}.draw("Spiral", n, noise, seed)
}

// XOR returns n points in the four quadrants, class 0 ("same sign") where the coordinates have the same sign and
// class 1 ("opposite signs") where they do not:
//
//	(±(0.3 + u), ±(0.3 + v))    u, v uniform in [0, 5)
//
// Noise, uniform between -5 noise and 5 noise, is then added to both coordinates; the class is that of the point
// before. This is the exclusive or of TensorFlow Playground (classifyXORData in src/dataset.ts), except that there
// the signs are random and noise moves the point only while its label is found, so that the classes differ in size.
//
// The points come in random order. n/2 are of class 0, rounded down, and the two quadrants of a class differ by one
// point at most. Same arguments, same set.
// It panics with an [*ArgumentError] unless n >= 2 and 0 <= noise <= 1e6.
//
// X: [n, 2]
func XOR(n int, noise float64, seed uint64) *Set {
	return figure{
		name: "xor", source: "generated after the exclusive or of TensorFlow Playground",
		classes: []string{"same sign", "opposite signs"},
		at: func(class, j, _ int, r *rand.Rand) (x, y float64) {
			x, y = 0.3+float64(5*r.Float64()), 0.3+float64(5*r.Float64())
			if j%2 == 1 {
				x, y = -x, -y
			}
			if class == 1 {
				x = -x
			}
			return x, y
		},
		jitter: func(r *rand.Rand) float64 { return 5 * symmetric(r) },
	}.draw("XOR", n, noise, seed)
}

// Gauss returns n points in two clouds, class 0 ("upper right") around (2, 2) and class 1 ("lower left") around (-2, -2):
//
//	(±2 + g, ±2 + h)    g, h normal with mean 0 and variance 1/2
//
// Gaussian noise of standard deviation noise is added to both coordinates, which makes the clouds wider. This is the pair
// of Gaussians of TensorFlow Playground (classifyTwoGaussData in src/dataset.ts), whose noise adds to the variance.
//
// The points come in random order. n/2 are of class 0, rounded down. Same arguments, same set.
// It panics with an [*ArgumentError] unless n >= 2 and 0 <= noise <= 1e6.
//
// X: [n, 2]
func Gauss(n int, noise float64, seed uint64) *Set {
	return figure{
		name: "gauss", source: "generated after the two Gaussians of TensorFlow Playground",
		classes: []string{"upper right", "lower left"},
		at: func(class, _, _ int, r *rand.Rand) (x, y float64) {
			centre := float64(2 - 4*class)
			return centre + float64(math.Sqrt2/2*r.NormFloat64()), centre + float64(math.Sqrt2/2*r.NormFloat64())
		},
		jitter: (*rand.Rand).NormFloat64,
	}.draw("Gauss", n, noise, seed)
}

// symmetric returns a number that is uniform between -1 and 1.
func symmetric(r *rand.Rand) float64 { return float64(2*r.Float64()) - 1 }

// figure is a drawing of points in the plane: where the j-th of the m points of a class lies, and what noise of
// size 1 adds to a coordinate.
type figure struct {
	name, source string
	classes      []string
	at           func(class, j, m int, r *rand.Rand) (x, y float64)
	jitter       func(r *rand.Rand) float64
}

// draw makes n points, the classes in equal numbers (the last ones get what does not divide), in random order.
// All is computed in float64 and rounded once. Products that are added to something are converted explicitly:
// that forbids the compiler to fuse the two, which would change bits on some processors.
func (f figure) draw(function string, n int, noise float64, seed uint64) *Set {
	classes := len(f.classes)
	argument(n >= classes, function, "n", n, "at least %d, one point for each class", classes)
	argument(noise >= 0 && noise <= maxNoise, function, "noise", noise, "0 to %g", maxNoise)
	r := rand.New(rand.NewPCG(seed, nameStream(f.name)))
	x, y, place := make([]float32, 2*n), make([]int32, n), r.Perm(n)
	for class := range classes {
		from, to := n*class/classes, n*(class+1)/classes
		for j, row := range place[from:to] {
			px, py := f.at(class, j, to-from, r)
			x[2*row] = float32(px + float64(noise*f.jitter(r)))
			x[2*row+1] = float32(py + float64(noise*f.jitter(r)))
			y[row] = int32(class)
		}
	}
	return &Set{Name: f.name, X: autograd.From(x, n, 2), Y: autograd.LabelsOf(y), Classes: f.classes, Source: f.source}
}

// nameStream makes the figures' random numbers independent of each other under one seed.
func nameStream(name string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(name))
	return h.Sum64()
}
