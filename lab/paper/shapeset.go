package paper

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/heft-ml/heft/autograd"
	"github.com/heft-ml/heft/data"
)

// Images of figures: their pixels each way, and the mean and standard deviation of greys between 0 and 1.
const (
	shapeSide   = 32
	shapePixels = shapeSide * shapeSide
	shapeMean   = 0.139
	shapeStd    = 0.283
)

// Limits of what is drawn, in pixels and greys. Half axes are those of the ellipse through a figure's corners.
const (
	leastAxis, mostAxis = 5, 12
	leastGrey, mostGrey = 0.3, 1
	contrast            = 0.15 // two figures differ by at least so much grey
)

// shapeKind is what a figure is before it is stretched and turned.
type shapeKind int

const (
	triangle shapeKind = iota
	parallelogram
	ellipse
)

// shapeClasses are what an image may show: one figure, or two in whichever order.
var shapeClasses = [...][]shapeKind{
	{triangle}, {parallelogram}, {ellipse},
	{triangle, triangle}, {parallelogram, parallelogram}, {ellipse, ellipse},
	{triangle, parallelogram}, {triangle, ellipse}, {parallelogram, ellipse},
}

// shapes draws n images after Shapeset-3x2 of Glorot and Bengio 2010, section 2.1: on 32 by 32 pixels one or two figures
// of three kinds, of random size, aspect, angle, place and grey on black, of which the second may cover at most half of the
// first. What there is to see makes nine classes, which come at random and equally often. Sizes and greys are chosen here:
// the paper does not give them. Pixels are scaled to mean 0 and variance 1.  X: [n, 1024], Y: [n]
func shapes(n int, r *rand.Rand) data.Batch {
	x, y := make([]float32, n*shapePixels), make([]int32, n)
	for i := range n {
		y[i] = int32(r.IntN(len(shapeClasses)))
		figures := slices.Clone(shapeClasses[y[i]])
		r.Shuffle(len(figures), func(a, b int) { figures[a], figures[b] = figures[b], figures[a] })
		drawShapes(x[i*shapePixels:(i+1)*shapePixels], figures, r)
	}
	for i, grey := range x {
		x[i] = (grey - shapeMean) / shapeStd
	}
	return data.Batch{X: autograd.From(x, n, shapePixels), Y: autograd.LabelsOf(y)}
}

// drawShapes draws figures one over the other, again and again until what is hidden of one below is at most half of it
// and their greys can be told apart.
func drawShapes(image []float32, kinds []shapeKind, r *rand.Rand) {
	for {
		clear(image)
		fits, below, grey := true, 0, math.Inf(-1)
		for _, k := range kinds {
			f := newShape(k, r)
			pixels, hidden := f.paint(image)
			fits = fits && 2*hidden <= below && math.Abs(f.grey-grey) >= contrast
			below, grey = pixels, f.grey
		}
		if fits {
			return
		}
	}
}

// shape is a figure: a plain one, whose corners or edge lie on the circle of radius 1, after a linear map and a translation.
type shape struct {
	kind    shapeKind
	x, y    float64    // of the centre
	reach   float64    // how far from the centre it may go
	inverse [4]float64 // of the linear map, row by row
	grey    float64
}

// newShape draws a figure that lies on the canvas as a whole. The linear map turns, stretches and turns again, so that
// all triangles, parallelograms and ellipses within the limits may come.
func newShape(kind shapeKind, r *rand.Rand) shape {
	a, b := between(leastAxis, mostAxis, r), between(leastAxis, mostAxis, r)
	f := shape{kind: kind, reach: max(a, b)}
	f.x, f.y = between(f.reach, shapeSide-f.reach, r), between(f.reach, shapeSide-f.reach, r)
	sin1, cos1 := math.Sincos(between(0, 2*math.Pi, r))
	sin2, cos2 := math.Sincos(between(0, 2*math.Pi, r))
	f.inverse = [4]float64{ // a turn back by the second angle, times diag(1/a, 1/b), times one by the first
		float64(cos2*cos1/a) - float64(sin2*sin1/b), float64(cos2*sin1/a) + float64(sin2*cos1/b),
		-float64(sin2*cos1/a) - float64(cos2*sin1/b), -float64(sin2*sin1/a) + float64(cos2*cos1/b),
	}
	f.grey = between(leastGrey, mostGrey, r)
	return f
}

func between(lo, hi float64, r *rand.Rand) float64 { return lo + float64((hi-lo)*r.Float64()) }

// holds tells whether a point of the canvas is in the figure.
func (f shape) holds(x, y float64) bool {
	dx, dy := x-f.x, y-f.y
	u := float64(f.inverse[0]*dx) + float64(f.inverse[1]*dy)
	v := float64(f.inverse[2]*dx) + float64(f.inverse[3]*dy)
	switch f.kind {
	case triangle:
		return v >= -0.5 && float64(math.Sqrt(3)*math.Abs(u))+v <= 1
	case parallelogram:
		return max(math.Abs(u), math.Abs(v)) <= math.Sqrt2/2
	}
	return float64(u*u)+float64(v*v) <= 1
}

// paint covers the pixels whose middle is in the figure, and returns how many they are and how many of them were not black
// before.
func (f shape) paint(image []float32) (pixels, hidden int) {
	for row := max(0, int(f.y-f.reach)); row <= min(shapeSide-1, int(f.y+f.reach)); row++ {
		for column := max(0, int(f.x-f.reach)); column <= min(shapeSide-1, int(f.x+f.reach)); column++ {
			if !f.holds(float64(column)+0.5, float64(row)+0.5) {
				continue
			}
			at := &image[row*shapeSide+column]
			pixels++
			if *at != 0 {
				hidden++
			}
			*at = float32(f.grey)
		}
	}
	return pixels, hidden
}
